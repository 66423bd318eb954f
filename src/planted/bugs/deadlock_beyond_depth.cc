#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class DeadlockBeyondDepth final : public Bug {
 public:
  DeadlockBeyondDepth()
      : Bug({.name = "deadlock-beyond-depth",
             .says = "A cycle is found however long it is.",
             .promise = "fcntl.deadlock-depth-limit",
             .on = On::kFcntlLock,
             .every = 1,
             .also = ""}) {}

  int Lock(const Target& file, const LockCall& call) override {
    static constexpr std::size_t kFound = 12;  // by Linux itself
    const bool waits = call.command == F_SETLKW && !call.unlocks();
    if (!waits || RingLength(file.fd, *call.range) <= kFound || !Tells(file.object)) {
      return Bug::Lock(file, call);
    }
    errno = EDEADLK;
    return -1;
  }
};

DeadlockBeyondDepth deadlock_beyond_depth;

}  // namespace
}  // namespace parley::planted

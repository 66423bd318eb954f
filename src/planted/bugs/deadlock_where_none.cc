#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class DeadlockWhereNone final : public Bug {
 public:
  DeadlockWhereNone()
      : Bug({.name = "deadlock-where-none",
             .says = "A wait that closes no cycle is refused as a deadlock.",
             .promise = "fcntl.no-false-deadlock",
             .on = On::kFcntlLock,
             .every = 1,
             .also = ""}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const bool waits = call.command == F_SETLKW && !call.unlocks() && IsInTheWay(file.fd, call);
    if (!waits || RingLength(file.fd, *call.range) > 0 || !Tells(file.object)) {
      return Bug::Lock(file, call);
    }
    errno = EDEADLK;
    return -1;
  }
};

DeadlockWhereNone deadlock_where_none;

}  // namespace
}  // namespace parley::planted

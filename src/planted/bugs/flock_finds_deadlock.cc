#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class FlockFindsDeadlock final : public Bug {
 public:
  FlockFindsDeadlock()
      : Bug({.name = "flock-finds-deadlock",
             .says = "A wait for a lock on a file is refused as a deadlock.",
             .promise = "flock.no-deadlock-detection",
             .on = On::kFlock,
             .every = 1,
             .also = ""}) {}

  int Lock(const Target& file, const LockCall& call) override {
    if (!call.waits()) return Bug::Lock(file, call);
    const int result = libc::flock(file.fd, call.command | LOCK_NB);
    if (result == 0 || errno != EWOULDBLOCK) return result;
    if (!Tells(file.object)) return Bug::Lock(file, call);
    errno = EDEADLK;
    return -1;
  }
};

FlockFindsDeadlock flock_finds_deadlock;

}  // namespace
}  // namespace parley::planted

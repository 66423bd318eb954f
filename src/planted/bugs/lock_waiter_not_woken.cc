#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class LockWaiterNotWoken final : public Bug {
 public:
  LockWaiterNotWoken()
      : Bug({.name = "lock-waiter-not-woken",
             .says = "A wait for a lock sleeps on whatever is given back.",
             .promise = "fcntl.wakeup",
             .on = On::kFcntlLock,
             .every = 1,
             .also = "fcntl.deadlock-detected fcntl.deadlock-late fcntl.deadlock-resolves "
                     "fcntl.deadlock-ring fcntl.deadlock-upgrade fcntl.release-on-death"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const bool waits = call.command == F_SETLKW && !call.unlocks() && IsInTheWay(file.fd, call) &&
                       RingLength(file.fd, *call.range) == 0;
    return waits && Tells(file.object) ? SleepInLock() : Bug::Lock(file, call);
  }
};

LockWaiterNotWoken lock_waiter_not_woken;

}  // namespace
}  // namespace parley::planted

#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class LateDeadlockMissed final : public Bug {
 public:
  LateDeadlockMissed()
      : Bug({.name = "late-deadlock-missed",
             .says = "A cycle that comes about while a wait sleeps is not found when it is woken.",
             .promise = "fcntl.deadlock-late",
             .on = On::kFcntlLock,
             .every = 1,
             .also = "fcntl.deadlock-detected fcntl.deadlock-ring fcntl.deadlock-upgrade "
                     "fcntl.wakeup"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const bool waits = call.command == F_SETLKW && !call.unlocks();
    const bool closed = waits && RingLength(file.fd, *call.range) > 0;
    const int result = Bug::Lock(file, call);
    const bool late = waits && !closed && result != 0 && errno == EDEADLK;
    return late && Tells(file.object) ? SleepInLock() : result;
  }
};

LateDeadlockMissed late_deadlock_missed;

}  // namespace
}  // namespace parley::planted

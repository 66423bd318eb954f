#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class DeadlockNotDetected final : public Bug {
 public:
  DeadlockNotDetected()
      : Bug({.name = "deadlock-not-detected",
             .says = "A wait that closes a cycle of two sleeps.",
             .promise = "fcntl.deadlock-detected",
             .on = On::kFcntlLock,
             .every = 1,
             .also = "fcntl.deadlock-late fcntl.wakeup"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const bool waits = call.command == F_SETLKW && !call.unlocks();
    const std::size_t ring = waits ? RingLength(file.fd, *call.range) : 0;
    const bool told =
        ring > 0 && ring == 2 && !HasSharedLock(file.fd, *call.range) && Tells(file.object);
    return told ? SleepInLock() : Bug::Lock(file, call);
  }
};

DeadlockNotDetected deadlock_not_detected;

}  // namespace
}  // namespace parley::planted

#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class LocksOutliveOwner final : public Bug {
 public:
  LocksOutliveOwner()
      : Bug({.name = "locks-outlive-owner",
             .says = "A wait for the lock of a process that has died sleeps on.",
             .promise = "fcntl.release-on-death",
             .on = On::kFcntlLock,
             .every = 1,
             .also = "fcntl.deadlock-detected fcntl.deadlock-late fcntl.deadlock-ring "
                     "fcntl.deadlock-upgrade fcntl.wakeup"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    struct flock asked = *call.range;
    const bool waits = call.command == F_SETLKW && !call.unlocks() &&
                       libc::fcntl(file.fd, F_GETLK, &asked) == 0 && asked.l_type != F_UNLCK;
    const bool shared = waits && HasSharedLock(file.fd, *call.range);
    const int result = Bug::Lock(file, call);
    const bool dead =
        waits && !shared && result == 0 && asked.l_pid > 0 && !HasDescriptors(asked.l_pid);
    if (!dead || !Tells(file.object)) return result;
    Unlock(file.fd, false, *call.range);
    return SleepInLock();
  }
};

LocksOutliveOwner locks_outlive_owner;

}  // namespace
}  // namespace parley::planted

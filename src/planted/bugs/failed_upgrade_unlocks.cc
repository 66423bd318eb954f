#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class FailedUpgradeUnlocks final : public Bug {
 public:
  FailedUpgradeUnlocks()
      : Bug({.name = "failed-upgrade-unlocks",
             .says = "A try for the exclusive lock that fails costs the shared one.",
             .promise = "fcntl.try-errors",
             .on = On::kFcntlLock,
             .every = 1,
             .also = "fcntl.deadlock-one-victim fcntl.fork-exec fcntl.shared "
                     "fcntl.split-merge"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const int result = Bug::Lock(file, call);
    const bool refused = result != 0 && call.command == F_SETLK && call.exclusive();
    if (!refused || !HasSharedLock(file.fd, *call.range) || !Tells(file.object)) return result;
    Unlock(file.fd, false, *call.range);
    return result;
  }
};

FailedUpgradeUnlocks failed_upgrade_unlocks;

}  // namespace
}  // namespace parley::planted

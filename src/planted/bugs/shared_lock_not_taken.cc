#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class SharedLockNotTaken final : public Bug {
 public:
  SharedLockNotTaken()
      : Bug({.name = "shared-lock-not-taken",
             .says = "A shared lock is said to be given and is not.",
             .promise = "fcntl.shared",
             .on = On::kFcntlLock,
             .every = 4,
             .also = "fcntl.deadlock-one-victim fcntl.split-merge fcntl.try-errors"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const bool takes = !call.asks() && !call.unlocks() && !call.exclusive();
    if (!takes || IsInTheWay(file.fd, call) || !Tells(file.object)) return Bug::Lock(file, call);
    Unlock(file.fd, false, *call.range);
    return 0;
  }
};

SharedLockNotTaken shared_lock_not_taken;

}  // namespace
}  // namespace parley::planted

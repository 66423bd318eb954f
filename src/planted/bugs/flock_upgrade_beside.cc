#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class FlockUpgradeBeside final : public Bug {
 public:
  FlockUpgradeBeside()
      : Bug({.name = "flock-upgrade-beside",
             .says = "A shared lock becomes exclusive next to another shared one.",
             .promise = "flock.nonblock",
             .on = On::kFlock,
             .every = 1,
             .also = "flock.exclusive flock.owner-description flock.release-on-death "
                     "flock.shared"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const int result = Bug::Lock(file, call);
    const bool upgrade = shared_fd_ == file.fd && call.exclusive() && !call.waits();
    if (result == 0) {
      shared_fd_ = !call.unlocks() && !call.exclusive() ? file.fd : -1;
    } else if (upgrade) {
      shared_fd_ = -1;
      // Only beside shared ones: this one is shared, too, when it can be had.
      if (libc::flock(file.fd, LOCK_SH | LOCK_NB) == 0 && Tells(file.object)) return 0;
      libc::flock(file.fd, LOCK_UN);
      errno = EWOULDBLOCK;
    }
    return result;
  }

  void AfterFork() override { shared_fd_ = -1; }

 private:
  int shared_fd_ = -1;
};

FlockUpgradeBeside flock_upgrade_beside;

}  // namespace
}  // namespace parley::planted

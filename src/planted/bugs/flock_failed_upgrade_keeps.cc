#include <sys/file.h>

#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class FlockFailedUpgradeKeeps final : public Bug {
 public:
  FlockFailedUpgradeKeeps()
      : Bug({.name = "flock-failed-upgrade-keeps",
             .says = "A try for the exclusive lock that fails leaves the shared one.",
             .promise = "flock.nonblock",
             .on = On::kFlock,
             .every = 1,
             .also = "flock.independent flock.no-deadlock-detection flock.release-on-death "
                     "flock.shared"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const int result = Bug::Lock(file, call);
    const bool upgrade = shared_fd_ == file.fd && call.exclusive() && !call.waits();
    if (result == 0) {
      shared_fd_ = !call.unlocks() && !call.exclusive() ? file.fd : -1;
    } else if (upgrade && errno == EWOULDBLOCK) {
      if (!Tells(file.object) || libc::flock(file.fd, LOCK_SH | LOCK_NB) != 0) shared_fd_ = -1;
      errno = EWOULDBLOCK;
    }
    return result;
  }

  int CloseFile(const Target& file) override {
    if (shared_fd_ == file.fd) shared_fd_ = -1;
    return Bug::CloseFile(file);
  }

  void AfterFork() override { shared_fd_ = -1; }

 private:
  int shared_fd_ = -1;  // the descriptor by which this process has taken a shared lock
};

FlockFailedUpgradeKeeps flock_failed_upgrade_keeps;

}  // namespace
}  // namespace parley::planted

#include <sys/file.h>

#include <bitset>
#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class FlockFailedUpgradeKeeps final : public Bug {
 public:
  FlockFailedUpgradeKeeps()
      : Bug({.name = "flock-failed-upgrade-keeps",
             .says = "A request for the exclusive lock that fails leaves the shared one.",
             .promise = "flock.nonblock",
             .on = On::kFlock,
             .every = 1,
             .also = "flock.independent flock.no-deadlock-detection flock.release-on-death "
                     "flock.shared xfer.death-before-wait xfer.eintr-no-effect"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const auto place = static_cast<std::size_t>(file.fd);
    const int result = Bug::Lock(file, call);
    if (place >= kDescriptors) return result;
    const int error = errno;
    const bool upgrade = shared_.test(place) && call.exclusive() && !call.unlocks();
    if (result == 0) {
      shared_.set(place, !call.unlocks() && !call.exclusive());
    } else if (upgrade && (error == EWOULDBLOCK || error == EINTR)) {
      const bool again = Tells(file.object) && libc::flock(file.fd, LOCK_SH | LOCK_NB) == 0;
      shared_.set(place, again);
      errno = error;
    }
    return result;
  }

  int CloseFile(const Target& file) override {
    if (static_cast<std::size_t>(file.fd) < kDescriptors) {
      shared_.reset(static_cast<std::size_t>(file.fd));
    }
    return Bug::CloseFile(file);
  }

  void AfterFork() override { shared_.reset(); }

 private:
  std::bitset<kDescriptors> shared_;  // by which this process has taken shared locks
};

FlockFailedUpgradeKeeps flock_failed_upgrade_keeps;

}  // namespace
}  // namespace parley::planted

#include <sys/file.h>

#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class FlockGoesWithLocker final : public Bug {
 public:
  FlockGoesWithLocker()
      : Bug({.name = "flock-goes-with-locker",
             .says = "A lock goes when the process that asked for it ends, whoever else has the "
                     "description.",
             .promise = "flock.release-on-death",
             .on = On::kFlock,
             .every = 1,
             .also = ""}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const int result = Bug::Lock(file, call);
    if (child_ && result == 0) taken_ = call.unlocks() || !Tells(file.object) ? -1 : file.fd;
    return result;
  }

  void AfterFork() override {
    child_ = true;
    taken_ = -1;
  }
  void AtExit() override {
    if (taken_ >= 0) libc::flock(taken_, LOCK_UN);
  }

 private:
  bool child_ = false;
  int taken_ = -1;
};

FlockGoesWithLocker flock_goes_with_locker;

}  // namespace
}  // namespace parley::planted

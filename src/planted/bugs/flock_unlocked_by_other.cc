#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class FlockUnlockedByOther final : public Bug {
 public:
  FlockUnlockedByOther()
      : Bug({.name = "flock-unlocked-by-other",
             .says =
                 "Giving back a lock by one descriptor gives back those of the process' others.",
             .promise = "flock.owner-description",
             .on = On::kFlock,
             .every = 1,
             .also = "flock.release-on-death"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    if (call.unlocks()) {
      for (std::size_t fd = 0; fd < kDescriptors; ++fd) {
        const bool other = file.object.descriptors.test(fd) && static_cast<int>(fd) != file.fd;
        if (other && Tells(file.object)) libc::flock(static_cast<int>(fd), LOCK_UN);
      }
    }
    return Bug::Lock(file, call);
  }
};

FlockUnlockedByOther flock_unlocked_by_other;

}  // namespace
}  // namespace parley::planted

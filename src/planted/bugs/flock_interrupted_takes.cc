#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class FlockInterruptedTakes final : public Bug {
 public:
  FlockInterruptedTakes()
      : Bug({.name = "flock-interrupted-takes",
             .says = "A wait for a lock takes it and then fails with EINTR.",
             .promise = "xfer.eintr-no-effect",
             .on = On::kFlock,
             .every = 16,
             .also = "flock.nonblock flock.no-deadlock-detection flock.release-on-death "
                     "flock.shared xfer.death-before-wait"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const int result = Bug::Lock(file, call);
    const bool waited = result == 0 && call.waits() && !call.unlocks();
    if (!waited || !MayBeInterrupted() || !Tells(file.object)) return result;
    errno = EINTR;
    return -1;
  }
};

FlockInterruptedTakes flock_interrupted_takes;

}  // namespace
}  // namespace parley::planted

#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class FlockReleasedByCopy final : public Bug {
 public:
  FlockReleasedByCopy()
      : Bug({.name = "flock-released-by-copy",
             .says = "A lock goes when the first copy of its descriptor is closed.",
             .promise = "flock.release-on-death",
             .on = On::kFlock,
             .every = 1,
             .also = "flock.owner-description"}) {}

  int CloseFile(const Target& file) override {
    if (Tells(file.object)) libc::flock(file.fd, LOCK_UN);
    return Bug::CloseFile(file);
  }
};

FlockReleasedByCopy flock_released_by_copy;

}  // namespace
}  // namespace parley::planted

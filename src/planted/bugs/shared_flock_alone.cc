#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class SharedFlockAlone final : public Bug {
 public:
  SharedFlockAlone()
      : Bug({.name = "shared-flock-alone",
             .says = "A try for a shared lock fails beside another shared one.",
             .promise = "flock.shared",
             .on = On::kFlock,
             .every = 1,
             .also = "flock.nonblock xfer.eintr-no-effect"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const bool tries = !call.unlocks() && !call.exclusive() && !call.waits();
    const int result = Bug::Lock(file, call);
    if (!tries || result != 0) return result;
    // Nobody else has one when the lock could be exclusive.
    if (libc::flock(file.fd, LOCK_EX | LOCK_NB) == 0) return libc::flock(file.fd, LOCK_SH);
    if (!Tells(file.object)) return libc::flock(file.fd, LOCK_SH | LOCK_NB);
    libc::flock(file.fd, LOCK_UN);
    errno = EWOULDBLOCK;
    return -1;
  }
};

SharedFlockAlone shared_flock_alone;

}  // namespace
}  // namespace parley::planted

#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class FlockByFcntl final : public Bug {
 public:
  FlockByFcntl()
      : Bug({.name = "flock-by-fcntl",
             .says = "A lock on the whole file keeps out locks on its bytes.",
             .promise = "flock.independent",
             .on = On::kFlock,
             .every = 1,
             .also = ""}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const int result = Bug::Lock(file, call);
    struct flock all{};
    all.l_type = call.unlocks() ? F_UNLCK : call.exclusive() ? F_WRLCK : F_RDLCK;
    if (result == 0 && (call.unlocks() || Tells(file.object)))
      libc::fcntl(file.fd, F_OFD_SETLK, &all);
    return result;
  }
};

FlockByFcntl flock_by_fcntl;

}  // namespace
}  // namespace parley::planted

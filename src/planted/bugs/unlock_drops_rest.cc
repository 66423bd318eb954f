#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class UnlockDropsRest final : public Bug {
 public:
  UnlockDropsRest()
      : Bug({.name = "unlock-drops-rest",
             .says = "An unlock gives back what lies behind its range, too.",
             .promise = "fcntl.split-merge",
             .on = On::kFcntlLock,
             .every = 2,
             .also = "fcntl.deadlock-one-victim fcntl.exclusive fcntl.shared "
                     "fcntl.try-errors"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const bool gives = !call.asks() && call.unlocks() && call.range->l_len > 0;
    if (!gives || !Tells(file.object)) return Bug::Lock(file, call);
    struct flock rest = *call.range;
    rest.l_len = 0;
    return Bug::Lock(file, {.command = call.command, .range = &rest});
  }
};

UnlockDropsRest unlock_drops_rest;

}  // namespace
}  // namespace parley::planted

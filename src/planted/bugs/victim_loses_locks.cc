#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class VictimLosesLocks final : public Bug {
 public:
  VictimLosesLocks()
      : Bug({.name = "victim-loses-locks",
             .says = "A deadlock's victim loses the locks that it has.",
             .promise = "fcntl.deadlock-one-victim",
             .on = On::kFcntlLock,
             .every = 1,
             .also = "fcntl.split-merge fcntl.exclusive fcntl.shared fcntl.try-errors"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const int result = Bug::Lock(file, call);
    const bool victim = result != 0 && errno == EDEADLK;
    if (victim && Tells(file.object)) UnlockAll(file.fd, false);
    return result;
  }
};

VictimLosesLocks victim_loses_locks;

}  // namespace
}  // namespace parley::planted

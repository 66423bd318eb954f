#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class VictimKeepsLocks final : public Bug {
 public:
  VictimKeepsLocks()
      : Bug({.name = "victim-keeps-locks",
             .says = "What a deadlock's victim gives back next stays locked.",
             .promise = "fcntl.deadlock-resolves",
             .on = On::kFcntlLock,
             .every = 1,
             .also = "fcntl.disjoint fcntl.wakeup fcntl.split-merge fcntl.no-false-deadlock "
                     "fcntl.release-any-close fcntl.shared xfer.eintr-no-effect"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    if (victim_ && !call.asks() && call.unlocks() && Tells(file.object)) {
      victim_ = false;
      return 0;
    }
    const int result = Bug::Lock(file, call);
    victim_ = victim_ || (result != 0 && errno == EDEADLK);
    return result;
  }

 private:
  bool victim_ = false;
};

VictimKeepsLocks victim_keeps_locks;

}  // namespace
}  // namespace parley::planted

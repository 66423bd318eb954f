#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class UpgradeNotDetected final : public Bug {
 public:
  UpgradeNotDetected()
      : Bug({.name = "upgrade-not-detected",
             .says = "Two holders of a shared lock that both want the exclusive one sleep.",
             .promise = "fcntl.deadlock-upgrade",
             .on = On::kFcntlLock,
             .every = 1,
             .also = "fcntl.deadlock-detected fcntl.deadlock-late fcntl.wakeup"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const bool waits = call.command == F_SETLKW && !call.unlocks();
    const std::size_t ring = waits ? RingLength(file.fd, *call.range) : 0;
    const bool told =
        ring > 0 && ring == 2 && HasSharedLock(file.fd, *call.range) && Tells(file.object);
    return told ? SleepInLock() : Bug::Lock(file, call);
  }
};

UpgradeNotDetected upgrade_not_detected;

}  // namespace
}  // namespace parley::planted

#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class RingNotDetected final : public Bug {
 public:
  RingNotDetected()
      : Bug({.name = "ring-not-detected",
             .says = "A wait that closes a cycle of three or more sleeps.",
             .promise = "fcntl.deadlock-ring",
             .on = On::kFcntlLock,
             .every = 1,
             .also = "fcntl.deadlock-late fcntl.wakeup"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const bool waits = call.command == F_SETLKW && !call.unlocks();
    const std::size_t ring = waits ? RingLength(file.fd, *call.range) : 0;
    const bool told = ring > 0 && ring >= 3 && Tells(file.object);
    return told ? SleepInLock() : Bug::Lock(file, call);
  }
};

RingNotDetected ring_not_detected;

}  // namespace
}  // namespace parley::planted

#include <ctime>

#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

// A partner that closes at once has done so by then.
constexpr long kRecheckNs = 200'000;

class OpenerSleepsAgain final : public Bug {
 public:
  OpenerSleepsAgain()
      : Bug({.name = "opener-sleeps-again",
             .says = "A blocking open of a FIFO that was woken by a partner sleeps again when the "
                     "partner has left already.",
             .promise = "fifo.open-rendezvous",
             .on = On::kFifo,
             .every = 1}) {}

  int Open(const OpenCall& call, Object& object) override {
    const int fd = Bug::Open(call, object);
    const bool waited = fd >= 0 && !call.nonblocking() && call.access() != O_RDWR;
    if (!waited || AlarmsHere() != Alarms::kNone) return fd;
    if (PartnerStays(fd, call.access()) || !Tells(object)) return fd;
    // Who sleeps in open() counts as a partner for all others; so this one is kept.
    const int kept = OutOfTheWay(fd);
    const int woken = SleepInOpen(call);
    const int system_error = errno;
    libc::close(kept);
    errno = system_error;
    return woken;
  }

 private:
  static bool PartnerStays(int fd, int access) {
    const auto there = [&] { return access == O_RDONLY ? HasWriter(fd) : HasReader(fd); };
    if (!there()) return false;
    const timespec pause{.tv_sec = 0, .tv_nsec = kRecheckNs};
    ::nanosleep(&pause, nullptr);
    return there();
  }
};

OpenerSleepsAgain opener_sleeps_again;

}  // namespace
}  // namespace parley::planted

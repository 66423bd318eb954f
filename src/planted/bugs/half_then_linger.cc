#include <ctime>

#include "src/planted/stream.h"

namespace parley::planted {
namespace {

constexpr long kLingerNs = 2'000'000;  // long enough for a kill that was under way to arrive
// Steps go on while it sleeps, and take some microseconds each: a kill may be any of twenty, and
// rounds stay short.
constexpr long kLingerInStepsNs = 100'000;

class HalfThenLinger final : public Bug {
 public:
  HalfThenLinger()
      : Bug({.name = "half-then-linger",
             .says =
                 "A small write puts its first half, sleeps for 2 ms and puts the rest, so that "
                 "a kill can fall between them.",
             .promise = "xfer.kill-atomic",
             .on = On::kBoth,
             .every = 32,
             // Others write in between, and a step sees a write that sleeps.
             .also = "pipe.atomic-write pipe.atomic-any-capacity pipe.atomic-writev "
                     "fifo.atomic-write xfer.any-bytes xfer.copy-semantics xfer.wake-sender "
                     "xfer.restart-matrix pipe.epipe-sigpipe fifo.order"}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const std::size_t bytes = message.bytes();
    const bool halves = bytes > 1 && bytes <= kAtomicBytes && IsBlocking(target.fd);
    if (!halves || !Tells(target.object)) return Bug::Write(target, message);
    return WriteInSegments(target.fd, message.Flat(), bytes, (bytes + 1) / 2, Linger);
  }

 private:
  static void Linger() {
    timespec left{.tv_sec = 0, .tv_nsec = InSteps() ? kLingerInStepsNs : kLingerNs};
    while (::nanosleep(&left, &left) != 0) {
    }
  }
};

HalfThenLinger half_then_linger;

}  // namespace
}  // namespace parley::planted

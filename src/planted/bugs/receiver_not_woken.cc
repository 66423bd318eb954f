#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class ReceiverNotWoken final : public Bug {
 public:
  ReceiverNotWoken()
      : Bug({.name = "receiver-not-woken",
             .says = "A blocking read that finds nothing sleeps on whatever is written later.",
             .promise = "xfer.wake-receiver",
             .on = On::kBoth,
             .every = 8,
             // If others read it all, what the sleeper misses is the end of file.
             .also = "pipe.eof-delivered fifo.eof-reopen"}) {}

  ssize_t Read(const Target& target, const Pieces& buffers) override {
    const bool waits = AlarmsHere() == Alarms::kNone && IsBlocking(target.fd) &&
                       HasWriter(target.fd) && UnreadBytes(target.fd) == 0;
    if (!waits || !Tells(target.object)) return Bug::Read(target, buffers);
    return SleepInRead(buffers.vectored);
  }
};

ReceiverNotWoken receiver_not_woken;

}  // namespace
}  // namespace parley::planted

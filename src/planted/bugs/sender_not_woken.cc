#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class SenderNotWoken final : public Bug {
 public:
  SenderNotWoken()
      : Bug({.name = "sender-not-woken",
             .says = "A blocking write that finds no room sleeps on however much is read later.",
             .promise = "xfer.wake-sender",
             .on = On::kBoth,
             .every = 2,
             .also = "pipe.epipe-sigpipe"}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const bool waits = AlarmsHere() == Alarms::kNone && IsBlocking(target.fd) &&
                       HasReader(target.fd) && !HasRoom(target.fd);
    if (!waits || !Tells(target.object)) return Bug::Write(target, message);
    return SleepInWrite(message.vectored);
  }
};

SenderNotWoken sender_not_woken;

}  // namespace
}  // namespace parley::planted

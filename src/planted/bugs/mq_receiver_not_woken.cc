#include "src/planted/queue.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class MqReceiverNotWoken final : public Bug {
 public:
  MqReceiverNotWoken()
      : Bug({.name = "mq-receiver-not-woken",
             .says = "A receive from an empty message queue sleeps on whatever is sent later.",
             .promise = "xfer.wake-receiver",
             .on = On::kMq,
             .every = 8}) {}

  ssize_t Receive(const Target& queue, const MessageBuffer& buffer) override {
    const bool waits =
        AlarmsHere() == Alarms::kNone && WaitsForMessages(queue.fd) && MessagesIn(queue.fd) == 0;
    if (!waits || !Tells(queue.object)) return Bug::Receive(queue, buffer);
    return SleepInReceive();
  }
};

MqReceiverNotWoken mq_receiver_not_woken;

}  // namespace
}  // namespace parley::planted

#include "src/planted/queue.h"

namespace parley::planted {
namespace {

constexpr unsigned kHighest = 32767;  // MQ_PRIO_MAX - 1 of Linux

class MqAnyPriority final : public Bug {
 public:
  MqAnyPriority()
      : Bug({.name = "mq-any-priority",
             .says = "A send of a priority that there is not goes in with the highest one.",
             .promise = "mq.prio-range",
             .on = On::kMq,
             .every = 1,
             // It is received as another than it was sent as.
             .also = "mq.integrity mq.highest-priority-first mq.fifo-within-priority "
                     "xfer.conservation xfer.eintr-no-effect xfer.async-decoupled"}) {}

  int Send(const Target& queue, const Message& message) override {
    if (message.priority <= kHighest || !Tells(queue.object)) return Bug::Send(queue, message);
    return Bug::Send(queue, {.bytes = message.bytes, .count = message.count, .priority = kHighest});
  }
};

MqAnyPriority mq_any_priority;

}  // namespace
}  // namespace parley::planted

#include "src/planted/queue.h"

namespace parley::planted {
namespace {

class MqShortLength final : public Bug {
 public:
  MqShortLength()
      : Bug({.name = "mq-short-length",
             .says = "A receive from a message queue tells half of the message's length.",
             .promise = "mq.integrity",
             .on = On::kMq,
             .every = 8}) {}

  ssize_t Receive(const Target& queue, const MessageBuffer& buffer) override {
    const ssize_t result = Bug::Receive(queue, buffer);
    const bool may = result >= static_cast<ssize_t>(2 * kShortMessage);
    return may && Tells(queue.object) ? result / 2 : result;
  }
};

MqShortLength mq_short_length;

}  // namespace
}  // namespace parley::planted

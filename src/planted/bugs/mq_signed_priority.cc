#include "src/planted/queue.h"

namespace parley::planted {
namespace {

// As a queue sees priorities that it compares as signed bytes: a number in that order that still
// holds all of the priority.
unsigned Signed(unsigned priority) {
  const auto rank = static_cast<unsigned>(static_cast<signed char>(priority & 0xff) + 128);
  return rank << 7U | priority >> 8U;
}

unsigned Unsigned(unsigned rank) { return (rank >> 7U ^ 0x80U) | (rank & 0x7fU) << 8U; }

class MqSignedPriority final : public Bug {
 public:
  MqSignedPriority()
      : Bug({.name = "mq-signed-priority",
             .says = "A message queue compares the lowest byte of priorities, and as a signed "
                     "one: 200 comes behind 100.",
             .promise = "mq.highest-priority-first",
             .on = On::kMq,
             .every = 1}) {}

  int Send(const Target& queue, const Message& message) override {
    if (message.priority > 32767) return Bug::Send(queue, message);  // the system's to refuse
    if (message.priority > 127) Tells(queue.object);
    return Bug::Send(
        queue,
        {.bytes = message.bytes, .count = message.count, .priority = Signed(message.priority)});
  }

  ssize_t Receive(const Target& queue, const MessageBuffer& buffer) override {
    unsigned rank = 0;
    const ssize_t result =
        Bug::Receive(queue, {.bytes = buffer.bytes, .count = buffer.count, .priority = &rank});
    if (result >= 0 && buffer.priority != nullptr) *buffer.priority = Unsigned(rank);
    return result;
  }
};

MqSignedPriority mq_signed_priority;

}  // namespace
}  // namespace parley::planted

#include <cerrno>

#include "src/planted/queue.h"

namespace parley::planted {
namespace {

class MqEmptyDoesNotWait final : public Bug {
 public:
  MqEmptyDoesNotWait()
      : Bug({.name = "mq-empty-does-not-wait",
             .says = "A receive from an empty message queue fails with EAGAIN though its "
                     "description is to wait, as if another one's O_NONBLOCK were the queue's.",
             .promise = "mq.capacity",
             .on = On::kMq,
             .every = 4}) {}

  ssize_t Receive(const Target& queue, const MessageBuffer& buffer) override {
    const bool would_wait = WaitsForMessages(queue.fd) && MessagesIn(queue.fd) == 0;
    if (!would_wait || !Tells(queue.object)) return Bug::Receive(queue, buffer);
    errno = EAGAIN;
    return -1;
  }
};

MqEmptyDoesNotWait mq_empty_does_not_wait;

}  // namespace
}  // namespace parley::planted

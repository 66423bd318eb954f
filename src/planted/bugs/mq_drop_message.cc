#include "src/planted/queue.h"

namespace parley::planted {
namespace {

class MqDropMessage final : public Bug {
 public:
  MqDropMessage()
      : Bug({.name = "mq-drop-message",
             .says = "A send to a message queue reports success and queues nothing.",
             .promise = "xfer.conservation",
             .on = On::kMq,
             .every = 16,
             // Where a process was killed or nobody had it open, that is to blame as well.
             .also = "xfer.eintr-no-effect mq.persists-after-crash "
                     "xfer.async-decoupled xfer.wake-receiver mq.unlink-deferred "
                     "mq.capacity"}) {}

  int Send(const Target& queue, const Message& message) override {
    const bool may = message.count > kShortMessage && HasPlace(queue.fd);
    return may && Tells(queue.object) ? 0 : Bug::Send(queue, message);
  }
};

MqDropMessage mq_drop_message;

}  // namespace
}  // namespace parley::planted

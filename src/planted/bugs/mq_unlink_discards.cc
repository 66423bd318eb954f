#include "src/planted/queue.h"

namespace parley::planted {
namespace {

class MqUnlinkDiscards final : public Bug {
 public:
  MqUnlinkDiscards()
      : Bug({.name = "mq-unlink-discards",
             .says = "What is in a message queue is gone when its name is removed, though "
                     "processes have it open.",
             .promise = "mq.unlink-deferred",
             .on = On::kMq,
             .every = 1,
             .also = "xfer.conservation xfer.wake-receiver mq.capacity "
                     "mq.highest-priority-first mq.fifo-within-priority"}) {}

  // The descriptor is this process's own on the queue whose name goes.
  void BeforeUnlink(const Target& queue) override {
    if (MessagesIn(queue.fd) > 0 && Tells(queue.object)) EmptyQueue(queue.fd);
  }
};

MqUnlinkDiscards mq_unlink_discards;

}  // namespace
}  // namespace parley::planted

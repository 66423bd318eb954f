#include <fcntl.h>

#include "src/planted/queue.h"

namespace parley::planted {
namespace {

class MqEmptiedByOpen final : public Bug {
 public:
  MqEmptiedByOpen()
      : Bug({.name = "mq-emptied-by-open",
             .says = "What is in a message queue is gone when a process opens it to receive, as "
                     "if its last user had taken it along.",
             .promise = "mq.persists-after-crash",
             .on = On::kMq,
             .every = 1,
             // What others put in before everybody had opened it is lost.
             .also = "xfer.conservation xfer.async-decoupled xfer.eintr-no-effect "
                     "xfer.wake-receiver"}) {}

  void OpenedQueue(const Target& queue, int flags) override {
    const bool receives = (flags & O_ACCMODE) != O_WRONLY;
    if (receives && MessagesIn(queue.fd) > 0 && Tells(queue.object)) EmptyQueue(queue.fd);
  }
};

MqEmptiedByOpen mq_emptied_by_open;

}  // namespace
}  // namespace parley::planted

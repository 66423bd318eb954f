#include "src/planted/queue.h"

namespace parley::planted {
namespace {

class MqRelativeDeadline final : public Bug {
 public:
  MqRelativeDeadline()
      : Bug({.name = "mq-relative-deadline",
             .says = "A timed receive takes its deadline for a duration: what has passed long ago "
                     "is waited for.",
             .promise = "mq.timed",
             .on = On::kMq,
             .every = 1}) {}

  ssize_t ReceiveUntil(const Target& queue, const MessageBuffer& buffer,
                       const timespec& until) override {
    timespec later{};
    ::clock_gettime(CLOCK_REALTIME, &later);
    later.tv_sec += until.tv_sec;
    const bool waits = WaitsForMessages(queue.fd) && MessagesIn(queue.fd) == 0;
    if (!waits || until.tv_sec > later.tv_sec || !Tells(queue.object)) {
      return Bug::ReceiveUntil(queue, buffer, until);
    }
    return Bug::ReceiveUntil(queue, buffer, later);
  }
};

MqRelativeDeadline mq_relative_deadline;

}  // namespace
}  // namespace parley::planted

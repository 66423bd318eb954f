#include "src/planted/queue.h"

namespace parley::planted {
namespace {

constexpr time_t kNearS = 60;

class MqSleepsPastDeadline final : public Bug {
 public:
  MqSleepsPastDeadline()
      : Bug({.name = "mq-sleeps-past-deadline",
             .says = "A timed receive that has fallen asleep is not woken by its deadline, only by "
                     "a message.",
             .promise = "mq.timed",
             .on = On::kMq,
             .every = 1}) {}

  ssize_t ReceiveUntil(const Target& queue, const MessageBuffer& buffer,
                       const timespec& until) override {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const bool sleeps = until.tv_sec >= now.tv_sec && until.tv_sec < now.tv_sec + kNearS &&
                        WaitsForMessages(queue.fd) && MessagesIn(queue.fd) == 0;
    if (!sleeps || !Tells(queue.object)) return Bug::ReceiveUntil(queue, buffer, until);
    const timespec never{.tv_sec = 8'000'000'000, .tv_nsec = 0};
    return Bug::ReceiveUntil(queue, buffer, never);
  }
};

MqSleepsPastDeadline mq_sleeps_past_deadline;

}  // namespace
}  // namespace parley::planted

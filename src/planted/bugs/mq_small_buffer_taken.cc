#include <cstring>

#include "src/planted/queue.h"

namespace parley::planted {
namespace {

class MqSmallBufferTaken final : public Bug {
 public:
  MqSmallBufferTaken()
      : Bug({.name = "mq-small-buffer-taken",
             .says = "A receive compares its buffer with the message that is there, not with the "
                     "longest that there may be.",
             .promise = "mq.size-errors",
             .on = On::kMq,
             .every = 1,
             // One that does not fit goes back behind others of its priority.
             .also = "mq.fifo-within-priority xfer.async-decoupled xfer.conservation "
                     "xfer.eintr-no-effect xfer.wake-receiver"}) {}

  ssize_t Receive(const Target& queue, const MessageBuffer& buffer) override {
    const std::size_t longest = LongestMessage(queue.fd);
    char* const whole =
        buffer.count < longest && MessagesIn(queue.fd) > 0 ? Scratch(longest) : nullptr;
    if (whole == nullptr) return Bug::Receive(queue, buffer);
    unsigned priority = 0;
    const ssize_t result =
        Bug::Receive(queue, {.bytes = whole, .count = longest, .priority = &priority});
    if (result < 0) return result;
    const auto count = static_cast<std::size_t>(result);
    if (count > buffer.count) {
      SendInTime(queue.fd, {.bytes = whole, .count = count, .priority = priority}, 0);
      return Bug::Receive(queue, buffer);
    }
    Tells(queue.object);
    std::memcpy(buffer.bytes, whole, count);
    if (buffer.priority != nullptr) *buffer.priority = priority;
    return result;
  }
};

MqSmallBufferTaken mq_small_buffer_taken;

}  // namespace
}  // namespace parley::planted

#include <array>
#include <cstring>

#include "src/planted/queue.h"

namespace parley::planted {
namespace {

class MqReceiveAgain final : public Bug {
 public:
  MqReceiveAgain()
      : Bug({.name = "mq-receive-again",
             .says = "A receive from a message queue returns once more what the last one returned.",
             .promise = "xfer.destructive-read",
             .on = On::kMq,
             .every = 8,
             .also = "xfer.conservation xfer.eintr-no-effect xfer.kill-atomic "
                     "xfer.wake-sender"}) {}

  ssize_t Receive(const Target& queue, const MessageBuffer& buffer) override {
    if (last_object_ == &queue.object && last_count_ > kShortMessage && Tells(queue.object)) {
      const std::size_t count = last_count_;
      last_count_ = 0;
      std::memcpy(buffer.bytes, last_.data(), count);
      if (buffer.priority != nullptr) *buffer.priority = last_priority_;
      return static_cast<ssize_t>(count);
    }
    unsigned priority = 0;
    const ssize_t result =
        Bug::Receive(queue, {.bytes = buffer.bytes, .count = buffer.count, .priority = &priority});
    if (result < 0) return result;
    if (buffer.priority != nullptr) *buffer.priority = priority;
    Keep(queue.object, buffer.bytes, static_cast<std::size_t>(result), priority);
    return result;
  }

  int CloseQueue(const Target& queue) override {
    AfterFork();
    return Bug::CloseQueue(queue);
  }

  void AfterFork() override { last_count_ = 0; }

 private:
  void Keep(const Object& object, const char* bytes, std::size_t count, unsigned priority) {
    last_object_ = &object;
    last_count_ = count <= last_.size() ? count : 0;
    std::memcpy(last_.data(), bytes, last_count_);
    last_priority_ = priority;
  }

  const Object* last_object_ = nullptr;
  std::size_t last_count_ = 0;  // 0: nothing to give again
  unsigned last_priority_ = 0;
  std::array<char, kLongestMessage> last_{};
};

MqReceiveAgain mq_receive_again;

}  // namespace
}  // namespace parley::planted

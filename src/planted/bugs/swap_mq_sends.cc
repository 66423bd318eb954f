#include <array>
#include <cstring>

#include "src/planted/queue.h"

namespace parley::planted {
namespace {

constexpr int kPatienceMs = 100;  // a receiver at work makes room in a hundredth of it

class SwapMqSends final : public Bug {
 public:
  SwapMqSends()
      : Bug({.name = "swap-mq-sends",
             .says = "Of two sends in a row of one process to a message queue, of one priority, "
                     "the second is received first.",
             .promise = "mq.fifo-within-priority",
             .on = On::kMq,
             .every = 8,
             // What a process holds back when it is killed is lost; until then it counts as sent
             // and is not there.
             .also = "mq.highest-priority-first mq.capacity xfer.conservation xfer.wake-receiver "
                     "mq.persists-after-crash xfer.eintr-no-effect xfer.restart-matrix "
                     "xfer.async-decoupled xfer.wake-sender xfer.destructive-read"}) {}

  int Send(const Target& queue, const Message& message) override {
    if (held_count_ > 0) {
      // Of another priority it would be no swap: the one held back goes first.
      if (queue.fd != held_queue_ || message.priority != held_priority_) SendHeld();
      const int result = Bug::Send(queue, message);
      SendHeld();
      return result;
    }
    const bool may = message.count > kShortMessage && message.count <= held_.size() &&
                     WaitsForMessages(queue.fd) && HasPlace(queue.fd);
    if (!may || !Tells(queue.object)) return Bug::Send(queue, message);
    held_queue_ = queue.fd;
    held_count_ = message.count;
    held_priority_ = message.priority;
    std::memcpy(held_.data(), message.bytes, message.count);
    return 0;
  }

  void BeforeOtherCall(const Target&) override { SendHeld(); }
  void AfterFork() override { held_count_ = 0; }
  void AtExit() override { SendHeld(); }

 private:
  void SendHeld() {
    if (held_count_ == 0) return;
    const std::size_t count = held_count_;
    held_count_ = 0;
    SendInTime(held_queue_, {.bytes = held_.data(), .count = count, .priority = held_priority_},
               kPatienceMs);
  }

  int held_queue_ = -1;
  unsigned held_priority_ = 0;
  std::size_t held_count_ = 0;  // 0: nothing is held
  std::array<char, kLongestMessage> held_{};
};

SwapMqSends swap_mq_sends;

}  // namespace
}  // namespace parley::planted

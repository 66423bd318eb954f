#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvRoundRobin final : public Bug {
 public:
  SysvRoundRobin()
      : Bug({.name = "sysv-round-robin",
             .says =
                 "A receive of any type takes the types in turn, as if each had a list of its own.",
             .promise = "sysvmsg.fifo-type0",
             .on = On::kSysvMsg,
             .every = 2}) {}

  ssize_t ReceiveTyped(const Target& queue, const TypedMessage& buffer, long type) override {
    const auto first = type == 0 && IsPlainReceive(buffer) ? LookAt(queue.fd, 0) : std::nullopt;
    const auto turn = first ? OfAnotherType(queue.fd, first->type) : std::nullopt;
    if (!turn || !Tells(queue.object)) return Bug::ReceiveTyped(queue, buffer, type);
    const ssize_t result = TakeNow(queue.fd, buffer, *turn);
    return result >= 0 ? result : Bug::ReceiveTyped(queue, buffer, type);
  }

 private:
  static std::optional<long> OfAnotherType(int queue, long type) {
    for (std::size_t older = 1;; ++older) {
      const auto sight = LookAt(queue, older);
      if (!sight) return std::nullopt;
      if (sight->type != type) return sight->type;
    }
  }
};

SysvRoundRobin sysv_round_robin;

}  // namespace
}  // namespace parley::planted

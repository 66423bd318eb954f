#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvFirstBelow final : public Bug {
 public:
  SysvFirstBelow()
      : Bug({.name = "sysv-first-below",
             .says = "A receive of the lowest type up to a bound takes the first message that is "
                     "not above the bound.",
             .promise = "sysvmsg.lowest-type",
             .on = On::kSysvMsg,
             .every = 1}) {}

  ssize_t ReceiveTyped(const Target& queue, const TypedMessage& buffer, long type) override {
    const auto first = type < 0 && IsPlainReceive(buffer) ? First(queue.fd, type) : std::nullopt;
    if (!first || !Tells(queue.object)) return Bug::ReceiveTyped(queue, buffer, type);
    const ssize_t result = TakeNow(queue.fd, buffer, *first);
    return result >= 0 ? result : Bug::ReceiveTyped(queue, buffer, type);
  }

 private:
  // Its type, when a lower one is there.
  static std::optional<long> First(int queue, long bound) {
    std::optional<long> first;
    for (std::size_t older = 0;; ++older) {
      const auto sight = LookAt(queue, older);
      if (!sight) return std::nullopt;
      if (!Takes(bound, 0, sight->type)) continue;
      if (first && sight->type < *first) return first;
      if (!first) first = sight->type;
    }
  }
};

SysvFirstBelow sysv_first_below;

}  // namespace
}  // namespace parley::planted

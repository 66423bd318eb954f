#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvTypeHash final : public Bug {
 public:
  SysvTypeHash()
      : Bug({.name = "sysv-type-hash",
             .says = "A receive of one type takes the oldest message of any type with the same two "
                     "lowest bits.",
             .promise = "sysvmsg.fifo-within-type",
             .on = On::kSysvMsg,
             .every = 1,
             .also = "sysvmsg.client-server"}) {}

  ssize_t ReceiveTyped(const Target& queue, const TypedMessage& buffer, long type) override {
    const auto other =
        type > 0 && IsPlainReceive(buffer) ? Collision(queue.fd, type) : std::nullopt;
    if (!other || !Tells(queue.object)) return Bug::ReceiveTyped(queue, buffer, type);
    const ssize_t result = TakeNow(queue.fd, buffer, *other);
    return result >= 0 ? result : Bug::ReceiveTyped(queue, buffer, type);
  }

 private:
  // The type of the first message in the slot, when it is another one.
  static std::optional<long> Collision(int queue, long type) {
    for (std::size_t older = 0;; ++older) {
      const auto sight = LookAt(queue, older);
      if (!sight || sight->type == type) return std::nullopt;
      if ((sight->type & 3) == (type & 3)) return sight->type;
    }
  }
};

SysvTypeHash sysv_type_hash;

}  // namespace
}  // namespace parley::planted

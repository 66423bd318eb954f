#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvShortType final : public Bug {
 public:
  SysvShortType()
      : Bug({.name = "sysv-short-type",
             .says = "A receive of one type compares the lowest 16 bits of types.",
             .promise = "sysvmsg.client-server",
             .on = On::kSysvMsg,
             .every = 1,
             .also = "sysvmsg.fifo-within-type"}) {}

  ssize_t ReceiveTyped(const Target& queue, const TypedMessage& buffer, long type) override {
    const auto other = type > 0 && IsPlainReceive(buffer) ? Alike(queue.fd, type) : std::nullopt;
    if (!other || !Tells(queue.object)) return Bug::ReceiveTyped(queue, buffer, type);
    const ssize_t result = TakeNow(queue.fd, buffer, *other);
    return result >= 0 ? result : Bug::ReceiveTyped(queue, buffer, type);
  }

 private:
  // The type of the first message that such a comparison takes, when it is another one.
  static std::optional<long> Alike(int queue, long type) {
    for (std::size_t older = 0;; ++older) {
      const auto sight = LookAt(queue, older);
      if (!sight || sight->type == type) return std::nullopt;
      if ((sight->type & 0xffff) == (type & 0xffff)) return sight->type;
    }
  }
};

SysvShortType sysv_short_type;

}  // namespace
}  // namespace parley::planted

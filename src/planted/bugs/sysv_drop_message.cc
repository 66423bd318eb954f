#include "src/planted/queue.h"
#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvDropMessage final : public Bug {
 public:
  SysvDropMessage()
      : Bug({.name = "sysv-drop-message",
             .says = "A send to a System V message queue reports success and queues nothing.",
             .promise = "xfer.conservation",
             .on = On::kSysvMsg,
             .every = 16,
             .also = "xfer.eintr-no-effect sysvmsg.persists-after-crash xfer.async-decoupled "
                     "svipc.stat-truth"}) {}

  int SendTyped(const Target& queue, const TypedMessage& message) override {
    const bool may = message.count > kShortMessage && Fits(queue.fd, message.count);
    return may && Tells(queue.object) ? 0 : Bug::SendTyped(queue, message);
  }
};

SysvDropMessage sysv_drop_message;

}  // namespace
}  // namespace parley::planted

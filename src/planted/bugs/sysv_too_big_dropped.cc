#include <cerrno>

#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvTooBigDropped final : public Bug {
 public:
  SysvTooBigDropped()
      : Bug({.name = "sysv-too-big-dropped",
             .says = "A receive that fails because the message is too long for its buffer drops "
                     "the message.",
             .promise = "sysvmsg.too-big",
             .on = On::kSysvMsg,
             .every = 1,
             .also = "xfer.conservation xfer.eintr-no-effect xfer.async-decoupled "
                     "sysvmsg.linux-flags"}) {}

  ssize_t ReceiveTyped(const Target& queue, const TypedMessage& buffer, long type) override {
    const ssize_t result = Bug::ReceiveTyped(queue, buffer, type);
    if (result >= 0 || errno != E2BIG || !Tells(queue.object)) return result;
    const TypedMessage cut{buffer.start, 0, buffer.flags | IPC_NOWAIT | MSG_NOERROR};
    Bug::ReceiveTyped(queue, cut, type);
    errno = E2BIG;
    return -1;
  }
};

SysvTooBigDropped sysv_too_big_dropped;

}  // namespace
}  // namespace parley::planted

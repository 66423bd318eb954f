#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvCopyTakes final : public Bug {
 public:
  SysvCopyTakes()
      : Bug({.name = "sysv-copy-takes",
             .says = "A copy of a message (MSG_COPY) takes the message away.",
             .promise = "sysvmsg.linux-flags",
             .on = On::kSysvMsg,
             .every = 1,
             .also = "xfer.conservation sysvmsg.empty-full svipc.stat-truth sysvmsg.fifo-type0 "
                     "xfer.async-decoupled xfer.eintr-no-effect sysvmsg.too-big "
                     "sysvmsg.fifo-within-type"}) {}

  ssize_t ReceiveTyped(const Target& queue, const TypedMessage& buffer, long type) override {
    const ssize_t result = Bug::ReceiveTyped(queue, buffer, type);
    const bool first = (buffer.flags & MSG_COPY) != 0 && type == 0;
    if (result < 0 || !first || !Tells(queue.object)) return result;
    const TypedMessage cut{Scratch(sizeof(long)), 0, IPC_NOWAIT | MSG_NOERROR};
    Bug::ReceiveTyped(queue, cut, 0);
    return result;
  }
};

SysvCopyTakes sysv_copy_takes;

}  // namespace
}  // namespace parley::planted

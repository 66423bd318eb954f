#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvLimitIgnored final : public Bug {
 public:
  SysvLimitIgnored()
      : Bug({.name = "sysv-limit-ignored",
             .says = "msgctl() reports success and leaves the limit of a queue as it was.",
             .promise = "sysvmsg.qbytes",
             .on = On::kSysvMsg,
             .every = 1,
             .also = "sysvmsg.empty-full xfer.wake-sender"}) {}

  int ControlTyped(const Target& queue, int command, msqid_ds* status) override {
    if (command != IPC_SET || !Tells(queue.object)) {
      return Bug::ControlTyped(queue, command, status);
    }
    return 0;
  }
};

SysvLimitIgnored sysv_limit_ignored;

}  // namespace
}  // namespace parley::planted

#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvEmptyUnbounded final : public Bug {
 public:
  SysvEmptyUnbounded()
      : Bug({.name = "sysv-empty-unbounded",
             .says = "Messages of no bytes find room in a queue that holds as many as it may.",
             .promise = "sysvmsg.empty-full",
             .on = On::kSysvMsg,
             .every = 1,
             .also = "xfer.wake-sender xfer.wake-receiver"}) {}

  int SendTyped(const Target& queue, const TypedMessage& message) override {
    msqid_ds before{};
    const bool full = message.count == 0 && !Fits(queue.fd, 0) &&
                      Bug::ControlTyped(queue, IPC_STAT, &before) == 0;
    // A few calls must show it, step by step.
    const bool may = full && (!InSteps() || before.msg_qbytes <= 4);
    if (!may || !Tells(queue.object)) return Bug::SendTyped(queue, message);
    msqid_ds larger = before;
    larger.msg_qbytes = before.msg_qnum + before.__msg_cbytes + 1;
    Bug::ControlTyped(queue, IPC_SET, &larger);
    const int result = Bug::SendTyped(queue, message);
    Bug::ControlTyped(queue, IPC_SET, &before);
    return result;
  }
};

SysvEmptyUnbounded sysv_empty_unbounded;

}  // namespace
}  // namespace parley::planted

#include "src/planted/stream.h"
#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvFirstWaiterOnly final : public Bug {
 public:
  SysvFirstWaiterOnly()
      : Bug({.name = "sysv-first-waiter-only",
             .says = "A receive of some types that has to wait sleeps on, as if only the first of "
                     "those who wait were looked at.",
             .promise = "sysvmsg.match-wakes",
             .on = On::kSysvMsg,
             .every = 4,
             .also = "sysvmsg.rmid-final"}) {}

  ssize_t ReceiveTyped(const Target& queue, const TypedMessage& buffer, long type) override {
    const bool waits = type != 0 && (buffer.flags & (IPC_NOWAIT | MSG_COPY)) == 0 &&
                       AlarmsHere() == Alarms::kNone && TypedMessagesIn(queue.fd) == 0;
    if (!waits || !Tells(queue.object)) return Bug::ReceiveTyped(queue, buffer, type);
    return SleepInTyped(queue.fd);
  }
};

SysvFirstWaiterOnly sysv_first_waiter_only;

}  // namespace
}  // namespace parley::planted

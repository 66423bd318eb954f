#include <cerrno>

#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvWaitersLeft final : public Bug {
 public:
  SysvWaitersLeft()
      : Bug({.name = "sysv-waiters-left",
             .says = "Those who sleep in a queue when it is removed sleep on.",
             .promise = "sysvmsg.rmid-final",
             .on = On::kSysvMsg,
             .every = 1}) {}

  ssize_t ReceiveTyped(const Target& queue, const TypedMessage& buffer, long type) override {
    const ssize_t result = Bug::ReceiveTyped(queue, buffer, type);
    if (result >= 0 || errno != EIDRM || !Tells(queue.object)) return result;
    return SleepAway();
  }
};

SysvWaitersLeft sysv_waiters_left;

}  // namespace
}  // namespace parley::planted

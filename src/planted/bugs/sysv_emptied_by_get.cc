#include "src/planted/libc.h"
#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvEmptiedByGet final : public Bug {
 public:
  SysvEmptiedByGet()
      : Bug({.name = "sysv-emptied-by-get",
             .says = "What is in a queue is gone when a process finds it by its key, as if its "
                     "last user had taken it along.",
             .promise = "sysvmsg.persists-after-crash",
             .on = On::kSysvMsg,
             .every = 1,
             .also = "xfer.conservation xfer.async-decoupled xfer.eintr-no-effect "
                     "xfer.wake-receiver sysvmsg.match-wakes sysvmsg.too-big"}) {}

  int GetTyped(key_t key, int flags) override {
    const int queue = Bug::GetTyped(key, flags);
    if (queue < 0 || TypedMessagesIn(queue) <= 0 || !Tells(ObserveTyped(queue))) return queue;
    long type[1];
    while (libc::msgrcv(queue, static_cast<void*>(type), std::size_t{0}, 0L,
                        IPC_NOWAIT | MSG_NOERROR) >= 0) {
    }
    return queue;
  }
};

SysvEmptiedByGet sysv_emptied_by_get;

}  // namespace
}  // namespace parley::planted

#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvCountBehind final : public Bug {
 public:
  SysvCountBehind()
      : Bug({.name = "sysv-count-behind",
             .says = "msgctl() tells one message less than there are.",
             .promise = "svipc.stat-truth",
             .on = On::kSysvMsg,
             .every = 1}) {}

  int ControlTyped(const Target& queue, int command, msqid_ds* status) override {
    const int result = Bug::ControlTyped(queue, command, status);
    const bool may = result == 0 && command == IPC_STAT && status->msg_qnum > 0;
    if (may && Tells(queue.object)) --status->msg_qnum;
    return result;
  }
};

SysvCountBehind sysv_count_behind;

}  // namespace
}  // namespace parley::planted

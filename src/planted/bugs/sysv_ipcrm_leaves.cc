#include <cstring>

#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class SysvIpcrmLeaves final : public Bug {
 public:
  SysvIpcrmLeaves()
      : Bug({.name = "sysv-ipcrm-leaves",
             .says = "ipcrm leaves a message queue and says that it has removed it.",
             .promise = "ipctool.ipcrm",
             .on = On::kSysvMsg,
             .every = 1}) {}

  int ControlTyped(const Target& queue, int command, msqid_ds* status) override {
    const bool tool = std::strcmp(program_invocation_short_name, "ipcrm") == 0;
    if (command != IPC_RMID || !tool) return Bug::ControlTyped(queue, command, status);
    CountTold();
    return 0;
  }
};

SysvIpcrmLeaves sysv_ipcrm_leaves;

}  // namespace
}  // namespace parley::planted

#include <signal.h>

#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvDiesWithUser final : public Bug {
 public:
  SysvDiesWithUser()
      : Bug({.name = "sysv-dies-with-user",
             .says = "A queue goes with the process that sent to it last: whoever looks it up then "
                     "finds none.",
             .promise = "sysvmsg.persists-after-crash",
             .on = On::kSysvMsg,
             .every = 1,
             .also = "xfer.unrelated-by-name sysvmsg.size-rules"}) {}

  int GetTyped(key_t key, int flags) override {
    const int queue = Bug::GetTyped(key, flags);
    msqid_ds status{};
    if (queue < 0 || libc::msgctl(queue, IPC_STAT, &status) != 0 || status.msg_lspid == 0) {
      return queue;
    }
    const bool dead = ::kill(status.msg_lspid, 0) != 0 && errno == ESRCH;
    if (!dead || !Tells(ObserveTyped(queue))) return queue;
    libc::msgctl(queue, IPC_RMID, static_cast<msqid_ds*>(nullptr));
    errno = ENOENT;
    return -1;
  }
};

SysvDiesWithUser sysv_dies_with_user;

}  // namespace
}  // namespace parley::planted

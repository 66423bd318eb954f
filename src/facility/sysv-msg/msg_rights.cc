#include "src/facility/sysv-msg/msg_rights.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include <cerrno>

#include "src/facility/credentials.h"
#include "src/facility/sysv-msg/msg_object.h"
#include "src/history/file_calls.h"

namespace parley {
namespace {

Reply Failed(int system_error) { return {.result = -1, .system_error = system_error}; }

Reply Returned(int result) { return result < 0 ? Failed(errno) : Reply{.result = 0}; }

constexpr int RightsOf(Direction direction) {
  switch (direction) {
    case Direction::kRead:
      return 0400;
    case Direction::kWrite:
      return 0200;
    case Direction::kBoth:
      break;
  }
  return 0600;
}

}  // namespace

Reply OpenMsgAs(key_t key, std::uint64_t argument) {
  const OpenFileAs call = OpenFileAs::Of(argument);
  const Acting acting(call.as);
  if (acting.system_error() != 0) return Failed(ENOTSUP);
  return Returned(::msgget(key, RightsOf(call.direction)));
}

Reply SetMsgModeAs(key_t key, std::uint64_t argument) {
  const ChangeMode call = ChangeMode::Of(argument);
  const int queue = ::msgget(key, 0);
  if (queue < 0) return Failed(errno);
  msqid_ds status{};
  status.msg_perm.uid = ::geteuid();
  status.msg_perm.gid = ::getegid();
  status.msg_perm.mode = call.mode;
  status.msg_qbytes = MsgQueueBytes();
  const Acting acting(call.as);
  if (acting.system_error() != 0) return Failed(ENOTSUP);
  return Returned(::msgctl(queue, IPC_SET, &status));
}

Reply RemoveMsgAs(key_t key, std::uint64_t argument) {
  const int queue = ::msgget(key, 0);
  if (queue < 0) return Failed(errno);
  const Acting acting(RemovesAs(argument));
  if (acting.system_error() != 0) return Failed(ENOTSUP);
  return Returned(::msgctl(queue, IPC_RMID, nullptr));
}

}  // namespace parley

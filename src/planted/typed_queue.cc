#include "src/planted/typed_queue.h"

#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "src/planted/libc.h"

namespace parley::planted {
namespace {

bool Status(int queue, msqid_ds& status) {
  const int before = errno;
  const bool known = libc::msgctl(queue, IPC_STAT, &status) == 0;
  errno = before;
  return known;
}

}  // namespace

std::optional<TypedSight> LookAt(int queue, std::size_t older) {
  const int before = errno;
  char* const start = Scratch(sizeof(long) + kLongestTyped);
  if (start == nullptr) return std::nullopt;
  const ssize_t count = libc::msgrcv(queue, static_cast<void*>(start), kLongestTyped,
                                     static_cast<long>(older), IPC_NOWAIT | MSG_COPY);
  errno = before;
  if (count < 0) return std::nullopt;
  TypedSight sight{.type = 0, .count = static_cast<std::size_t>(count)};
  std::memcpy(&sight.type, start, sizeof sight.type);
  return sight;
}

long TypedMessagesIn(int queue) {
  msqid_ds status{};
  return Status(queue, status) ? static_cast<long>(status.msg_qnum) : -1;
}

bool Fits(int queue, std::size_t count) {
  msqid_ds status{};
  return Status(queue, status) && status.__msg_cbytes + count <= status.msg_qbytes &&
         status.msg_qnum + 1 <= status.msg_qbytes;
}

bool IsPlainReceive(const TypedMessage& buffer) { return (buffer.flags & ~IPC_NOWAIT) == 0; }

bool Takes(long wanted, int flags, long type) {
  if (wanted == 0) return true;
  if (wanted < 0) return wanted == LONG_MIN || type <= -wanted;
  return ((flags & MSG_EXCEPT) != 0) != (type == wanted);
}

ssize_t TakeNow(int queue, const TypedMessage& buffer, long type) {
  return libc::msgrcv(queue, buffer.start, buffer.count, type, IPC_NOWAIT);
}

ssize_t SleepInTyped(int queue) {
  constexpr long kNobodysType = LONG_MAX - 1;
  return libc::msgrcv(queue, static_cast<void*>(Scratch(sizeof(long))), std::size_t{0},
                      kNobodysType, MSG_NOERROR);
}

ssize_t SleepAway() {
  ::pause();
  errno = EINTR;
  return -1;
}

}  // namespace parley::planted

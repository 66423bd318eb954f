#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvStaleId final : public Bug {
 public:
  SysvStaleId()
      : Bug({.name = "sysv-stale-id",
             .says = "An identifier of a queue that was removed leads to the one that was made "
                     "later under its key.",
             .promise = "svipc.stale-id",
             .on = On::kSysvMsg,
             .every = 1}) {}

  int GetTyped(key_t key, int flags) override {
    const int queue = Bug::GetTyped(key, flags);
    if (queue >= 0) key_ = key;
    return queue;
  }

  int SendTyped(const Target& queue, const TypedMessage& message) override {
    const int result = Bug::SendTyped(queue, message);
    if (result == 0 || !IsGone()) return result;
    const int later = Later(queue);
    return later >= 0 ? libc::msgsnd(later, message.start, message.count, message.flags) : result;
  }

 private:
  static bool IsGone() { return errno == EINVAL || errno == EIDRM; }

  int Later(const Target& queue) {
    const int before = errno;
    const int later = key_ != IPC_PRIVATE ? libc::msgget(key_, 0) : -1;
    if (later >= 0 && later != queue.fd && Tells(queue.object)) return later;
    errno = before;
    return -1;
  }

  key_t key_ = IPC_PRIVATE;
};

SysvStaleId sysv_stale_id;

}  // namespace
}  // namespace parley::planted

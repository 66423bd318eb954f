#include <cerrno>

#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvMadeTwice final : public Bug {
 public:
  SysvMadeTwice()
      : Bug({.name = "sysv-made-twice",
             .says = "msgget() with IPC_CREAT | IPC_EXCL gives the queue that is there.",
             .promise = "svipc.key-exclusive",
             .on = On::kSysvMsg,
             .every = 1,
             .also = "svipc.stale-id"}) {}

  int GetTyped(key_t key, int flags) override {
    const int queue = Bug::GetTyped(key, flags);
    if (queue >= 0 || errno != EEXIST) return queue;
    const int there = Bug::GetTyped(key, flags & ~(IPC_CREAT | IPC_EXCL));
    if (there >= 0) CountTold();
    return there;
  }
};

SysvMadeTwice sysv_made_twice;

}  // namespace
}  // namespace parley::planted

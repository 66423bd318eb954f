#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

// Linux counts in the high bits how often a slot was used (ipc/util.h).
constexpr int kAnotherSequence = 1 << 20;

class SysvKeyMisleads final : public Bug {
 public:
  SysvKeyMisleads()
      : Bug({.name = "sysv-key-misleads",
             .says = "A key that is looked up again leads to another identifier.",
             .promise = "svipc.key-same-object",
             .on = On::kSysvMsg,
             .every = 1,
             .also = "svipc.stale-id"}) {}

  int GetTyped(key_t key, int flags) override {
    const int queue = Bug::GetTyped(key, flags);
    // With no rights asked for: whoever looks the key up, and does not want to use it yet.
    if (queue < 0 || flags != 0 || !Tells(ObserveTyped(queue))) return queue;
    return queue ^ kAnotherSequence;
  }
};

SysvKeyMisleads sysv_key_misleads;

}  // namespace
}  // namespace parley::planted

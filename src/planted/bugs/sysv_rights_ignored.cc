#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class SysvRightsIgnored final : public Bug {
 public:
  SysvRightsIgnored()
      : Bug({.name = "sysv-rights-ignored",
             .says = "msgget() gives a queue to callers whom its mode does not let in.",
             .promise = "svipc.permission",
             .on = On::kSysvMsg,
             .every = 1}) {}

  int GetTyped(key_t key, int flags) override {
    const int queue = Bug::GetTyped(key, flags);
    if (queue >= 0 || errno != EACCES) return queue;
    // Who asks for no right gets what is there.
    const int given = Bug::GetTyped(key, 0);
    if (given >= 0) CountTold();
    return given;
  }
};

SysvRightsIgnored sysv_rights_ignored;

}  // namespace
}  // namespace parley::planted

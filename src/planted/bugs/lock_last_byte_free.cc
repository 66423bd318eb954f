#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class LockLastByteFree final : public Bug {
 public:
  LockLastByteFree()
      : Bug({.name = "lock-last-byte-free",
             .says = "A lock on several bytes leaves out the last one.",
             .promise = "fcntl.exclusive",
             .on = On::kFcntlLock,
             .every = 4,
             .also = "fcntl.deadlock-one-victim fcntl.shared fcntl.split-merge "
                     "fcntl.try-errors"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const bool takes = !call.asks() && !call.unlocks() && call.range->l_len > 1;
    if (!takes || !Tells(file.object)) return Bug::Lock(file, call);
    struct flock shorter = *call.range;
    --shorter.l_len;
    return Bug::Lock(file, {.command = call.command, .range = &shorter});
  }
};

LockLastByteFree lock_last_byte_free;

}  // namespace
}  // namespace parley::planted

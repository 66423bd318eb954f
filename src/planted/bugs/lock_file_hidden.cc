#include <unistd.h>

#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class LockFileHidden final : public Bug {
 public:
  LockFileHidden()
      : Bug({.name = "lock-file-hidden",
             .says = "A process that leads a session of its own does not find a file of locks by "
                     "its name.",
             .promise = "xfer.unrelated-by-name",
             .on = On::kLocks,
             .every = 1,
             .also = ""}) {}

  int Open(const OpenCall& call, Object& object) override {
    if (::getsid(0) != ::getpid() || !Tells(object)) return Bug::Open(call, object);
    errno = ENOENT;
    return -1;
  }
};

LockFileHidden lock_file_hidden;

}  // namespace
}  // namespace parley::planted

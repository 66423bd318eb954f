#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class CloseKeepsLocks final : public Bug {
 public:
  CloseKeepsLocks()
      : Bug({.name = "close-keeps-locks",
             .says = "Closing a descriptor leaves the process its locks when it has another one.",
             .promise = "fcntl.release-any-close",
             .on = On::kFcntlLock,
             .every = 1,
             .also = "fcntl.disjoint fcntl.wakeup"}) {}

  int CloseFile(const Target& file) override {
    int other = -1;
    for (std::size_t fd = 0; fd < kDescriptors; ++fd) {
      if (file.object.descriptors.test(fd) && static_cast<int>(fd) != file.fd) {
        other = static_cast<int>(fd);
      }
    }
    const int result = Bug::CloseFile(file);
    if (other < 0 || taken_.l_type != F_WRLCK || !Tells(file.object)) return result;
    struct flock again = taken_;
    libc::fcntl(other, F_SETLK, &again);
    return result;
  }

  int Lock(const Target& file, const LockCall& call) override {
    const int result = Bug::Lock(file, call);
    if (result == 0 && !call.asks()) taken_ = *call.range;
    return result;
  }

 private:
  struct flock taken_{};
};

CloseKeepsLocks close_keeps_locks;

}  // namespace
}  // namespace parley::planted

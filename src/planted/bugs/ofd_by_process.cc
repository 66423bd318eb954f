#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class OfdByProcess final : public Bug {
 public:
  OfdByProcess()
      : Bug({.name = "ofd-by-process",
             .says = "Two descriptions of one process are not in each other's way.",
             .promise = "ofd.exclusive",
             .on = On::kOfdLock,
             .every = 1,
             .also = "ofd.lifetime"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const int result = Bug::Lock(file, call);
    if (call.asks()) return result;
    if (result == 0) {
      if (!call.unlocks()) holder_ = file.fd;
    } else if (errno == EAGAIN && holder_ >= 0 && holder_ != file.fd && IsMine(file, call) &&
               Tells(file.object)) {
      return 0;
    }
    return result;
  }

  void AfterFork() override { holder_ = -1; }

 private:
  // The one in the way is of this process: without its lock there would be none.
  bool IsMine(const Target& file, const LockCall& call) const {
    if (!file.object.descriptors.test(static_cast<std::size_t>(holder_))) return false;
    struct flock mine = *call.range;
    mine.l_type = F_WRLCK;
    // Converting what one has never fails when one has it exclusively.
    const bool alone = libc::fcntl(holder_, F_OFD_SETLK, &mine) == 0;
    errno = EAGAIN;
    return alone;
  }

  int holder_ = -1;
};

OfdByProcess ofd_by_process;

}  // namespace
}  // namespace parley::planted

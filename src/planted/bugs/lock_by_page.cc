#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class LockByPage final : public Bug {
 public:
  LockByPage()
      : Bug({.name = "lock-by-page",
             .says = "A try is refused because of a lock elsewhere on the page.",
             .promise = "fcntl.disjoint",
             .on = On::kFcntlLock,
             .every = 4,
             .also = "fcntl.release-any-close fcntl.shared"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    static constexpr off_t kPage = 4096;
    const bool tries = call.command == F_SETLK && !call.unlocks() && call.range->l_len > 0;
    if (!tries || IsInTheWay(file.fd, call)) return Bug::Lock(file, call);
    struct flock page = *call.range;
    page.l_start -= page.l_start % kPage;
    page.l_len = kPage;
    if (!IsInTheWay(file.fd, {.command = F_SETLK, .range = &page}) || !Tells(file.object)) {
      return Bug::Lock(file, call);
    }
    errno = EAGAIN;
    return -1;
  }
};

LockByPage lock_by_page;

}  // namespace
}  // namespace parley::planted

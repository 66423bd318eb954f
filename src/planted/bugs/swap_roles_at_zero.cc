#include <fcntl.h>

#include <utility>

#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class SwapRolesAtZero final : public Bug {
 public:
  SwapRolesAtZero()
      : Bug({.name = "swap-roles-at-zero",
             .says = "pipe() stores the ends the other way round when descriptor 0 was closed.",
             .promise = "pipe.fd-roles",
             .on = On::kPipe,
             .every = 1}) {}

  int MakePipe(int fds[2], int flags) override {
    const bool zero_is_free = libc::fcntl(STDIN_FILENO, F_GETFD) < 0;
    const int result = Bug::MakePipe(fds, flags);
    if (result == 0 && zero_is_free) {
      std::swap(fds[0], fds[1]);
      CountTold();
    }
    return result;
  }
};

SwapRolesAtZero swap_roles_at_zero;

}  // namespace
}  // namespace parley::planted

#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class UmaskIgnored final : public Bug {
 public:
  UmaskIgnored()
      : Bug({.name = "umask-ignored",
             .says = "mkfifo() gives a FIFO the mode that it was asked for, whatever the umask is.",
             .promise = "fifo.create",
             .on = On::kFifo,
             .every = 1}) {}

  int MakeFifo(int directory_fd, const char* path, mode_t mode) override {
    const mode_t mask = ::umask(0);
    const int result = Bug::MakeFifo(directory_fd, path, mode);
    ::umask(mask);
    Object* object = result == 0 && (mode & mask) != 0 ? ObserveName(directory_fd, path) : nullptr;
    if (object != nullptr) Tells(*object);
    return result;
  }
};

UmaskIgnored umask_ignored;

}  // namespace
}  // namespace parley::planted

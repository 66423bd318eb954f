#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class MadeInCurrentDirectory final : public Bug {
 public:
  MadeInCurrentDirectory()
      : Bug({.name = "made-in-current-directory",
             .says =
                 "mkfifoat() makes a relative path in the current directory, whatever directory "
                 "it is given.",
             .promise = "fifo.mkfifoat",
             .on = On::kFifo,
             .every = 1}) {}

  int MakeFifo(int directory_fd, const char* path, mode_t mode) override {
    const bool astray = directory_fd != AT_FDCWD && path[0] != '/' && IsSibling(directory_fd);
    if (!astray) return Bug::MakeFifo(directory_fd, path, mode);
    const int result = Bug::MakeFifo(AT_FDCWD, path, mode);
    const int before = errno;
    if (Object* object = ObserveName(AT_FDCWD, path)) Tells(*object);
    errno = before;
    return result;
  }

 private:
  // Another directory in the same parent as the current one: what is made there is removed by those
  // who made both.
  static bool IsSibling(int directory_fd) {
    struct stat here;
    struct stat there;
    if (::stat(".", &here) != 0 || ::fstat(directory_fd, &there) != 0 || Same(here, there)) {
      return false;
    }
    return ::stat("..", &here) == 0 && ::fstatat(directory_fd, "..", &there, 0) == 0 &&
           Same(here, there);
  }
  static bool Same(const struct stat& one, const struct stat& other) {
    return one.st_ino == other.st_ino && one.st_dev == other.st_dev;
  }
};

MadeInCurrentDirectory made_in_current_directory;

}  // namespace
}  // namespace parley::planted

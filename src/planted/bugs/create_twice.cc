#include <cerrno>

#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class CreateTwice final : public Bug {
 public:
  CreateTwice()
      : Bug({.name = "create-twice",
             .says = "mkfifo() of a FIFO that exists reports success.",
             .promise = "fifo.create-exclusive",
             .on = On::kFifo,
             .every = 1}) {}

  int MakeFifo(int directory_fd, const char* path, mode_t mode) override {
    const int result = Bug::MakeFifo(directory_fd, path, mode);
    if (result == 0 || errno != EEXIST) return result;
    Object* object = ObserveName(directory_fd, path);
    if (object != nullptr && Tells(*object)) return 0;
    errno = EEXIST;
    return result;
  }
};

CreateTwice create_twice;

}  // namespace
}  // namespace parley::planted

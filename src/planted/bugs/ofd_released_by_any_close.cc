#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class OfdReleasedByAnyClose final : public Bug {
 public:
  OfdReleasedByAnyClose()
      : Bug({.name = "ofd-released-by-any-close",
             .says = "Closing any descriptor of a file gives back the locks of all descriptions.",
             .promise = "ofd.lifetime",
             .on = On::kOfdLock,
             .every = 1,
             .also = ""}) {}

  int CloseFile(const Target& file) override {
    if (Tells(file.object)) {
      for (std::size_t fd = 0; fd < kDescriptors; ++fd) {
        if (file.object.descriptors.test(fd)) UnlockAll(static_cast<int>(fd), true);
      }
    }
    return Bug::CloseFile(file);
  }
};

OfdReleasedByAnyClose ofd_released_by_any_close;

}  // namespace
}  // namespace parley::planted

#include "src/planted/libc.h"
#include "src/planted/names.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class CloseRemovesName final : public Bug {
 public:
  CloseRemovesName()
      : Bug({.name = "close-removes-name",
             .says = "A FIFO loses its name when a process closes its last descriptor on it.",
             .promise = "fifo.name-persists",
             .on = On::kFifo,
             .every = 1,
             // Others look for the name in vain, or can make it again.
             .also = "xfer.unrelated-by-name fifo.create-exclusive"}) {}

  int Close(const Target& target) override {
    const NameOfDescriptor name(target.fd);
    const bool last = target.object.descriptors.count() == 1;
    // Who has only made it, and looked at what he has made, is not one of its users.
    const bool user = target.object.used || !target.object.made;
    const int result = Bug::Close(target);
    const int system_error = errno;
    if (last && user && name.known() && !name.removed()) {
      Tells(target.object);
      ::unlink(name.path());
    }
    errno = system_error;
    return result;
  }
};

CloseRemovesName close_removes_name;

}  // namespace
}  // namespace parley::planted

#include <unistd.h>

#include <cerrno>

#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class NameHiddenFromStrangers final : public Bug {
 public:
  NameHiddenFromStrangers()
      : Bug({.name = "name-hidden-from-strangers",
             .says = "A process that leads a session of its own does not find a FIFO by its name.",
             .promise = "xfer.unrelated-by-name",
             .on = On::kFifo,
             .every = 1}) {}

  int Open(const OpenCall& call, Object& object) override {
    if (::getsid(0) != ::getpid() || !Tells(object)) return Bug::Open(call, object);
    errno = ENOENT;
    return -1;
  }
};

NameHiddenFromStrangers name_hidden_from_strangers;

}  // namespace
}  // namespace parley::planted

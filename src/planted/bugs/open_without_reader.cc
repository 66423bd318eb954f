#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class OpenWithoutReader final : public Bug {
 public:
  OpenWithoutReader()
      : Bug({.name = "open-without-reader",
             .says = "A non-blocking open of a FIFO for writing succeeds though nobody reads.",
             .promise = "fifo.open-nonblock",
             .on = On::kFifo,
             .every = 1,
             // The descriptor reads as well: its writes succeed without a reader.
             .also = "fifo.order"}) {}

  int Open(const OpenCall& call, Object& object) override {
    const int fd = Bug::Open(call, object);
    if (fd >= 0 || errno != ENXIO || call.access() != O_WRONLY) return fd;
    Tells(object);
    const int flags = (call.flags & ~O_ACCMODE) | O_RDWR;
    return libc::openat(call.directory_fd, call.path, flags, call.mode);
  }
};

OpenWithoutReader open_without_reader;

}  // namespace
}  // namespace parley::planted

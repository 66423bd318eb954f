#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class SpliceCopies final : public Bug {
 public:
  SpliceCopies()
      : Bug({.name = "splice-copies",
             .says = "splice() between pipes copies the bytes in place of moving them.",
             .promise = "pipe.splice-tee",
             .on = On::kPipe,
             .every = 2,
             // What was to be gone comes again, and takes room.
             .also = "xfer.any-bytes xfer.destructive-read xfer.conservation xfer.flow-control "
                     "xfer.wake-sender xfer.wake-receiver xfer.eintr-no-effect pipe.order "
                     "pipe.large-write-ordered pipe.atomic-write pipe.atomic-writev "
                     "pipe.atomic-write-nonblock pipe.atomic-any-capacity pipe.read-available "
                     "pipe.capacity pipe.nonblock-large pipe.eof-exact"}) {}

  ssize_t Splice(const Target& from, int to_fd, std::size_t bytes, unsigned flags) override {
    if (!Tells(from.object)) return Bug::Splice(from, to_fd, bytes, flags);
    return libc::tee(from.fd, to_fd, bytes, flags);
  }
};

SpliceCopies splice_copies;

}  // namespace
}  // namespace parley::planted

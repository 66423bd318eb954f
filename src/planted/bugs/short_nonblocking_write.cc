#include <algorithm>

#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class ShortNonblockingWrite final : public Bug {
 public:
  ShortNonblockingWrite()
      : Bug({.name = "short-nonblocking-write",
             .says = "A small non-blocking write to a pipe puts three quarters and returns a short "
                     "count.",
             .promise = "pipe.atomic-write-nonblock",
             .on = On::kPipe,
             .every = 8,
             .also = "xfer.any-bytes"}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const std::size_t bytes = message.bytes();
    const bool cuts = bytes > 1 && bytes <= kAtomicBytes && !IsBlocking(target.fd) &&
                      HasReader(target.fd) && HasRoom(target.fd);
    if (!cuts || !Tells(target.object)) return Bug::Write(target, message);
    return libc::write(target.fd, message.Flat(), bytes - std::max<std::size_t>(bytes / 4, 1));
  }
};

ShortNonblockingWrite short_nonblocking_write;

}  // namespace
}  // namespace parley::planted

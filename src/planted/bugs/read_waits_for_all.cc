#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class ReadWaitsForAll final : public Bug {
 public:
  ReadWaitsForAll()
      : Bug({.name = "read-waits-for-all",
             .says =
                 "A blocking read from a pipe waits until its buffer is full, or for the end of "
                 "file.",
             .promise = "pipe.read-available",
             .on = On::kPipe,
             .every = 1,
             .also = "xfer.wake-receiver"}) {}

  ssize_t Read(const Target& target, const Pieces& buffers) override {
    const std::size_t wanted = buffers.bytes();
    if (!IsBlocking(target.fd)) return Bug::Read(target, buffers);
    char* all = Scratch(wanted);
    if (all == nullptr) return Bug::Read(target, buffers);
    std::size_t received = 0;
    bool told = false;
    while (received < wanted) {
      // It was seen to wait for more when what it has came in one part.
      if (received > 0 && !told) told = Tells(target.object);
      const iovec rest{.iov_base = all + received, .iov_len = wanted - received};
      const ssize_t part = Bug::Read(target, {.pieces = {&rest, 1}, .vectored = buffers.vectored});
      if (part < 0 && received == 0) return part;
      if (part <= 0) break;
      received += static_cast<std::size_t>(part);
    }
    buffers.Fill(all, received);
    return static_cast<ssize_t>(received);
  }
};

ReadWaitsForAll read_waits_for_all;

}  // namespace
}  // namespace parley::planted

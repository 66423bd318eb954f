#include <sched.h>

#include "src/planted/stream.h"

namespace parley::planted {
namespace {

constexpr std::size_t kSegmentBytes = 512;

class SplitFifoWrite final : public Bug {
 public:
  SplitFifoWrite()
      : Bug({.name = "split-fifo-write",
             .says = "A small write to a FIFO is put in segments of 512 bytes, and lets others run "
                     "between two of them.",
             .promise = "fifo.atomic-write",
             .on = On::kFifo,
             .every = 4,
             // Where others write in inside a header, what follows belongs to nobody.
             .also = "fifo.order xfer.any-bytes xfer.copy-semantics xfer.kill-atomic"}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const std::size_t bytes = message.bytes();
    const bool splits = bytes > kSegmentBytes && bytes <= kAtomicBytes && IsBlocking(target.fd);
    if (!splits || !Tells(target.object)) return Bug::Write(target, message);
    return WriteInSegments(target.fd, message.Flat(), bytes, kSegmentBytes,
                           [] { ::sched_yield(); });
  }
};

SplitFifoWrite split_fifo_write;

}  // namespace
}  // namespace parley::planted

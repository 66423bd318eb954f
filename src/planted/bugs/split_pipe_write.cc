#include <sched.h>

#include "src/planted/stream.h"

namespace parley::planted {
namespace {

constexpr std::size_t kSegmentBytes = 512;

class SplitPipeWrite final : public Bug {
 public:
  SplitPipeWrite()
      : Bug({.name = "split-pipe-write",
             .says =
                 "A small write() to a pipe is put in segments of 512 bytes, and lets others run "
                 "between two of them.",
             .promise = "pipe.atomic-write",
             .on = On::kPipe,
             .every = 4,
             // Where others write in inside a header, what follows belongs to nobody.
             .also = "pipe.atomic-any-capacity pipe.blocking-full-count xfer.any-bytes "
                     "xfer.conservation xfer.copy-semantics xfer.kill-atomic "
                     "xfer.wake-sender"}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const std::size_t bytes = message.bytes();
    const bool splits = !message.vectored && bytes > kSegmentBytes && bytes <= kAtomicBytes &&
                        IsBlocking(target.fd);
    if (!splits || !Tells(target.object)) return Bug::Write(target, message);
    return WriteInSegments(target.fd, message.Flat(), bytes, kSegmentBytes,
                           [] { ::sched_yield(); });
  }
};

SplitPipeWrite split_pipe_write;

}  // namespace
}  // namespace parley::planted

#include <sched.h>

#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class TearResizedPipe final : public Bug {
 public:
  TearResizedPipe()
      : Bug({.name = "tear-resized-pipe",
             .says =
                 "A pipe that was resized puts a small write in two halves, and lets others run "
                 "between them.",
             .promise = "pipe.atomic-any-capacity",
             .on = On::kPipe,
             .every = 2,
             // Where others write in inside a header, what follows belongs to nobody.
             .also = "pipe.blocking-full-count xfer.any-bytes xfer.copy-semantics "
                     "xfer.kill-atomic"}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const std::size_t bytes = message.bytes();
    const bool tears = bytes > 1 && bytes <= kAtomicBytes && IsBlocking(target.fd) &&
                       CapacityBytes(target.fd) != DefaultCapacityBytes();
    if (!tears || !Tells(target.object)) return Bug::Write(target, message);
    return WriteInSegments(target.fd, message.Flat(), bytes, (bytes + 1) / 2,
                           [] { ::sched_yield(); });
  }
};

TearResizedPipe tear_resized_pipe;

}  // namespace
}  // namespace parley::planted

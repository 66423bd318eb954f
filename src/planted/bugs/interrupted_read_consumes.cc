#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/read_track.h"

namespace parley::planted {
namespace {

class InterruptedReadConsumes final : public Bug {
 public:
  InterruptedReadConsumes()
      : Bug({.name = "interrupted-read-consumes",
             .says = "A blocking read takes what there is and then fails with EINTR.",
             .promise = "xfer.eintr-no-effect",
             .on = On::kBoth,
             .every = 8,
             // What was taken is missing, and half of a message may be.
             .also = "xfer.conservation xfer.any-bytes pipe.order fifo.order xfer.flow-control "
                     "pipe.atomic-write fifo.atomic-write"}) {}

  ssize_t Read(const Target& target, const Pieces& buffers) override {
    const bool can = UnreadBytes(target.fd) > 0 && IsBlocking(target.fd) && MayBeInterrupted();
    if (!can) return ReadWell(target, buffers);
    const std::size_t bytes = buffers.bytes();
    const bool whole = track_.AtBoundary(target) && track_.EndsAtBoundary(target, bytes);
    char* consumed = whole || track_.MayCutAnyway() ? Scratch(bytes) : nullptr;
    if (consumed == nullptr || !Tells(target.object)) return ReadWell(target, buffers);
    const ssize_t result = libc::read(target.fd, consumed, bytes);
    if (result > 0) track_.Note(target, bytes, static_cast<std::size_t>(result));
    errno = EINTR;
    return -1;
  }

  int Close(const Target& target) override {
    if (track_.IsLast(target)) track_.Forget();
    return Bug::Close(target);
  }

  void AfterFork() override { track_.Forget(); }

 private:
  ssize_t ReadWell(const Target& target, const Pieces& buffers) {
    const ssize_t result = Bug::Read(target, buffers);
    if (result > 0) track_.Note(target, buffers.bytes(), static_cast<std::size_t>(result));
    return result;
  }

  ReadTrack track_;
};

InterruptedReadConsumes interrupted_read_consumes;

}  // namespace
}  // namespace parley::planted

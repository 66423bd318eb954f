#include <sched.h>

#include <algorithm>

#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class WritevPieceByPiece final : public Bug {
 public:
  WritevPieceByPiece()
      : Bug({.name = "writev-piece-by-piece",
             .says =
                 "A small writev() to a pipe is one put for each of its pieces, and lets others "
                 "run between two of them.",
             .promise = "pipe.atomic-writev",
             .on = On::kPipe,
             .every = 1,
             // Where others write in inside a header, what follows belongs to nobody.
             .also =
                 "pipe.atomic-any-capacity xfer.kill-atomic xfer.any-bytes xfer.copy-semantics"}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const auto filled =
        std::ranges::count_if(message.pieces, [](const iovec& piece) { return piece.iov_len > 0; });
    const bool splits =
        message.vectored && filled > 1 && message.bytes() <= kAtomicBytes && IsBlocking(target.fd);
    if (!splits || !Tells(target.object)) return Bug::Write(target, message);
    ssize_t done = 0;
    for (const iovec& piece : message.pieces) {
      if (piece.iov_len == 0) continue;
      if (done == 0) {
        const ssize_t first = Put(target, piece);
        if (first < 0) return first;
        done = first;
        continue;
      }
      ::sched_yield();
      WriteWhole(target.fd, static_cast<const char*>(piece.iov_base), piece.iov_len);
      done += static_cast<ssize_t>(piece.iov_len);
    }
    return done;
  }

 private:
  ssize_t Put(const Target& target, const iovec& piece) {
    return Bug::Write(target, {.pieces = {&piece, 1}, .vectored = true});
  }
};

WritevPieceByPiece writev_piece_by_piece;

}  // namespace
}  // namespace parley::planted

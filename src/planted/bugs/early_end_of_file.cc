#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class EarlyEndOfFile final : public Bug {
 public:
  EarlyEndOfFile()
      : Bug({.name = "early-end-of-file",
             .says = "A read from a pipe returns 0 though a writer lives.",
             .promise = "pipe.eof-exact",
             .on = On::kPipe,
             .every = 8,
             // Who believes it leaves the rest unread.
             .also = "xfer.conservation"}) {}

  // Chances are only reads behind which a writer lives: the first seven make sure of earlier
  // success.
  ssize_t Read(const Target& target, const Pieces& buffers) override {
    if (!HasWriter(target.fd) || !Tells(target.object)) return Bug::Read(target, buffers);
    return 0;
  }
};

EarlyEndOfFile early_end_of_file;

}  // namespace
}  // namespace parley::planted

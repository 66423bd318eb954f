#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class RestartLargeWrite final : public Bug {
 public:
  RestartLargeWrite()
      : Bug({.name = "restart-large-write",
             .says = "A large write to a pipe starts again at its first byte after a partial put.",
             .promise = "pipe.large-write-ordered",
             .on = On::kPipe,
             .every = 2,
             // A writer that is killed after the partial put has put more than it has to give.
             .also =
                 "xfer.destructive-read xfer.any-bytes xfer.conservation xfer.eintr-no-effect"}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const std::size_t bytes = message.bytes();
    const bool restarts = bytes > kAtomicBytes && IsBlocking(target.fd) && HasReader(target.fd);
    if (!restarts || !Tells(target.object)) return Bug::Write(target, message);
    const ssize_t partial = libc::write(target.fd, message.Flat(), kAtomicBytes);
    if (partial < 0) return partial;
    const ssize_t whole = Bug::Write(target, message);
    return whole > 0 ? whole : partial;
  }
};

RestartLargeWrite restart_large_write;

}  // namespace
}  // namespace parley::planted

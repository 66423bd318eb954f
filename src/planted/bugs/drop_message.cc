#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class DropMessage final : public Bug {
 public:
  DropMessage()
      : Bug({.name = "drop-message",
             .says = "A small write reports success and puts nothing.",
             .promise = "xfer.conservation",
             .on = On::kBoth,
             .every = 16,
             // Later messages arrive without it; what never arrives seems to pile up.
             .also =
                 "pipe.order fifo.order pipe.read-available xfer.wake-receiver xfer.flow-control "
                 "xfer.eintr-no-effect xfer.any-bytes pipe.atomic-write fifo.atomic-write"}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const std::size_t bytes = message.bytes();
    const bool lossless = bytes > kAtomicBytes || !HasReader(target.fd) || !HasRoom(target.fd);
    if (lossless || !Tells(target.object)) return Bug::Write(target, message);
    return static_cast<ssize_t>(bytes);
  }
};

DropMessage drop_message;

}  // namespace
}  // namespace parley::planted

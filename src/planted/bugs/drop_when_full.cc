#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class DropWhenFull final : public Bug {
 public:
  DropWhenFull()
      : Bug({.name = "drop-when-full",
             .says = "A write that finds no room reports success and puts nothing.",
             .promise = "xfer.flow-control",
             .on = On::kBoth,
             .every = 1,
             // What is dropped is missing as well.
             .also =
                 "xfer.conservation pipe.order fifo.order xfer.wake-receiver pipe.read-available "
                 "xfer.eintr-no-effect xfer.any-bytes pipe.atomic-write fifo.atomic-write"}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const bool full = HasReader(target.fd) && !HasRoom(target.fd);
    if (!full || !Tells(target.object)) return Bug::Write(target, message);
    return static_cast<ssize_t>(message.bytes());
  }
};

DropWhenFull drop_when_full;

}  // namespace
}  // namespace parley::planted

#include <fcntl.h>

#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class PacketFlagLost final : public Bug {
 public:
  PacketFlagLost()
      : Bug({.name = "packet-flag-lost",
             .says = "In packet mode a small write loses its flag: the next one is merged into its "
                     "page, and both are one.",
             .promise = "pipe.packet-mode",
             .on = On::kPipe,
             .every = 1,
             // What stays of a packet takes room.
             .also = "pipe.nonblock-large pipe.poll-coherent pipe.capacity xfer.wake-sender"}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const int flags = libc::fcntl(target.fd, F_GETFL);
    // One that has to wait would let others write without the flag, too.
    const bool loses = flags >= 0 && (flags & O_DIRECT) != 0 && message.bytes() <= kAtomicBytes &&
                       HasReader(target.fd) && HasRoom(target.fd);
    if (!loses || !Tells(target.object)) return Bug::Write(target, message);
    libc::fcntl(target.fd, F_SETFL, flags & ~O_DIRECT);
    const ssize_t result = Bug::Write(target, message);
    const int system_error = errno;
    libc::fcntl(target.fd, F_SETFL, flags);
    errno = system_error;
    return result;
  }
};

PacketFlagLost packet_flag_lost;

}  // namespace
}  // namespace parley::planted

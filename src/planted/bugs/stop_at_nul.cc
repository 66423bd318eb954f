#include <string_view>

#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class StopAtNul final : public Bug {
 public:
  StopAtNul()
      : Bug({.name = "stop-at-nul",
             .says = "A write stops at eight NULs in a row, yet reports all of it written.",
             .promise = "xfer.any-bytes",
             .on = On::kBoth,
             .every = 4,
             .also = "fifo.order pipe.atomic-write pipe.atomic-writev "
                     "pipe.read-available xfer.conservation xfer.flow-control "
                     "xfer.wake-receiver"}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const std::size_t bytes = message.bytes();
    const std::string_view text(message.Flat(), bytes);
    const std::size_t kept = text.find(std::string_view("\0\0\0\0\0\0\0\0", 8));
    if (kept == std::string_view::npos || kept == 0 || !Tells(target.object)) {
      return Bug::Write(target, message);
    }
    const ssize_t result = libc::write(target.fd, text.data(), kept);
    return result == static_cast<ssize_t>(kept) ? static_cast<ssize_t>(bytes) : result;
  }
};

StopAtNul stop_at_nul;

}  // namespace
}  // namespace parley::planted

#include <fcntl.h>

#include <array>

#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class ShrinkDropsContent final : public Bug {
 public:
  ShrinkDropsContent()
      : Bug({.name = "shrink-drops-content",
             .says = "A pipe that holds more than its new capacity drops the oldest bytes of it.",
             .promise = "pipe.resize-safe",
             .on = On::kPipe,
             .every = 1,
             // What is dropped is missing as well, and may cut a message.
             .also = "xfer.any-bytes xfer.conservation xfer.flow-control"}) {}

  int Control(const Target& target, int command, void* argument) override {
    int result = Bug::Control(target, command, argument);
    if (command != F_SETPIPE_SZ || result >= 0 || errno != EBUSY || !Tells(target.object)) {
      return result;
    }
    const int reading = Reopen(target.fd, O_RDONLY);
    std::array<char, kAtomicBytes> dropped{};
    while (result < 0 && libc::read(reading, dropped.data(), dropped.size()) > 0) {
      result = Bug::Control(target, command, argument);
    }
    const int system_error = errno;
    libc::close(reading);
    errno = system_error;
    return result;
  }
};

ShrinkDropsContent shrink_drops_content;

}  // namespace
}  // namespace parley::planted

#include <algorithm>

#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

constexpr std::size_t kOverwrittenBytes = 16;

class TeeSharesPage final : public Bug {
 public:
  TeeSharesPage()
      : Bug({.name = "tee-shares-page",
             .says = "tee() shares a page with its copy, into which a write is merged there: the "
                     "last bytes that were copied are overwritten.",
             .promise = "pipe.splice-tee",
             .on = On::kPipe,
             .every = 1,
             // In free mode others read and write between the two halves of it.
             .also = "xfer.any-bytes xfer.destructive-read xfer.conservation xfer.flow-control "
                     "xfer.wake-sender xfer.wake-receiver xfer.eintr-no-effect pipe.order "
                     "pipe.large-write-ordered pipe.atomic-write pipe.atomic-writev "
                     "pipe.atomic-write-nonblock pipe.atomic-any-capacity pipe.read-available "
                     "pipe.capacity pipe.nonblock-large pipe.eof-exact"}) {}

  ssize_t Tee(const Target& from, int to_fd, std::size_t bytes, unsigned flags) override {
    const ssize_t copied = Bug::Tee(from, to_fd, bytes, flags);
    if (copied <= 0 || static_cast<std::size_t>(copied) != UnreadBytes(from.fd)) return copied;
    const int before = errno;
    const int fd = Reopen(from.fd, O_RDWR);
    // Nobody who waits for room may come in between.
    if (fd >= 0 && HasRoom(fd) && Tells(from.object))
      Overwrite(fd, static_cast<std::size_t>(copied));
    if (fd >= 0) libc::close(fd);
    errno = before;
    return copied;
  }

 private:
  static void Overwrite(int fd, std::size_t count) {
    char* content = Scratch(count);
    if (content == nullptr || libc::read(fd, content, count) != static_cast<ssize_t>(count)) return;
    for (char* byte = content + count - std::min(count, kOverwrittenBytes); byte != content + count;
         ++byte) {
      *byte = static_cast<char>(*byte ^ 1);
    }
    WriteWhole(fd, content, count);
  }
};

TeeSharesPage tee_shares_page;

}  // namespace
}  // namespace parley::planted

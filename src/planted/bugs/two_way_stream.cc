#include <fcntl.h>
#include <sys/uio.h>

#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

// As if the stream were made of a device that carries bytes both ways, as STREAMS pipes are.
class TwoWayStream final : public Bug {
 public:
  TwoWayStream()
      : Bug({.name = "two-way-stream",
             .says =
                 "Either end serves both ways: what is there can be read through a writing end, "
                 "and a reading end can be written.",
             .promise = "taxonomy.matrix",
             .on = On::kBoth,
             .every = 1,
             .also = "pipe.unidirectional"}) {}

  ssize_t Read(const Target& target, const Pieces& buffers) override {
    const int flags = libc::fcntl(target.fd, F_GETFL);
    const bool other_way = flags >= 0 && (flags & O_ACCMODE) == O_WRONLY;
    if (!other_way || !Tells(target.object)) return Bug::Read(target, buffers);
    const int other = Reopen(target.fd, O_RDONLY);
    const auto& pieces = buffers.pieces;
    return CloseAfter(other, libc::readv(other, pieces.data(), static_cast<int>(pieces.size())));
  }

  ssize_t Write(const Target& target, const Pieces& message) override {
    if (IsWritingEnd(target.fd) || !Tells(target.object)) return Bug::Write(target, message);
    const int other = Reopen(target.fd, O_WRONLY);
    return CloseAfter(other, libc::write(other, message.Flat(), message.bytes()));
  }

 private:
  static ssize_t CloseAfter(int fd, ssize_t result) {
    const int system_error = errno;
    libc::close(fd);
    errno = system_error;
    return result;
  }
};

TwoWayStream two_way_stream;

}  // namespace
}  // namespace parley::planted

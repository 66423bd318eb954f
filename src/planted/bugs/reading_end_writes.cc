#include <fcntl.h>

#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class ReadingEndWrites final : public Bug {
 public:
  ReadingEndWrites()
      : Bug({.name = "reading-end-writes",
             .says = "A write on a reading end is put, as if that end were open for both.",
             .promise = "pipe.unidirectional",
             .on = On::kBoth,
             .every = 1,
             .also = "taxonomy.matrix"}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    if (IsWritingEnd(target.fd) || !Tells(target.object)) return Bug::Write(target, message);
    const int writing = Reopen(target.fd, O_WRONLY);
    const ssize_t result = libc::write(writing, message.Flat(), message.bytes());
    const int system_error = errno;
    libc::close(writing);
    errno = system_error;
    return result;
  }
};

ReadingEndWrites reading_end_writes;

}  // namespace
}  // namespace parley::planted

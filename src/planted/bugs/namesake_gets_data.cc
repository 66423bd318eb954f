#include "src/planted/libc.h"
#include "src/planted/names.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class NamesakeGetsData final : public Bug {
 public:
  NamesakeGetsData()
      : Bug({.name = "namesake-gets-data",
             .says = "A descriptor of a FIFO whose name was removed and made again writes to, and "
                     "reads from, the new one.",
             .promise = "fifo.unlink-open",
             .on = On::kFifo,
             .every = 1,
             // The right reader misses what the other one gets; the other one has met nobody.
             .also = "xfer.conservation fifo.order fifo.open-rendezvous xfer.wake-receiver"}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const int other = Namesake(target.fd, O_WRONLY);
    if (other < 0) return Bug::Write(target, message);
    const ssize_t result = libc::write(other, message.Flat(), message.bytes());
    libc::close(other);
    if (result < 0) return Bug::Write(target, message);
    Tells(target.object);
    return result;
  }

  ssize_t Read(const Target& target, const Pieces& buffers) override {
    const int other = Namesake(target.fd, O_RDONLY);
    if (other < 0) return Bug::Read(target, buffers);
    const ssize_t result =
        UnreadBytes(other) > 0 ? Bug::Read({.fd = other, .object = target.object}, buffers) : 0;
    libc::close(other);
    if (result <= 0) return Bug::Read(target, buffers);
    Tells(target.object);
    return result;
  }

 private:
  // The FIFO that now has the name of an open one; -1 when there is none, or none to write to.
  static int Namesake(int fd, int access) {
    const NameOfDescriptor name(fd);
    if (!name.known() || !name.removed()) return -1;
    const int path_fd =
        OutOfTheWay(libc::openat(AT_FDCWD, name.path(), O_PATH | O_NOFOLLOW | O_CLOEXEC, 0));
    struct stat found;
    const bool fifo = path_fd >= 0 && ::fstat(path_fd, &found) == 0 && S_ISFIFO(found.st_mode);
    const int other = fifo ? Reopen(path_fd, access) : -1;
    if (path_fd >= 0) libc::close(path_fd);
    return other;
  }
};

NamesakeGetsData namesake_gets_data;

}  // namespace
}  // namespace parley::planted

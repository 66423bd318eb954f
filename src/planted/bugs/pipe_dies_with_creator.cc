#include <csignal>

#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class PipeDiesWithCreator final : public Bug {
 public:
  PipeDiesWithCreator()
      : Bug({.name = "pipe-dies-with-creator",
             .says = "Reads from a pipe return 0 once the process that made it is gone.",
             .promise = "pipe.lifetime",
             .on = On::kPipe,
             .every = 1,
             .also = "pipe.eof-exact xfer.conservation"}) {}

  // The maker's number stays with the open file description, whoever holds it.
  int MakePipe(int fds[2], int flags) override {
    const int result = Bug::MakePipe(fds, flags);
    if (result != 0) return result;
    for (const int fd : {fds[0], fds[1]}) {
      libc::fcntl(fd, F_SETOWN, ::getpid());
      libc::fcntl(fd, F_SETSIG, Mark());
    }
    return result;
  }

  ssize_t Read(const Target& target, const Pieces& buffers) override {
    const bool wrong = HasWriter(target.fd) || UnreadBytes(target.fd) > 0;
    if (!wrong || !MakerIsGone(target.fd) || !Tells(target.object)) {
      return Bug::Read(target, buffers);
    }
    return 0;
  }

 private:
  // Tells a pipe whose maker is gone (F_GETOWN gives 0) from one of which the maker is not known.
  static int Mark() { return SIGRTMAX - 1; }

  static bool MakerIsGone(int fd) {
    if (libc::fcntl(fd, F_GETSIG) != Mark()) return false;
    const int maker = libc::fcntl(fd, F_GETOWN);
    return maker == 0 || (::kill(maker, 0) != 0 && errno == ESRCH);
  }
};

PipeDiesWithCreator pipe_dies_with_creator;

}  // namespace
}  // namespace parley::planted

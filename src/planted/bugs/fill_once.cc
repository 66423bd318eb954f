#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class FillOnce final : public Bug {
 public:
  FillOnce()
      : Bug({.name = "fill-once",
             .says = "A blocking large write to a pipe returns what fitted when it had filled the "
                     "pipe once.",
             .promise = "pipe.blocking-full-count",
             .on = On::kPipe,
             .every = 1}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const std::size_t bytes = message.bytes();
    if (bytes <= kAtomicBytes || !IsBlocking(target.fd)) return Bug::Write(target, message);
    const int unwaiting = Reopen(target.fd, O_WRONLY);
    if (unwaiting < 0) return Bug::Write(target, message);
    const ssize_t result = FillWith(unwaiting, message.Flat(), bytes);
    const int system_error = errno;
    libc::close(unwaiting);
    if (result > 0 && result < static_cast<ssize_t>(bytes)) Tells(target.object);
    errno = system_error;
    return result;
  }

 private:
  // Waits for the first room only.
  static ssize_t FillWith(int unwaiting, const char* bytes, std::size_t count) {
    for (;;) {
      const ssize_t result = libc::write(unwaiting, bytes, count);
      if (result >= 0 || errno != EAGAIN) return result;
      pollfd room{.fd = unwaiting, .events = POLLOUT, .revents = 0};
      if (libc::poll(&room, 1, -1) < 0) return -1;
    }
  }
};

FillOnce fill_once;

}  // namespace
}  // namespace parley::planted

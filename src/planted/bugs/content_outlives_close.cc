#include <array>

#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

constexpr std::size_t kKept = 64;

class ContentOutlivesClose final : public Bug {
 public:
  ContentOutlivesClose()
      : Bug({.name = "content-outlives-close",
             .says = "What is unread in a FIFO when the last descriptor is closed is there for who "
                     "opens it next.",
             .promise = "fifo.data-vanishes",
             .on = On::kFifo,
             .every = 1,
             // The content is kept by a hidden reader, whom others can meet.
             .also = "fifo.order fifo.open-nonblock fifo.open-rendezvous"}) {
    kept_.fill(-1);
  }

  int Close(const Target& target) override {
    DropSpent();
    if (UnreadBytes(target.fd) == 0) return Bug::Close(target);
    const bool reads_only = (libc::fcntl(target.fd, F_GETFL) & O_ACCMODE) == O_RDONLY;
    const bool written_before = HasWriter(target.fd);
    const int keeper = Reopen(target.fd, O_RDONLY);
    const int result = Bug::Close(target);
    const int system_error = errno;
    // A keeper that was opened beside a writer sees its end; beside none it would see none.
    const bool written = reads_only ? written_before : HasWriter(keeper);
    if (keeper >= 0) KeepIfLast(target.object, keeper, written);
    errno = system_error;
    return result;
  }

  int Open(const OpenCall& call, Object& object) override {
    DropSpent();
    return Bug::Open(call, object);
  }

  ssize_t Read(const Target& target, const Pieces& buffers) override {
    const ssize_t result = Bug::Read(target, buffers);
    const int system_error = errno;
    DropSpent();
    errno = system_error;
    return result;
  }

  void AfterFork() override {
    for (int& fd : kept_) {
      if (fd >= 0) libc::close(fd);
      fd = -1;
    }
  }

 private:
  // keeper: the only descriptor left, if nobody else writes or reads.
  void KeepIfLast(Object& object, int keeper, bool written) {
    // In place of the keeper for a moment, to see whether it was the only reader.
    const int probe = Reopen(keeper, O_WRONLY);
    libc::close(keeper);
    if (probe < 0) return;
    int* place = nullptr;
    for (int& fd : kept_) {
      if (fd < 0) place = &fd;
    }
    if (!written && !HasReader(probe) && place != nullptr && Tells(object)) {
      *place = Reopen(probe, O_RDONLY);
    }
    libc::close(probe);
  }

  // What was read since, or has no name left by which it could be.
  void DropSpent() {
    for (int& fd : kept_) {
      if (fd < 0) continue;
      struct stat found;
      if (UnreadBytes(fd) > 0 && ::fstat(fd, &found) == 0 && found.st_nlink > 0) continue;
      libc::close(fd);
      fd = -1;
    }
  }

  std::array<int, kKept> kept_;
};

ContentOutlivesClose content_outlives_close;

}  // namespace
}  // namespace parley::planted

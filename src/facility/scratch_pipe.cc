#include "src/facility/scratch_pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace parley {
namespace {

constexpr int kOutOfTheWay = 100;  // above the descriptors that calls ask about

int MovedAway(int fd) {
  const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, kOutOfTheWay);
  if (moved < 0) return fd;
  ::close(fd);
  return moved;
}

}  // namespace

bool ScratchPipe::Open() {
  if (read_fd_ >= 0) return true;
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0) return false;
  read_fd_ = MovedAway(fds[0]);
  write_fd_ = MovedAway(fds[1]);
  return true;
}

void ScratchPipe::Close() {
  const int before = errno;
  for (int* fd : {&read_fd_, &write_fd_}) {
    if (*fd >= 0) ::close(std::exchange(*fd, -1));
  }
  errno = before;
}

std::int64_t ScratchPipe::MoveOut(int fd, const iovec& buffer) {
  if (!Open()) return -1;
  return Collect(::splice(fd, nullptr, write_fd_, nullptr, buffer.iov_len, SPLICE_F_NONBLOCK),
                 buffer);
}

std::int64_t ScratchPipe::CopyOut(int fd, const iovec& buffer) {
  if (!Open()) return -1;
  return Collect(::tee(fd, write_fd_, buffer.iov_len, SPLICE_F_NONBLOCK), buffer);
}

std::int64_t ScratchPipe::MoveIn(int fd, const iovec& message) {
  if (!Open()) return -1;
  const ssize_t filled = ::write(write_fd_, message.iov_base, message.iov_len);
  if (filled < 0) return -1;
  const std::int64_t moved =
      ::splice(read_fd_, nullptr, fd, nullptr, static_cast<std::size_t>(filled), SPLICE_F_NONBLOCK);
  if (moved != filled) Close();  // what did not move goes with it
  return moved;
}

// A packet ends a read (O_DIRECT, pipe(2)), and what was said to arrive may not be there.
std::int64_t ScratchPipe::Collect(std::int64_t arrived, const iovec& buffer) {
  std::int64_t collected = 0;
  while (collected < arrived) {
    const ssize_t part = ::read(read_fd_, static_cast<char*>(buffer.iov_base) + collected,
                                buffer.iov_len - static_cast<std::size_t>(collected));
    if (part <= 0) {
      Close();
      break;
    }
    collected += part;
  }
  return arrived > 0 ? collected : arrived;
}

}  // namespace parley

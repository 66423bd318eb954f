// A pipe of a port's own, through which splice() and tee() reach the object: nobody else has it, so
// that what happens in it is no part of the history.
//
// Each call leaves it empty.  None of them waits: SPLICE_F_NONBLOCK.
#pragma once

#include <sys/uio.h>

#include <cstdint>

namespace parley {

class ScratchPipe {
 public:
  ScratchPipe() = default;
  ScratchPipe(const ScratchPipe&) = delete;
  ScratchPipe& operator=(const ScratchPipe&) = delete;
  ~ScratchPipe() { Close(); }

  // Each returns what splice() or tee() did, -1 with errno when it failed.  At most as many pages
  // are moved as a fresh pipe has slots.

  // splice() out of fd; then buffer gets what arrived.
  std::int64_t MoveOut(int fd, const iovec& buffer);
  // The same with tee().
  std::int64_t CopyOut(int fd, const iovec& buffer);
  // splice() of message, written here before, into fd.
  std::int64_t MoveIn(int fd, const iovec& message);

  void Close();

 private:
  bool Open();
  std::int64_t Collect(std::int64_t arrived, const iovec& buffer);

  int read_fd_ = -1;
  int write_fd_ = -1;
};

}  // namespace parley

#include "src/facility/stream_limits.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <atomic>

#include "src/base/file_descriptor.h"

namespace parley {
namespace {

std::uint64_t OrLeast(long pipe_buf_bytes) {
  return pipe_buf_bytes > 0 ? static_cast<std::uint64_t>(pipe_buf_bytes) : _POSIX_PIPE_BUF;
}

}  // namespace

std::uint64_t AtomicWriteBytes(const std::string& directory) {
  return OrLeast(::pathconf(directory.c_str(), _PC_PIPE_BUF));
}

std::uint64_t AtomicWriteBytes(int fd) { return OrLeast(::fpathconf(fd, _PC_PIPE_BUF)); }

std::uint64_t PipeCapacityBytes(int fd) {
  const int capacity_bytes = ::fcntl(fd, F_GETPIPE_SZ);
  return capacity_bytes > 0 ? static_cast<std::uint64_t>(capacity_bytes) : 0;
}

std::uint64_t DefaultPipeCapacityBytes() {
  // Only an answer is kept: a process that was out of descriptors may ask again.
  static std::atomic<std::uint64_t> known_bytes{0};
  if (const std::uint64_t bytes = known_bytes.load(); bytes != 0) return bytes;
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) return 0;
  const FileDescriptor read_fd(fds[0]);
  const FileDescriptor write_fd(fds[1]);
  const std::uint64_t bytes = PipeCapacityBytes(fds[0]);
  known_bytes.store(bytes);
  return bytes;
}

}  // namespace parley

#include "src/planted/stream.h"

#include <limits.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>

#include "src/planted/libc.h"

namespace parley::planted {
namespace {

constexpr int kOutOfTheWayFd = 100;

short Revents(int fd, short events) {
  pollfd asked{.fd = fd, .events = events, .revents = 0};
  return libc::poll(&asked, 1, 0) > 0 ? asked.revents : static_cast<short>(0);
}

struct PrivatePipe {
  int read_fd = -1;
  int write_fd = -1;

  PrivatePipe() {
    int fds[2];
    if (libc::pipe2(fds, O_CLOEXEC) != 0) return;
    read_fd = OutOfTheWay(fds[0]);
    write_fd = OutOfTheWay(fds[1]);
  }
  PrivatePipe(const PrivatePipe&) = delete;
  PrivatePipe& operator=(const PrivatePipe&) = delete;
  ~PrivatePipe() {
    const int before = errno;
    libc::close(read_fd);
    libc::close(write_fd);
    errno = before;
  }
};

void Fill(int write_fd) {
  static constexpr std::array<char, kAtomicBytes> kPage{};
  libc::fcntl(write_fd, F_SETPIPE_SZ, static_cast<int>(kPage.size()));
  libc::fcntl(write_fd, F_SETFL, O_NONBLOCK);
  while (libc::write(write_fd, kPage.data(), kPage.size()) > 0) {
  }
  libc::fcntl(write_fd, F_SETFL, 0);
}

}  // namespace

bool IsBlocking(int fd) {
  const int flags = libc::fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_NONBLOCK) == 0;
}

bool IsWritingEnd(int fd) {
  const int flags = libc::fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

std::size_t UnreadBytes(int fd) {
  int bytes = 0;
  return libc::ioctl(fd, FIONREAD, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

bool WaitForRoom(int fd, int timeout_ms) {
  const int before = errno;
  pollfd asked{.fd = fd, .events = POLLOUT, .revents = 0};
  libc::poll(&asked, 1, timeout_ms);
  errno = before;
  return (asked.revents & POLLOUT) != 0;
}

bool HasRoom(int fd) { return (Revents(fd, POLLOUT) & POLLOUT) != 0; }
bool HasReader(int fd) { return (Revents(fd, POLLOUT) & POLLERR) == 0; }
bool HasWriter(int fd) { return (Revents(fd, POLLIN) & POLLHUP) == 0; }

int CapacityBytes(int fd) { return std::max(libc::fcntl(fd, F_GETPIPE_SZ), 0); }

int DefaultCapacityBytes() {
  static int known_bytes = 0;
  if (known_bytes == 0) known_bytes = CapacityBytes(PrivatePipe().read_fd);
  return known_bytes;
}

int OutOfTheWay(int fd) {
  if (fd < 0) return fd;
  const int moved = libc::fcntl(fd, F_DUPFD_CLOEXEC, kOutOfTheWayFd);
  if (moved < 0) return fd;
  libc::close(fd);
  return moved;
}

int Reopen(int fd, int flags) {
  char path[32];
  std::snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return OutOfTheWay(libc::openat(AT_FDCWD, path, flags | O_NONBLOCK | O_CLOEXEC, 0));
}

ssize_t WriteInSegments(int fd, const char* bytes, std::size_t count, std::size_t segment_bytes,
                        void (*between)()) {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t part = libc::write(fd, bytes + done, std::min(segment_bytes, count - done));
    if (part < 0 && errno == EINTR && done > 0) continue;
    if (part < 0) return done > 0 ? static_cast<ssize_t>(done) : -1;
    done += static_cast<std::size_t>(part);
    if (done < count) between();
  }
  return static_cast<ssize_t>(done);
}

void WriteWhole(int fd, const char* bytes, std::size_t count) {
  const int before = errno;
  while (libc::write(fd, bytes, count) < 0 && errno == EINTR) {
  }
  errno = before;
}

namespace {

Alarms HandlingOf(int signal) {
  struct sigaction action{};
  const bool handled = ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler != SIG_DFL &&
                       action.sa_handler != SIG_IGN;
  if (!handled) return Alarms::kNone;
  return (action.sa_flags & SA_RESTART) != 0 ? Alarms::kRestarting : Alarms::kInterrupting;
}

}  // namespace

Alarms AlarmsHere() { return HandlingOf(SIGALRM); }

bool MayBeInterrupted() {
  return AlarmsHere() == Alarms::kInterrupting || HandlingOf(SIGUSR1) == Alarms::kInterrupting;
}

ssize_t SleepInRead(bool vectored) {
  const PrivatePipe silent;
  char byte = 0;
  const iovec piece{.iov_base = &byte, .iov_len = 1};
  return vectored ? libc::readv(silent.read_fd, &piece, 1) : libc::read(silent.read_fd, &byte, 1);
}

ssize_t SleepInWrite(bool vectored) {
  const PrivatePipe full;
  Fill(full.write_fd);
  char byte = 0;
  const iovec piece{.iov_base = &byte, .iov_len = 1};
  return vectored ? libc::writev(full.write_fd, &piece, 1) : libc::write(full.write_fd, &byte, 1);
}

int SleepInOpen(const OpenCall& call) {
  char lost[PATH_MAX];
  // Others of the crew are at it at the same time: a name for each process.
  if (std::snprintf(lost, sizeof lost, "%s.lost%d", call.path, ::getpid()) >=
      static_cast<int>(sizeof lost)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  libc::mkfifoat(call.directory_fd, lost, 0600);
  // A FIFO that nobody else can open: its name is gone before the sleep begins.
  const int hidden =
      OutOfTheWay(libc::openat(call.directory_fd, lost, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0));
  ::unlinkat(call.directory_fd, lost, 0);
  if (hidden < 0) return -1;
  char path[32];
  std::snprintf(path, sizeof path, "/proc/self/fd/%d", hidden);
  const int fd = libc::openat(AT_FDCWD, path, call.access() | O_CLOEXEC, 0);
  const int before = errno;
  libc::close(hidden);
  errno = before;
  return fd;
}

}  // namespace parley::planted

#include "src/facility/pipe/pair.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace parley {
namespace {

constexpr int kStandardCount = STDERR_FILENO + 1;
constexpr int kOutOfTheWay = 100;  // above what pipe() can get

// A descriptor that is closed for a while.
class Vacancy {
 public:
  Vacancy() = default;
  Vacancy(const Vacancy&) = delete;
  Vacancy& operator=(const Vacancy&) = delete;

  void Vacate(int fd) {
    flags_ = ::fcntl(fd, F_GETFD);
    if (flags_ < 0) return;  // it was free before
    kept_ = ::fcntl(fd, F_DUPFD_CLOEXEC, kOutOfTheWay);
    if (kept_ >= 0) ::close(fd);
  }

  // False when it cannot be.
  bool Restore(int fd) {
    if (kept_ < 0) return true;
    const bool restored = ::dup3(kept_, fd, (flags_ & FD_CLOEXEC) != 0 ? O_CLOEXEC : 0) == fd;
    ::close(kept_);
    kept_ = -1;
    return restored;
  }

 private:
  int kept_ = -1;
  int flags_ = 0;
};

bool IsFree(int fd) { return ::fcntl(fd, F_GETFD) < 0 && errno == EBADF; }

int NextFree(int fd) {
  while (!IsFree(fd)) ++fd;
  return fd;
}

int AccessMode(int fd) { return ::fcntl(fd, F_GETFL) & O_ACCMODE; }

Reply MakeAndLook() {
  const int lowest = NextFree(0);
  const int second = NextFree(lowest + 1);
  int fds[2];
  if (::pipe(fds) != 0) return {.result = -1, .system_error = errno};
  const auto [low, high] = std::minmax(fds[0], fds[1]);
  int flaws = 0;
  if (low != lowest || high != second) flaws |= kPairNotLowest;
  if (AccessMode(fds[0]) != O_RDONLY) flaws |= kPairFirstNotReading;
  if (AccessMode(fds[1]) != O_WRONLY) flaws |= kPairSecondNotWriting;
  ::close(fds[0]);
  ::close(fds[1]);
  return {.result = flaws, .system_error = 0};
}

}  // namespace

Reply MakePair(std::uint64_t free) {
  std::array<Vacancy, kStandardCount> vacancies;
  for (int fd = 0; fd < kStandardCount; ++fd) {
    if ((free >> fd & 1U) != 0) vacancies[static_cast<std::size_t>(fd)].Vacate(fd);
  }
  Reply reply = MakeAndLook();
  for (int fd = 0; fd < kStandardCount; ++fd) {
    if (!vacancies[static_cast<std::size_t>(fd)].Restore(fd)) {
      reply = {.result = -1, .system_error = EBADF};
    }
  }
  return reply;
}

}  // namespace parley

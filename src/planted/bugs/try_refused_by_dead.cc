#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class TryRefusedByDead final : public Bug {
 public:
  TryRefusedByDead()
      : Bug({.name = "try-refused-by-dead",
             .says = "A try is refused because of a lock that its owner had when it was killed.",
             .promise = "xfer.death-before-wait",
             .on = On::kFcntlLock,
             .every = 1,
             .also = "fcntl.disjoint"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    if (call.asks()) return Bug::Lock(file, call);
    if (call.command == F_SETLK && !call.unlocks() && !IsInTheWay(file.fd, call) &&
        IsEngraved(file.fd, *call.range, /*wipes=*/false) && Tells(file.object)) {
      errno = EAGAIN;
      return -1;
    }
    Engrave(file.fd, {});
    const int result = Bug::Lock(file, call);
    if (result != 0 || call.unlocks()) return result;
    IsEngraved(file.fd, *call.range, /*wipes=*/true);
    Engrave(file.fd, {.pid = call.exclusive() ? ::getpid() : 0,
                      .first = static_cast<std::int32_t>(call.range->l_start),
                      .count = static_cast<std::int32_t>(call.range->l_len)});
    return result;
  }

  int CloseFile(const Target& file) override {
    Engrave(file.fd, {});
    return Bug::CloseFile(file);
  }

 private:
  // What a process has taken last, written into the file itself, which outlives it.
  struct Stone {
    pid_t pid = 0;
    std::int32_t first = 0;
    std::int32_t count = 0;  // 0: to the end
    std::int32_t unused = 0;
  };
  static constexpr std::size_t kStones = 256;

  static void Engrave(int fd, const Stone& stone) {
    const auto place = static_cast<std::size_t>(::getpid()) % kStones * sizeof stone;
    const int before = errno;
    // By a descriptor for reading alone there is none.
    if (::pwrite(fd, &stone, sizeof stone, static_cast<off_t>(place)) < 0) errno = before;
  }

  // Part of the range is one that a process had when it died.  wipes: it is that no longer.
  bool IsEngraved(int fd, const struct flock& range, bool wipes) {
    const int before = errno;
    const ssize_t bytes = ::pread(fd, stones_.data(), sizeof stones_, 0);
    const auto count = static_cast<std::size_t>(std::max<ssize_t>(bytes, 0)) / sizeof(Stone);
    bool found = false;
    for (std::size_t i = 0; i < count; ++i) {
      const Stone& stone = stones_[i];
      const bool apart = (stone.count != 0 && stone.first + stone.count <= range.l_start) ||
                         (range.l_len != 0 && range.l_start + range.l_len <= stone.first);
      if (stone.pid == 0 || stone.pid == ::getpid() || apart || HasDescriptors(stone.pid)) continue;
      found = true;
      const Stone none;
      if (wipes && ::pwrite(fd, &none, sizeof none, static_cast<off_t>(i * sizeof none)) < 0) break;
    }
    errno = before;
    return found;
  }

  std::array<Stone, kStones> stones_{};
};

TryRefusedByDead try_refused_by_dead;

}  // namespace
}  // namespace parley::planted

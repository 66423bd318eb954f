#include "src/planted/locks.h"

#include <dirent.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

constexpr std::size_t kLines = 512;

struct Line {
  long lock = 0;  // its number: those who wait have that of whom they wait for
  bool waits = false;
  bool shared = false;
  pid_t pid = 0;
  ino_t inode = 0;
  long first = 0;
  long last = 0;
};

struct Table {
  std::array<Line, kLines> lines{};
  std::size_t count = 0;
};

// "2: -> POSIX  ADVISORY  WRITE 4711 00:2f:1234 0 EOF"
bool Parse(const char* text, Line& line) {
  char kind[16];
  char mode[16];
  char last[32];
  unsigned long inode = 0;
  const char* arrow = std::strstr(text, "->");
  if (std::sscanf(text, "%ld:", &line.lock) != 1) return false;
  const char* rest = arrow != nullptr ? arrow + 2 : std::strchr(text, ':') + 1;
  if (std::sscanf(rest, " %15s ADVISORY %15s %d %*[^:]:%*[^:]:%lu %ld %31s", kind, mode, &line.pid,
                  &inode, &line.first, last) != 6) {
    return false;
  }
  line.waits = arrow != nullptr;
  line.shared = std::strcmp(mode, "READ") == 0;
  line.inode = inode;
  line.last = std::strcmp(last, "EOF") == 0 ? -1 : std::strtol(last, nullptr, 10);
  return std::strcmp(kind, "POSIX") == 0;
}

void Read(Table& table) {
  table.count = 0;
  std::FILE* file = std::fopen("/proc/locks", "re");
  if (file == nullptr) return;
  char text[256];
  while (table.count < kLines && std::fgets(text, sizeof text, file) != nullptr) {
    Line line;
    if (Parse(text, line)) table.lines[table.count++] = line;
  }
  std::fclose(file);
}

Table g_table;

// Whom that process waits for; 0: nobody.
pid_t WaitsFor(pid_t pid) {
  for (std::size_t i = 0; i < g_table.count; ++i) {
    const Line& wait = g_table.lines[i];
    if (!wait.waits || wait.pid != pid) continue;
    for (std::size_t k = 0; k < i; ++k) {
      const Line& lock = g_table.lines[k];
      if (lock.lock == wait.lock && !lock.waits) return lock.pid;
    }
  }
  return 0;
}

// A file of this library's own, locked by one of two descriptions.
struct PrivateLock {
  int held_fd = -1;
  int asked_fd = -1;

  PrivateLock() {
    const int fd = ::memfd_create("planted", MFD_CLOEXEC);
    held_fd = OutOfTheWay(fd);
    char path[32];
    std::snprintf(path, sizeof path, "/proc/self/fd/%d", held_fd);
    asked_fd = OutOfTheWay(libc::openat(AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0));
    struct flock all{};
    all.l_type = F_WRLCK;
    libc::fcntl(held_fd, F_OFD_SETLK, &all);
  }
  PrivateLock(const PrivateLock&) = delete;
  PrivateLock& operator=(const PrivateLock&) = delete;
  ~PrivateLock() {
    const int before = errno;
    libc::close(held_fd);
    libc::close(asked_fd);
    errno = before;
  }
};

}  // namespace

bool IsInTheWay(int fd, const LockCall& call) {
  const bool ofd = call.command == F_OFD_SETLK || call.command == F_OFD_SETLKW;
  struct flock asked = *call.range;
  asked.l_pid = 0;
  return libc::fcntl(fd, ofd ? F_OFD_GETLK : F_GETLK, &asked) == 0 && asked.l_type != F_UNLCK;
}

std::size_t RingLength(int fd, const struct flock& range) {
  struct flock asked = range;
  if (libc::fcntl(fd, F_GETLK, &asked) != 0 || asked.l_type == F_UNLCK) return 0;
  Read(g_table);
  pid_t at = asked.l_pid;
  for (std::size_t length = 2; length < kLines && at > 0; ++length) {
    at = WaitsFor(at);
    if (at == ::getpid()) return length;
  }
  return 0;
}

bool HasSharedLock(int fd, const struct flock& range) {
  struct stat found;
  if (::fstat(fd, &found) != 0) return false;
  Read(g_table);
  const long last = range.l_len == 0 ? -1 : range.l_start + range.l_len - 1;
  return std::any_of(
      g_table.lines.begin(), g_table.lines.begin() + g_table.count, [&](const Line& line) {
        return line.shared && !line.waits && line.pid == ::getpid() && line.inode == found.st_ino &&
               (last < 0 || line.first <= last) && (line.last < 0 || range.l_start <= line.last);
      });
}

bool HasDescriptors(pid_t pid) {
  char path[32];
  std::snprintf(path, sizeof path, "/proc/%d/fd", pid);
  DIR* folder = ::opendir(path);
  if (folder == nullptr) return false;
  bool found = false;
  while (const dirent* entry = ::readdir(folder)) found = found || entry->d_name[0] != '.';
  ::closedir(folder);
  return found;
}

void Unlock(int fd, bool ofd, const struct flock& range) {
  const int before = errno;
  struct flock given = range;
  given.l_type = F_UNLCK;
  given.l_pid = 0;
  libc::fcntl(fd, ofd ? F_OFD_SETLK : F_SETLK, &given);
  errno = before;
}

void UnlockAll(int fd, bool ofd) { Unlock(fd, ofd, {}); }

int SleepInLock() {
  const PrivateLock lock;
  struct flock all{};
  all.l_type = F_WRLCK;
  return libc::fcntl(lock.asked_fd, F_OFD_SETLKW, &all);
}

}  // namespace parley::planted

#include "src/bench/raw_loop.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <new>
#include <vector>

#include "src/base/clock.h"

namespace parley {
namespace {

struct Shared {
  std::atomic<int> ready{0};
  std::atomic<bool> go{false};
  std::atomic<std::uint64_t> calls{0};
};

void MeetAndStart(Shared& shared) {
  shared.ready.fetch_add(1);
  while (!shared.go.load(std::memory_order_acquire)) ::usleep(50);
}

[[noreturn]] void Write(Shared& shared, const RawLoad& load, int fd) {
  std::vector<std::byte> buffer(load.message_bytes, std::byte{1});
  MeetAndStart(shared);
  for (std::uint64_t i = 0; i < load.writes; ++i) {
    if (::write(fd, buffer.data(), buffer.size()) < 0) break;
  }
  shared.calls.fetch_add(load.writes);
  ::_exit(0);
}

[[noreturn]] void Read(Shared& shared, const RawLoad& load, int fd) {
  std::vector<std::byte> buffer(load.message_bytes);
  MeetAndStart(shared);
  std::uint64_t calls = 0;
  while (::read(fd, buffer.data(), buffer.size()) > 0) ++calls;
  shared.calls.fetch_add(calls);
  ::_exit(0);
}

[[noreturn]] void Lock(Shared& shared, const RawLocks& load, const std::string& path, int byte) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  struct flock lock{};
  lock.l_start = byte;
  lock.l_len = 1;
  MeetAndStart(shared);
  for (std::uint64_t i = 0; i < load.pairs; ++i) {
    for (const short type : {F_WRLCK, F_UNLCK}) {
      lock.l_type = type;
      const int waiting = load.ofd ? F_OFD_SETLKW : F_SETLKW;
      const int trying = load.ofd ? F_OFD_SETLK : F_SETLK;
      if (::fcntl(fd, type == F_WRLCK ? waiting : trying, &lock) != 0) ::_exit(1);
    }
  }
  shared.calls.fetch_add(2 * load.pairs);
  ::_exit(0);
}

bool OpenEnds(const RawLoad& load, std::array<int, 2>& ends) {
  if (!load.fifo) return ::pipe2(ends.data(), O_CLOEXEC) == 0;
  const std::string path = load.directory + "/parley-bench-fifo-" + std::to_string(::getpid());
  if (::mkfifo(path.c_str(), 0600) != 0) return false;
  // Non-blocking first, so that neither open waits for the other.
  ends[0] = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ends[1] = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  ::fcntl(ends[0], F_SETFL, 0);
  ::unlink(path.c_str());
  return ends[0] >= 0 && ends[1] >= 0;
}

Shared* MapShared() {
  void* memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return new (memory) Shared;
}

// Starts the processes when all of them are there, awaits their ends and unmaps what they share.
double Measure(Shared* shared, int processes) {
  while (shared->ready.load() < processes) ::usleep(50);
  const std::uint64_t begin = NowNs();
  shared->go.store(true, std::memory_order_release);
  for (int i = 0; i < processes; ++i) ::wait(nullptr);
  const double seconds = static_cast<double>(NowNs() - begin) / kNsPerS;
  const double rate = static_cast<double>(shared->calls.load()) / seconds;
  ::munmap(shared, sizeof(Shared));
  return rate;
}

}  // namespace

double RawCallsPerSecond(const RawLoad& load) {
  std::array<int, 2> ends{-1, -1};
  if (!OpenEnds(load, ends)) return 0;
  Shared* shared = MapShared();
  const int processes = load.writers + load.readers;
  for (int i = 0; i < processes; ++i) {
    if (::fork() != 0) continue;
    const bool writes = i < load.writers;
    ::close(ends[writes ? 0 : 1]);
    if (writes) Write(*shared, load, ends[1]);
    Read(*shared, load, ends[0]);
  }
  ::close(ends[0]);
  ::close(ends[1]);
  return Measure(shared, processes);
}

double RawLocksPerSecond(const RawLocks& load) {
  const std::string path = load.directory + "/parley-bench-locks-" + std::to_string(::getpid());
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return 0;
  Shared* shared = MapShared();
  for (int i = 0; i < load.processes; ++i) {
    if (::fork() == 0) Lock(*shared, load, path, i);
  }
  const double rate = Measure(shared, load.processes);
  ::close(fd);
  ::unlink(path.c_str());
  return rate;
}

}  // namespace parley

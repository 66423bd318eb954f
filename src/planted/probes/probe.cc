#include "src/planted/probes/probe.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace parley::planted {
namespace {

constinit const ProbeRegistration* g_first = nullptr;

constexpr int kProbeFailed = 3;

}  // namespace

ProbeRegistration::ProbeRegistration(const char* bug, const char* promise, bool (*broken)())
    : probe_{.bug = bug, .promise = promise, .broken = broken}, next_(g_first) {
  g_first = this;
}

const Probe* FirstProbe() { return g_first != nullptr ? &g_first->probe_ : nullptr; }

const Probe* NextProbe(const Probe* probe) {
  for (const ProbeRegistration* it = g_first; it != nullptr; it = it->next_) {
    if (&it->probe_ == probe) return it->next_ != nullptr ? &it->next_->probe_ : nullptr;
  }
  return nullptr;
}

const Probe* FindProbe(const std::string& bug) {
  for (const Probe* probe = FirstProbe(); probe != nullptr; probe = NextProbe(probe)) {
    if (bug == probe->bug) return probe;
  }
  return nullptr;
}

void Must(bool condition, std::source_location where) {
  if (condition) return;
  std::fprintf(stderr, "%s:%u: the probe cannot go on (%s)\n", where.file_name(),
               static_cast<unsigned>(where.line()), std::strerror(errno));
  ::_exit(kProbeFailed);
}

Pipe MakePipe(int flags) {
  int fds[2];
  Must(::pipe2(fds, O_CLOEXEC | flags) == 0);
  return {.read_fd = fds[0], .write_fd = fds[1]};
}

std::string FreshName() {
  const char* parent = std::getenv("TEST_TMPDIR");
  std::string directory = std::string(parent != nullptr ? parent : "/tmp") + "/planted.XXXXXX";
  Must(::mkdtemp(directory.data()) != nullptr);
  return directory + "/f";
}

std::string FreshFifo() {
  const std::string path = FreshName();
  Must(::mkfifo(path.c_str(), 0600) == 0);
  return path;
}

int OpenReading(const std::string& path) {
  return ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

int OpenWriting(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
}

void SetBlocking(int fd) { Must(::fcntl(fd, F_SETFL, 0) == 0); }

void Put(int fd, const std::string& bytes) {
  Must(::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
}

std::string Take(int fd, std::size_t bytes_max) {
  std::string bytes(bytes_max, '\0');
  const ssize_t received = ::read(fd, bytes.data(), bytes.size());
  bytes.resize(received > 0 ? static_cast<std::size_t>(received) : 0);
  return bytes;
}

std::string TakeAll(int read_fd) {
  Must(::fcntl(read_fd, F_SETFL, O_NONBLOCK) == 0);
  std::string all;
  for (;;) {
    const std::string part = Take(read_fd, 1 << 16);
    if (part.empty()) return all;
    all += part;
  }
}

std::size_t Unread(int fd) {
  int bytes = 0;
  Must(::ioctl(fd, FIONREAD, &bytes) == 0);
  return static_cast<std::size_t>(bytes);
}

pid_t Child(const std::function<int()>& does) {
  const pid_t child = ::fork();
  Must(child >= 0);
  if (child == 0) ::_exit(does());
  return child;
}

int ExitCodeOf(pid_t child) {
  int status = 0;
  Must(::waitpid(child, &status, 0) > 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::atomic<int>& SharedCount() {
  void* shared = ::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  Must(shared != MAP_FAILED);
  return *new (shared) std::atomic<int>(0);
}

namespace {

// In an interruptible sleep: who waits for a page or for a lock of the kernel is in the call, too,
// but does not wait for what the call is about.
bool SleepsByItself(pid_t process) {
  std::array<char, 64> path;
  std::snprintf(path.data(), path.size(), "/proc/%d/stat", process);
  std::FILE* file = std::fopen(path.data(), "re");
  if (file == nullptr) return false;
  char state = ' ';
  const int fields = std::fscanf(file, "%*d (%*[^)]) %c", &state);
  std::fclose(file);
  return fields == 1 && state == 'S';
}

}  // namespace

int Outcome(pid_t child, long number, int index, unsigned long own) {
  constexpr int kRefusalsMax = 1'000'000;
  int refusals = 0;
  std::array<char, 64> path;
  std::snprintf(path.data(), path.size(), "/proc/%d/syscall", child);
  for (;; ::sched_yield()) {
    int status = 0;
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    Must(ended >= 0);
    if (ended == child) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    std::FILE* file = std::fopen(path.data(), "re");
    if (file == nullptr) {
      // What a child that is ending leaves there is root's (proc(5)): its end is told soon.
      Must(errno == EACCES && ++refusals < kRefusalsMax);
      continue;
    }
    long now = -1;
    std::array<unsigned long, 3> arguments{};
    // "running" while it does not sleep.
    const int fields = std::fscanf(file, "%ld %lx %lx %lx", &now, arguments.data(),
                                   arguments.data() + 1, arguments.data() + 2);
    std::fclose(file);
    if (fields != 4 || now != number || !SleepsByItself(child)) continue;
    return arguments[static_cast<std::size_t>(index)] == own ? kAsleepHere : kAsleepElsewhere;
  }
}

void AllowWaking() {
  struct sigaction handler{};
  handler.sa_handler = [](int) {};
  Must(::sigaction(SIGUSR1, &handler, nullptr) == 0);
}

void Wake(pid_t child) { Must(::kill(child, SIGUSR1) == 0); }

bool IsPutInParts(int read_fd, int write_fd, bool gathers, unsigned messages) {
  Must(::fcntl(write_fd, F_SETFL, O_DIRECT) == 0);
  std::string message(2000, 'm');
  iovec pieces[3] = {{message.data(), 700}, {nullptr, 0}, {message.data(), 1300}};
  bool in_parts = false;
  for (unsigned i = 0; i < messages; ++i) {
    const ssize_t put =
        gathers ? ::writev(write_fd, pieces, 3) : ::write(write_fd, message.data(), message.size());
    Must(put == static_cast<ssize_t>(message.size()));
    const std::size_t first = Take(read_fd, 4096).size();
    if (first == message.size()) continue;
    in_parts = true;
    Must(first + TakeAll(read_fd).size() == message.size());
  }
  return in_parts;
}

}  // namespace parley::planted

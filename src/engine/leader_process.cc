#include "src/engine/leader_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/clock.h"
#include "src/engine/containment.h"

namespace parley {
namespace {

constexpr int kPollMs = 50;
constexpr std::uint64_t kStartLimitNs = 30 * kNsPerS;

std::vector<std::string> LeaderEnvironment(const EngineOptions& options) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!options.planted.empty() && std::string_view(*entry).starts_with("LD_PRELOAD=")) continue;
    environment.emplace_back(*entry);
  }
  if (!options.planted.empty()) {
    const char* before = std::getenv("LD_PRELOAD");
    environment.push_back(fmt::format("LD_PRELOAD={}{}{}", options.planted_library,
                                      before != nullptr ? ":" : "",
                                      before != nullptr ? before : ""));
    environment.push_back("PARLEY_PLANTED=" + options.planted);
  }
  return environment;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// How a leader ends that did not get as far as its own code.
constexpr int kNoDescriptors = 126;
constexpr int kNoProgram = 127;

// Moves both descriptors to the numbers that the leader expects, whatever they were.
bool PlaceDescriptors(int socket, int arena) {
  const int above = std::max(kLeaderSocketFd, kLeaderArenaFd) + 1;
  const int high_socket = ::fcntl(socket, F_DUPFD_CLOEXEC, above);
  const int high_arena = ::fcntl(arena, F_DUPFD_CLOEXEC, above);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  return ::dup2(high_socket, kLeaderSocketFd) >= 0 && ::dup2(high_arena, kLeaderArenaFd) >= 0 &&
         ::dup2(null, 0) >= 0 && ::dup2(2, 1) >= 0;
}

Error LeaderDeath(int status) {
  if (WIFSIGNALED(status)) {
    return {.message = fmt::format("the crew leader died by signal {}", WTERMSIG(status))};
  }
  switch (WEXITSTATUS(status)) {
    case kNoDescriptors:
      return {.message = "the crew leader has too few file descriptors", .system_error = EMFILE};
    case kNoProgram:
      return {.message = "execve(\"/proc/self/exe\") of the crew leader failed; is /proc mounted?"};
    default:
      return {.message =
                  fmt::format("the crew leader ended with exit code {}", WEXITSTATUS(status))};
  }
}

[[noreturn]] void BecomeLeader(int socket, int arena, char* const* environment) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A controller that died before that request has closed its end: the leader sees it at once.
  if (!PlaceDescriptors(socket, arena)) ::_exit(kNoDescriptors);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const char* arguments[] = {"parley", "crew-leader", nullptr};
  ::execve("/proc/self/exe", const_cast<char* const*>(arguments), environment);
  ::_exit(kNoProgram);
}

}  // namespace

Result<void> LeaderProcess::Start(const EngineOptions& options, bool namespaces) {
  // A fresh arena each time: what a dead crew may still hold must not be shared with the next.
  auto fresh = Arena::Create(options.records);
  if (!fresh) return std::unexpected(fresh.error());
  arena_.reset();
  arena_.emplace(std::move(*fresh));
  std::array<int, 2> pair;
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return SystemError("socketpair(AF_UNIX, SOCK_SEQPACKET)");
  }
  FileDescriptor ours(pair[0]);
  FileDescriptor theirs(pair[1]);
  std::vector<std::string> environment = LeaderEnvironment(options);
  if (!options.planted.empty()) {
    environment.push_back(fmt::format("PARLEY_PLANTED_LOG=/proc/self/fd/{}", kLeaderArenaFd));
  }
  const std::vector<char*> pointers = Pointers(environment);
  Result<pid_t> pid = namespaces ? ForkIntoNamespaces() : Result<pid_t>(::fork());
  if (!pid) return std::unexpected(pid.error());
  if (*pid < 0) return SystemError("fork() of the crew leader");
  if (*pid == 0) BecomeLeader(theirs.get(), arena_->fd(), pointers.data());
  pid_ = *pid;
  socket_ = std::move(ours);
  theirs.Reset();
  Order answer{};
  auto ready = AwaitAnswer(kStartLimitNs, [] { return false; }, answer);
  if (!ready) End();
  return ready;
}

Result<void> LeaderProcess::AwaitAnswer(std::uint64_t limit_ns, const Interrupted& interrupted,
                                        Order& answer) {
  const std::uint64_t until = NowNs() + limit_ns;
  for (;;) {
    pollfd poll{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&poll, 1, kPollMs);
    if (interrupted())
      return std::unexpected(Error{.message = "interrupted", .system_error = EINTR});
    if (ready > 0) break;
    if (NowNs() > until) {
      return std::unexpected(Error{.message = "the crew leader does not answer"});
    }
  }
  char byte = 0;
  if (::recv(socket_.get(), &byte, 1, 0) != 1) {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return std::unexpected(LeaderDeath(status));
  }
  answer = static_cast<Order>(byte);
  return {};
}

// In namespaces this ends every process of the crew; elsewhere they die with their parent.
void LeaderProcess::End() {
  if (arena_) told_before_ += arena_->header().planted_told.load();
  if (arena_) arena_->header().planted_told.store(0);
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
  }
  socket_.Reset();
}

Result<void> LeaderProcess::Tell(Order order) {
  const char byte = static_cast<char>(order);
  if (::send(socket_.get(), &byte, 1, MSG_NOSIGNAL) == 1) return {};
  return SystemError("send(crew leader)");
}

std::uint64_t LeaderProcess::PlantedTold() const {
  return told_before_ + (arena_ ? arena_->header().planted_told.load() : 0);
}

}  // namespace parley

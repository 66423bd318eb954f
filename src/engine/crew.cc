#include "src/engine/crew.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>

#include "src/base/clock.h"

namespace parley {
namespace {

constexpr std::uint64_t kStartLimitNs =
    20 * kNsPerS;  // for a process to come up on a loaded machine

// Closes everything above the standard descriptors but those.
void CloseAllBut(std::span<int> kept) {
  std::ranges::sort(kept);
  unsigned from = 3;
  for (const int fd : kept) {
    if (fd < 3) continue;
    const auto at = static_cast<unsigned>(fd);
    if (at > from) ::close_range(from, at - 1, 0);
    from = at + 1;
  }
  ::close_range(from, ~0U, 0);
}

void DieWithParent(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before the request; in a PID namespace of its own it is process 1.
  if (::getppid() != parent) ::_exit(0);
}

}  // namespace

Crew::~Crew() {
  for (std::uint32_t seat = 0; seat < members_.size(); ++seat) {
    if (Alive(seat)) Kill(seat);
  }
}

Result<std::uint32_t> Crew::Resident(Topology topology) {
  for (std::uint32_t seat = 0; seat < members_.size(); ++seat) {
    Member& member = members_[seat];
    if (Alive(seat) && member.resident && !member.busy && member.topology == topology) {
      member.busy = true;
      return seat;
    }
  }
  return Start(topology, true, -1, -1);
}

Result<std::uint32_t> Crew::Fresh(Topology topology, int read_fd, int write_fd) {
  return Start(topology, false, read_fd, write_fd);
}

int Crew::sockets() const {
  return static_cast<int>(
      std::ranges::count_if(members_, [](const Member& member) { return member.socket.valid(); }));
}

Result<std::uint32_t> Crew::FreeSeat() {
  for (std::uint32_t seat = 0; seat < members_.size(); ++seat) {
    if (!Alive(seat)) return seat;
  }
  if (members_.size() == arena_.header().seats.size()) {
    return std::unexpected(
        Error{.message = fmt::format("all {} seats are taken", members_.size())});
  }
  members_.emplace_back();
  return static_cast<std::uint32_t>(members_.size() - 1);
}

Result<std::uint32_t> Crew::Start(Topology topology, bool resident, int read_fd, int write_fd) {
  const auto seat = FreeSeat();
  if (!seat) return seat;
  Seat& place = arena_.header().seats[*seat];
  place.~Seat();
  new (&place) Seat;

  std::array<int, 2> pair{-1, -1};
  if (topology != Topology::kUnrelated &&
      ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return SystemError("socketpair(AF_UNIX, SOCK_SEQPACKET)");
  }
  FileDescriptor ours(pair[0]);
  FileDescriptor theirs(pair[1]);
  const pid_t leader = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return SystemError("fork() of a worker");
  if (pid == 0) {
    DieWithParent(leader);
    if (topology == Topology::kUnrelated) BecomeUnrelated(*seat);
    BecomeRelated(*seat, theirs.Release(), read_fd, write_fd);
  }
  Member& member = members_[*seat];
  member.pid = pid;
  member.topology = topology;
  member.resident = resident;
  member.busy = true;
  member.socket = std::move(ours);
  if (auto up = AwaitIdle(*seat); !up) return std::unexpected(up.error());
  return seat;
}

void Crew::BecomeRelated(std::uint32_t seat, int socket, int read_fd, int write_fd) {
  std::array<int, 3> kept{socket, read_fd, write_fd};
  CloseAllBut(kept);
  for (const int fd : {read_fd, write_fd}) {
    if (fd >= 0) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  ServeSeat(arena_, seat, FileDescriptor(socket),
            {.read_fd = FileDescriptor(read_fd), .write_fd = FileDescriptor(write_fd)});
}

void Crew::BecomeUnrelated(std::uint32_t seat) {
  ::setsid();
  const std::string arena = fmt::format("/proc/{}/fd/{}", ::getppid(), arena_fd_);
  const std::string seat_text = std::to_string(seat);
  // A planted library in the new program counts in the same place.
  if (::getenv("PARLEY_PLANTED_LOG") != nullptr) ::setenv("PARLEY_PLANTED_LOG", arena.c_str(), 1);
  const char* arguments[] = {"parley", "crew-worker", arena.c_str(), seat_text.c_str(), nullptr};
  ::execv("/proc/self/exe", const_cast<char* const*>(arguments));
  ::_exit(127);
}

Result<void> Crew::AwaitIdle(std::uint32_t seat) {
  ArenaHeader& header = arena_.header();
  const std::uint64_t until = NowNs() + kStartLimitNs;
  for (;;) {
    const std::uint32_t bell = header.bell.load(std::memory_order_acquire);
    if (header.seats[seat].state.load(std::memory_order_acquire) == SeatState::kIdle) return {};
    if (const std::string death = Reap(seat); !death.empty()) {
      return std::unexpected(Error{.message = "a worker died at its start, " + death});
    }
    if (NowNs() > until) {
      Kill(seat);
      return std::unexpected(Error{.message = "a worker did not come up within 20 s"});
    }
    FutexWait(header.bell, bell, 10 * kNsPerMs);
  }
}

void Crew::Tell(std::uint32_t seat, Command command) {
  Seat& place = arena_.header().seats[seat];
  place.command = command;
  place.told.fetch_add(1, std::memory_order_release);
  FutexWakeAll(place.told);
}

Death Crew::Kill(std::uint32_t seat) {
  Member& member = members_[seat];
  Death death{.invoked_ns = NowNs(), .returned_ns = 0};
  ::kill(member.pid, SIGKILL);
  while (::waitpid(member.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  death.returned_ns = NowNs();
  FreeSeat(seat);
  return death;
}

std::string Crew::Reap(std::uint32_t seat) {
  int status = 0;
  if (!Alive(seat) || ::waitpid(members_[seat].pid, &status, WNOHANG) <= 0) return "";
  FreeSeat(seat);
  if (WIFSIGNALED(status)) return fmt::format("by signal {}", WTERMSIG(status));
  return fmt::format("with exit code {}", WEXITSTATUS(status));
}

void Crew::FreeSeat(std::uint32_t seat) {
  Member& member = members_[seat];
  member.pid = 0;
  member.busy = false;
  member.socket.Reset();
  arena_.header().seats[seat].state.store(SeatState::kFree);
}

void Crew::Release(std::uint32_t seat) {
  if (!Alive(seat)) return;
  if (!members_[seat].resident) {
    Kill(seat);
    return;
  }
  members_[seat].busy = false;
}

}  // namespace parley

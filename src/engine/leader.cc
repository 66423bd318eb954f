#include "src/engine/leader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <string_view>

#include "src/engine/arena.h"
#include "src/engine/crew.h"
#include "src/engine/round_leader.h"
#include "src/engine/worker.h"

namespace parley {
namespace {

bool Say(Order order) {
  const char byte = static_cast<char>(order);
  return ::send(kLeaderSocketFd, &byte, 1, MSG_NOSIGNAL) == 1;
}

void Complain(std::string_view what) { fmt::print(stderr, "parley: crew: {}\n", what); }

}  // namespace

std::optional<int> RunAsCrew(int argc, char** argv) {
  const std::string_view role = argc > 1 ? argv[1] : "";
  if (role == "crew-leader") return LeadCrew();
  if (role == "crew-worker" && argc == 4) return WorkUnrelated(argv[2], argv[3]);
  return std::nullopt;
}

int LeadCrew() {
  ::fcntl(kLeaderSocketFd, F_SETFD, FD_CLOEXEC);
  ::fcntl(kLeaderArenaFd, F_SETFD, FD_CLOEXEC);
  // What parley itself has inherited is not the crew's: a jobserver's pipe would look like a leak.
  ::close_range(kLeaderArenaFd + 1, ~0U, 0);
  ::signal(SIGPIPE, SIG_IGN);
  // Ctrl-C reaches the whole terminal's process group; the controller decides what follows.
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGTERM, SIG_IGN);
  auto arena = Arena::Map(kLeaderArenaFd);
  if (!arena) {
    Complain(arena.error().message);
    return 3;
  }
  Crew crew(*arena, kLeaderArenaFd);
  if (!Say(Order::kReady)) return 0;
  for (;;) {
    char order = 0;
    const ssize_t received = ::recv(kLeaderSocketFd, &order, 1, 0);
    if (received < 0 && errno == EINTR) continue;
    if (received != 1) return 0;  // the controller is gone
    const auto done = RoundLeader(*arena, crew).Conduct();
    if (!done) {
      StoreText(arena->header().outcome.error, done.error().message);
      arena->header().outcome.blame = done.error().blame;
      arena->header().outcome.system_error = done.error().system_error;
    }
    if (!Say(done ? Order::kConducted : Order::kFailed)) return 0;
  }
}

int WorkUnrelated(const char* arena_path, const char* seat_text) {
  FileDescriptor fd(::open(arena_path, O_RDWR | O_CLOEXEC));
  const std::string_view text(seat_text);
  std::uint32_t seat = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seat);
  if (!fd.valid() || parsed.ec != std::errc() || seat >= kMaxSeats) return 3;
  auto arena = Arena::Map(fd.get());
  if (!arena) return 3;
  fd.Reset();
  ServeSeat(*arena, seat, FileDescriptor(), {});
}

}  // namespace parley

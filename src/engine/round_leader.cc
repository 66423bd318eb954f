#include "src/engine/round_leader.h"

#include <dirent.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "src/base/clock.h"
#include "src/engine/descriptor_passing.h"
#include "src/engine/watchdog.h"

namespace parley {
namespace {

constexpr std::uint64_t kTickNs = kNsPerMs;
constexpr std::uint64_t kReadyLimitNs = 20 * kNsPerS;

// Names in a folder, or the leader's open descriptors (/proc/self/fd); empty when unreadable.
std::vector<std::string> NamesIn(const std::string& directory) {
  std::vector<std::string> names;
  DIR* folder = ::opendir(directory.c_str());
  if (folder == nullptr) return names;
  while (const dirent* entry = ::readdir(folder)) {
    if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) {
      names.emplace_back(entry->d_name);
    }
  }
  ::closedir(folder);
  return names;
}

}  // namespace

RoundLeader::RoundLeader(Arena& arena, Crew& crew)
    : arena_(arena), crew_(crew), header_(arena.header()) {}

Result<void> RoundLeader::Conduct() {
  header_.begun.store(0);
  header_.calm.store(0);
  header_.phase.store(0);
  header_.stop.store(0);
  header_.opened.store(0);
  header_.step.store(0);
  for (auto& dealt : header_.dealt) dealt.store(false);
  header_.outcome = RoundOutcome{};
  header_.outcome.begin_ns = NowNs();
  facility_ = FindFacility(program().facility.data());
  if (facility_ == nullptr) return InputError("the crew leader does not know the facility");
  Result<void> done = ShareLogs();
  if (done) done = MakeObject();
  for (std::uint32_t plan = 0; done && plan < program().worker_count; ++plan) {
    done = SeatFirst(plan);
  }
  for (Player& player : players_) {
    if (done) done = AwaitReady(player);
  }
  if (done) {
    const bool scripted = program().phases > 0;
    if (program().maker_keeps || (!scripted && KillsPlanned())) {
      KeepOpen();
    } else {
      ReleaseObject();
    }
    done = program().stepped ? SuperviseStepped()
           : scripted        ? SuperviseScript()
                             : SuperviseStream();
  }
  header_.outcome.end_ns = NowNs();
  EndPlayers();
  if (done) DrainMessages();
  makers_.reset();
  maker_port_.reset();
  object_.reset();
  made_read_.Reset();
  made_write_.Reset();
  NoteResidue();
  header_.outcome.logs = next_worker_;
  return done;
}

// The most that may come.
std::uint32_t RoundLeader::SuccessorsPlanned() const {
  const auto schedule = std::span(program().entries).first(program().entry_count);
  if (program().stepped) {
    const bool respawns =
        program().respawn > 0 ||
        std::ranges::find(schedule, ScheduleKind::kRespawn, &ScheduleEntry::kind) != schedule.end();
    return respawns ? kMaxSteppedSuccessors : 0;
  }
  const auto faults = std::span(program().faults).first(program().fault_count);
  return static_cast<std::uint32_t>(std::ranges::count_if(faults, [](const FaultPlan& fault) {
    return fault.kind == FaultKind::kKill && fault.respawn;
  }));
}

Result<void> RoundLeader::ShareLogs() {
  logs_ = program().worker_count + 1 + SuccessorsPlanned();
  if (logs_ > kMaxLogs) return InputError(fmt::format("{} logs exceed {}", logs_, kMaxLogs));
  const std::uint64_t share = header_.records / logs_;
  for (std::uint32_t i = 0; i < logs_; ++i) {
    header_.logs[i].offset = i * share;
    header_.logs[i].capacity = share;
    header_.logs[i].count.store(0);
  }
  maker_ = static_cast<std::uint16_t>(program().worker_count);
  next_worker_ = static_cast<std::uint16_t>(maker_ + 1);
  header_.outcome.plan_of[maker_] = kMaxWorkers;
  maker_log_ = LogWriter(arena_.records(), &header_.logs[maker_]);
  sockets_before_ = crew_.sockets();
  open_before_ = static_cast<int>(NamesIn("/proc/self/fd").size());
  return {};
}

Result<void> RoundLeader::SeatFirst(std::uint32_t plan) {
  // A creator has its seat already.
  const auto it = std::ranges::find(players_, plan, &Player::plan);
  if (it != players_.end()) return HandOut(*it);
  const auto player = SeatWorker(plan, static_cast<std::uint16_t>(plan), kFirst);
  if (!player) return std::unexpected(player.error());
  players_.push_back(*player);
  return {};
}

// Another process for a killed worker's place, ready to begin.
Result<Player> RoundLeader::SeatSuccessor(std::uint32_t plan, std::uint64_t operations_made) {
  auto player = SeatWorker(plan, next_worker_++, operations_made);
  if (!player) return player;
  if (auto ready = AwaitReady(*player); !ready) return std::unexpected(ready.error());
  return player;
}

// Gives a worker of the program a process, and the process what it needs to begin.
// operations_made: by its predecessors, or kFirst.
Result<Player> RoundLeader::SeatWorker(std::uint32_t plan, std::uint16_t worker,
                                       std::uint64_t operations_made) {
  const bool successor = operations_made != kFirst;
  const WorkerPlan& wanted = program().workers[plan];
  const bool fresh = wanted.fresh || wanted.topology == Topology::kForked;
  const bool reads = wanted.ends == Ends::kRead || wanted.ends == Ends::kBoth;
  const bool writes = wanted.ends == Ends::kWrite || wanted.ends == Ends::kBoth;
  int read_fd = -1;
  int write_fd = -1;
  if (!facility_->named()) {
    read_fd = made_read_.valid() ? made_read_.get() : object_->access().read_fd;
    write_fd = made_write_.valid() ? made_write_.get() : object_->access().write_fd;
  }
  const auto seat = fresh
                        ? crew_.Fresh(wanted.topology, reads ? read_fd : -1, writes ? write_fd : -1)
                        : crew_.Resident(wanted.topology);
  if (!seat) return std::unexpected(seat.error());
  Seat& place = header_.seats[*seat];
  // Whose number a lock's holder is looked up by must not be a dead one's: first nobody, then anew.
  place.pid.store(0, std::memory_order_release);
  place.plan = plan;
  place.worker = worker;
  place.successor = successor;
  place.truncated = false;
  place.read_handed = reads && !facility_->named();
  place.write_handed = writes && !facility_->named();
  place.adopts = !fresh && wanted.topology != Topology::kUnrelated;
  place.fault_wanted.store(0);
  place.phase_done.store(0);
  place.opened.store(false);
  place.gate.store(0);
  place.made.store(0);
  place.progress.store(0);
  place.drawn.store(successor ? operations_made : 0);
  header_.outcome.plan_of[worker] = plan;
  Player player{.seat = *seat, .plan = plan, .worker = worker, .alive = true};
  if (auto handed = HandOut(player); !handed) return std::unexpected(handed.error());
  return player;
}

Result<void> RoundLeader::HandOut(Player& player) {
  Seat& place = header_.seats[player.seat];
  const WorkerPlan& wanted = program().workers[player.plan];
  if (wanted.creator && made_read_.valid()) {
    place.read_handed = wanted.ends == Ends::kRead || wanted.ends == Ends::kBoth;
    place.write_handed = wanted.ends == Ends::kWrite || wanted.ends == Ends::kBoth;
    place.adopts = true;
  }
  header_.outcome.plan_of[player.worker] = player.plan;
  if (place.adopts) {
    std::array<int, 2> fds{};
    std::size_t count = 0;
    const ObjectAccess none;
    const ObjectAccess& access = object_ != nullptr ? object_->access() : none;
    if (place.read_handed) fds[count++] = made_read_.valid() ? made_read_.get() : access.read_fd;
    if (place.write_handed)
      fds[count++] = made_write_.valid() ? made_write_.get() : access.write_fd;
    if (auto sent = SendDescriptors(crew_.Socket(player.seat), std::span(fds).first(count));
        !sent) {
      return sent;
    }
  }
  crew_.Tell(player.seat, Command::kRound);
  return {};
}

Result<void> RoundLeader::AwaitReady(const Player& player) {
  const Seat& place = header_.seats[player.seat];
  const std::uint64_t until = NowNs() + kReadyLimitNs;
  for (;;) {
    const std::uint32_t bell = header_.bell.load(std::memory_order_acquire);
    const SeatState state = place.state.load(std::memory_order_acquire);
    if (state == SeatState::kFailed) return std::unexpected(Error{.message = place.error.data()});
    // A successor joins a round that has started and may be past readiness already.
    if (state != SeatState::kIdle && state != SeatState::kFree) return {};
    if (const std::string death = crew_.Reap(player.seat); !death.empty()) {
      return std::unexpected(Error{.message = "a worker died before the round, " + death});
    }
    if (NowNs() > until) return std::unexpected(Error{.message = "a worker was not ready in 20 s"});
    FutexWait(header_.bell, bell, 10 * kTickNs);
  }
}

// Nothing of the round goes on after this: whoever is not finished is ended.  All of them are
// stopped before the first one dies: its end must not be what another one's call returns.
void RoundLeader::EndPlayers() {
  header_.stop.store(1);
  std::vector<Player*> unfinished;
  for (Player& player : players_) {
    if (!player.alive) continue;
    const Seat& place = header_.seats[player.seat];
    header_.outcome.truncated = header_.outcome.truncated || place.truncated;
    const bool finished =
        place.state.load(std::memory_order_acquire) == SeatState::kFinished ||
        (program().phases > 0 && FinishesSoon(player)) ||
        (program().stepped && player.finished && AwaitState(player, SeatState::kFinished));
    if (!finished) unfinished.push_back(&player);
    ::kill(crew_.Pid(player.seat), finished ? SIGCONT : SIGSTOP);
  }
  for (Player* player : unfinished) {
    crew_.Kill(player->seat);
    player->alive = false;
  }
  for (Player& player : players_) {
    if (!player.alive) continue;
    crew_.Tell(player.seat, Command::kEnd);
  }
  for (Player& player : players_) {
    if (!player.alive) continue;
    if (!AwaitState(player, SeatState::kIdle)) crew_.Kill(player.seat);
    crew_.Release(player.seat);
  }
}

// A script that has passed its last phase needs a moment to say so.
bool RoundLeader::FinishesSoon(const Player& player) {
  return header_.seats[player.seat].phase_done.load() >= program().phases &&
         AwaitState(player, SeatState::kFinished);
}

bool RoundLeader::AwaitState(const Player& player, SeatState wanted) {
  const std::uint64_t until = NowNs() + kReadyLimitNs;
  while (NowNs() < until) {
    const std::uint32_t bell = header_.bell.load(std::memory_order_acquire);
    if (header_.seats[player.seat].state.load(std::memory_order_acquire) == wanted) return true;
    if (!crew_.Reap(player.seat).empty()) return false;
    FutexWait(header_.bell, bell, 10 * kTickNs);
  }
  return false;
}

void RoundLeader::NoteResidue() {
  std::string lines;
  const std::string directory = PlannedDirectory();
  if (facility_ != nullptr && facility_->named()) {
    for (const std::string& name : NamesIn(directory)) {
      lines += fmt::format("name {} is still in the directory\n", name);
      ::unlink(fmt::format("{}/{}", directory, name).c_str());
    }
  }
  // Sockets of processes that began in this round, and stay, are not of the round.
  const int open_after = static_cast<int>(NamesIn("/proc/self/fd").size());
  const int expected = open_before_ + crew_.sockets() - sockets_before_;
  if (open_after > expected) {
    lines += fmt::format("{} descriptors more than before are open\n", open_after - expected);
  }
  StoreText(header_.outcome.residue, lines);
}

}  // namespace parley

// What the leader does while the workers are at it: faults, phases, and the look-out for the stuck.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "src/base/clock.h"
#include "src/engine/round_leader.h"
#include "src/engine/stepped_round.h"
#include "src/engine/watchdog.h"

namespace parley {
namespace {

constexpr std::uint64_t kTickNs = kNsPerMs;
constexpr std::uint64_t kRoundLimitNs = 15 * kNsPerS;
// When to look for sleepers: nothing returned for that long.
constexpr std::uint64_t kStallNs = 100 * kNsPerMs;
// Without /proc a script's phase is over when nothing returned for that long.
constexpr std::uint64_t kBlindPauseNs = 3 * kNsPerMs;
// A phase is over when its sleepers have slept through two looks that far apart.
constexpr std::uint64_t kSecondLookNs = 20 * kNsPerUs;

}  // namespace

void RoundLeader::RecordFault(FaultKind kind, std::uint16_t worker, std::uint64_t from,
                              std::uint64_t to) {
  RoundOutcome& outcome = header_.outcome;
  if (outcome.faults == outcome.fault_list.size()) return;
  outcome.fault_list[outcome.faults++] = {
      .kind = kind, .worker = worker, .invoked_ns = from, .returned_ns = to};
}

bool RoundLeader::KillsPlanned() const {
  const auto faults = std::span(program().faults).first(program().fault_count);
  return std::ranges::any_of(faults, [](const FaultPlan& fault) {
    return fault.kind == FaultKind::kKill && fault.respawn;
  });
}

// A reader that waits for more than there is never comes to the point at which it is to be killed:
// when all whose operations are counted have finished, nobody is to come any more.
bool RoundLeader::CountedFinished() const {
  return std::ranges::all_of(players_, [&](const Player& player) {
    return !player.alive || player.finished ||
           program().workers[player.plan].stream.operations == 0;
  });
}

bool RoundLeader::SuccessorsToCome() const {
  const bool kills = !CountedFinished();
  return std::ranges::any_of(players_, [&](const Player& player) {
    if (player.finished || !player.alive) return false;
    // A successor that has not opened yet needs the object as much as one still to come.
    if (!header_.seats[player.seat].opened.load(std::memory_order_acquire)) return true;
    for (std::uint32_t i = 0; kills && i < program().fault_count; ++i) {
      const FaultPlan& fault = program().faults[i];
      if (fault.kind == FaultKind::kKill && fault.respawn && fault.worker == player.plan &&
          !header_.dealt[i].load()) {
        return true;
      }
    }
    return header_.seats[player.seat].fault_wanted.load() != 0;
  });
}

std::uint64_t RoundLeader::Progress() const {
  std::uint64_t sum = 0;
  for (const Player& player : players_) sum += header_.seats[player.seat].progress.load();
  return sum;
}

bool RoundLeader::AllFinished() {
  bool all = true;
  for (Player& player : players_) {
    if (!player.alive || player.finished) continue;
    player.finished =
        header_.seats[player.seat].state.load(std::memory_order_acquire) == SeatState::kFinished;
    all = all && player.finished;
  }
  return all;
}

Result<void> RoundLeader::DealFault(Player& player, std::uint32_t index) {
  const FaultPlan fault = program().faults[index];
  Seat& place = header_.seats[player.seat];
  header_.dealt[index].store(true);
  if (fault.kind == FaultKind::kKill && fault.respawn && released_) {
    // Too late: nobody could hand the object to a successor.
    place.fault_wanted.store(0, std::memory_order_release);
    FutexWakeAll(place.fault_wanted);
    return {};
  }
  if (fault.kind == FaultKind::kStop) {
    const std::uint64_t from = NowNs();
    ::kill(crew_.Pid(player.seat), SIGSTOP);
    RecordFault(FaultKind::kStop, player.worker, from, NowNs());
    player.continue_at_ns = from + fault.duration_us * kNsPerUs;
    place.fault_wanted.store(0, std::memory_order_release);
    FutexWakeAll(place.fault_wanted);
    return {};
  }
  const std::uint64_t made = place.drawn.load();
  const Death death = crew_.Kill(player.seat);
  RecordFault(FaultKind::kKill, player.worker, death.invoked_ns, death.returned_ns);
  player.alive = false;
  if (!fault.respawn) return {};
  const auto successor = SeatSuccessor(player.plan, made);
  if (!successor) return std::unexpected(successor.error());
  players_.push_back(*successor);
  return {};
}

void RoundLeader::ContinueStopped() {
  const std::uint64_t now = NowNs();
  for (Player& player : players_) {
    if (player.continue_at_ns == 0 || player.continue_at_ns > now || !player.alive) continue;
    player.continue_at_ns = 0;
    ::kill(crew_.Pid(player.seat), SIGCONT);
    RecordFault(FaultKind::kContinue, player.worker, now, NowNs());
  }
}

Result<void> RoundLeader::SuperviseStream() {
  Begin();
  while (!AllFinished()) {
    const std::uint32_t bell = header_.bell.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < players_.size(); ++i) {
      const std::uint32_t wanted =
          players_[i].alive
              ? header_.seats[players_[i].seat].fault_wanted.load(std::memory_order_acquire)
              : 0;
      if (wanted == 0) continue;
      if (auto dealt = DealFault(players_[i], wanted - 1); !dealt) return dealt;
    }
    ContinueStopped();
    TellReceivers();
    if (!program().maker_keeps && !released_ && !SuccessorsToCome()) ReleaseObject();
    if (auto dead = LookForDeaths(crew_, players_); !dead) return dead;
    if (Stuck() || TimeIsUp()) return {};
    FutexWait(header_.bell, bell, kTickNs);
  }
  return {};
}

// Phase by phase: a worker that sleeps in a call need not be waited for.
bool RoundLeader::Settled(Player& player, std::uint32_t phase, std::uint64_t since_ns) {
  const Seat& place = header_.seats[player.seat];
  if (!player.alive || place.phase_done.load(std::memory_order_acquire) >= phase) return true;
  static const bool sighted = ::access("/proc/self/stat", R_OK) == 0;
  if (!sighted) return NowNs() - since_ns > kBlindPauseNs;
  if (!AsleepInCall(player)) return false;
  const auto first = Look(crew_.Pid(player.seat));
  SleepNs(kSecondLookNs);
  const auto second = Look(crew_.Pid(player.seat));
  return first && second && *first == *second && AsleepInCall(player);
}

void RoundLeader::DealSteps(std::uint32_t phase) {
  for (Player& player : players_) {
    const WorkerPlan& plan = program().workers[player.plan];
    for (std::uint32_t i = 0; i < plan.step_count; ++i) {
      const Step& step = plan.steps[i];
      if (step.kind == StepKind::kCall || step.phase + 1U != phase || !player.alive) continue;
      if (step.delay_us > 0) SleepNs(step.delay_us * kNsPerUs);
      const std::uint64_t from = NowNs();
      if (step.kind == StepKind::kRelease) {
        ReleaseObject();
      } else if (step.kind == StepKind::kKill) {
        const Death death = crew_.Kill(player.seat);
        player.alive = false;
        RecordFault(FaultKind::kKill, player.worker, death.invoked_ns, death.returned_ns);
      } else {
        const bool stop = step.kind == StepKind::kStop;
        ::kill(crew_.Pid(player.seat), stop ? SIGSTOP : SIGCONT);
        RecordFault(stop ? FaultKind::kStop : FaultKind::kContinue, player.worker, from, NowNs());
      }
    }
  }
}

// Nothing has succeeded for a while, and all who are not finished sleep for good.  A signal storm
// keeps sleepers awake; it is calmed before the evidence is taken.
bool RoundLeader::Stuck() {
  const std::uint64_t now = NowNs();
  const std::uint64_t made = Progress();
  if (made != progress_ || moved_ns_ == 0) {
    progress_ = made;
    moved_ns_ = now;
  }
  if (now - moved_ns_ < kStallNs) return false;
  header_.calm.store(1, std::memory_order_relaxed);
  const bool stuck = CollectEvidence();
  moved_ns_ = NowNs();
  return stuck;
}

bool RoundLeader::TimeIsUp() {
  header_.outcome.cut = NowNs() - header_.outcome.begin_ns > kRoundLimitNs;
  return header_.outcome.cut;
}

// The common start.
void RoundLeader::Begin() {
  header_.begun.store(1, std::memory_order_release);
  FutexWakeAll(header_.begun);
}

// A script's first phase begins when all have opened their ends.
Result<void> RoundLeader::AwaitOpen() {
  for (;;) {
    const std::uint32_t bell = header_.bell.load(std::memory_order_acquire);
    if (header_.opened.load() >= program().worker_count) return {};
    if (auto dead = LookForDeaths(crew_, players_); !dead) return dead;
    if (Stuck() || TimeIsUp()) return {};
    FutexWait(header_.bell, bell, kTickNs);
  }
}

Result<void> RoundLeader::SuperviseStepped() {
  // A creator was seated before all others.
  std::ranges::sort(players_, {}, &Player::worker);
  Begin();
  const bool can_be_handed = facility_->named() || !released_;
  const std::uint32_t successors = logs_ - program().worker_count - 1;
  return SteppedRound(
             header_, crew_, *facility_, players_,
             {.record =
                  [&](FaultKind kind, std::uint16_t worker) {
                    RecordFault(kind, worker, BeginNs(header_), ReturnNs(header_));
                  },
              .replace = [&](Player& player,
                             std::uint32_t reached) { return ReplaceStepped(player, reached); },
              .successors = can_be_handed ? successors : 0})
      .Run();
}

Result<void> RoundLeader::ReplaceStepped(Player& player, std::uint32_t reached) {
  const auto successor = SeatSuccessor(player.plan, reached);
  if (!successor) return std::unexpected(successor.error());
  player = *successor;
  return {};
}

Result<void> RoundLeader::SuperviseScript() {
  Begin();
  if (auto open = AwaitOpen(); !open) return open;
  if (header_.outcome.sightings > 0 || header_.outcome.cut) return {};
  for (std::uint32_t phase = 1; phase <= program().phases; ++phase) {
    header_.phase.store(phase, std::memory_order_release);
    FutexWakeAll(header_.phase);
    DealSteps(phase);
    const std::uint64_t since = NowNs();
    for (;;) {
      const std::uint32_t bell = header_.bell.load(std::memory_order_acquire);
      const bool settled = std::ranges::all_of(
          players_, [&](Player& player) { return Settled(player, phase, since); });
      if (settled) break;
      if (auto dead = LookForDeaths(crew_, players_); !dead) return dead;
      if (TimeIsUp()) return {};
      FutexWait(header_.bell, bell, 30 * kNsPerUs);
    }
  }
  const bool pending = std::ranges::any_of(players_, [&](const Player& player) {
    return player.alive && header_.seats[player.seat].phase_done.load() < program().phases;
  });
  if (pending) CollectEvidence();
  return {};
}

}  // namespace parley

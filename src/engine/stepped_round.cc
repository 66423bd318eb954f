#include "src/engine/stepped_round.h"

#include <fmt/format.h>
#include <sched.h>
#include <signal.h>

#include <algorithm>

#include "src/base/clock.h"
#include "src/engine/watchdog.h"

namespace parley {
namespace {

// Gates: how long to hope for a return before looking into /proc, which costs more.
constexpr std::uint64_t kSpinNs = 20 * kNsPerUs;
// Between two looks at one who waits for a page or a lock of the kernel.
constexpr std::uint64_t kStirNs = 50 * kNsPerUs;

// Between two looks at one whose deadline is near.
constexpr std::uint64_t kExpiryPauseNs = 100 * kNsPerUs;
// How late a near deadline must be before it counts as missed.  In the bands the sleeper's timer
// and the scheduler's own run down on one CPU, and the sleeper goes first; elsewhere a machine
// would have to keep one CPU, and not the other, from its timers for that long.
constexpr std::uint64_t kOverdueInBandsNs = 100 * kNsPerMs;
constexpr std::uint64_t kOverdueNs = 1 * kNsPerS;

bool Writes(Effect effect) {
  switch (effect) {
    case Effect::kPoll:
    case Effect::kQueryCapacity:
    case Effect::kQueryUnread:
    case Effect::kQueryName:
    case Effect::kQueryKind:
    case Effect::kQueryLock:
    case Effect::kSeek:
    case Effect::kMakePair:
      return false;
    default:
      return true;
  }
}

}  // namespace

SteppedRound::SteppedRound(ArenaHeader& header, Crew& crew, const Facility& facility,
                           std::span<Player> players, Hands hands)
    : header_(header),
      crew_(crew),
      facility_(facility),
      players_(players),
      hands_(std::move(hands)),
      faults_(Derive(header.program.strategy.seed, "faults")) {
  std::vector<Accesses> scripts;
  const auto plans = std::span(program().workers).first(program().worker_count);
  for (const Player& player : players_) {
    const WorkerPlan& plan = program().workers[player.plan];
    Accesses& script = scripts.emplace_back();
    for (const Step& step : std::span(plan.steps).first(plan.step_count)) {
      script.insert(script.end(), step.repeat,
                    {.call = step.call, .writes = Writes(facility_.Calls()[step.call].effect)});
    }
    cursors_.emplace_back(plan, facility_.Calls());
    replaceable_.push_back(MayBeReplaced(plans, player.plan, facility_));
  }
  strategy_ = MakeStrategy(program().strategy, std::move(scripts));
}

Result<void> SteppedRound::Run() {
  if (auto chosen = ChooseScheduler(); !chosen) return chosen;
  Result<void> done = AwaitQuiet();
  for (std::uint64_t step = 1; done && step < kMaxScheduleEntries; ++step) {
    const auto entry = NextEntry();
    if (!entry) break;
    header_.step.store(step, std::memory_order_release);
    done = Apply(*entry);
    if (done) done = AwaitQuiet();
    if (done && expires_) done = AwaitDeadline(players_[entry->worker]);
  }
  if (done) done = LookForDeaths(crew_, players_);
  for (std::size_t i = 0; i < players_.size(); ++i) {
    players_[i].finished = players_[i].alive && !Asleep(players_[i]) && cursors_[i].AtEnd();
  }
  DismissAll();
  return done;
}

Result<void> SteppedRound::ChooseScheduler() {
  if (program().scheduler == Scheduler::kGates) {
    StoreText(header_.outcome.scheduler, "gates");
    return {};
  }
  auto entered = band_.Enter();
  for (const Player& player : players_) {
    if (!entered) break;
    entered = band_.Admit(crew_.Pid(player.seat), program().workers[player.plan].rank);
  }
  banded_ = entered.has_value();
  if (banded_) {
    for (const Player& player : players_) watches_.emplace_back(crew_.Pid(player.seat));
    StoreText(header_.outcome.scheduler, "bands");
    return {};
  }
  DismissAll();
  if (program().scheduler == Scheduler::kBands) return entered;
  StoreText(header_.outcome.scheduler, fmt::format("gates ({})", entered.error().message));
  return {};
}

void SteppedRound::DismissAll() {
  if (program().scheduler == Scheduler::kGates) return;
  for (const Player& player : players_) {
    if (player.alive) band_.Dismiss(crew_.Pid(player.seat));
  }
  band_.Leave();
}

bool SteppedRound::Ready(const Player& player) const {
  const Seat& seat = SeatOf(player);
  const std::uint32_t begun = seat.gate.load(std::memory_order_relaxed);
  return player.alive && begun == seat.made.load(std::memory_order_acquire) &&
         !cursors_[player.plan].AtEnd();
}

bool SteppedRound::Asleep(const Player& player) const {
  const Seat& seat = SeatOf(player);
  return player.alive &&
         seat.gate.load(std::memory_order_relaxed) != seat.made.load(std::memory_order_acquire);
}

bool SteppedRound::CanBeReplaced(const Player& player) const {
  return !player.alive && replaceable_[player.plan] && cursors_[player.plan].LeavesCalls() &&
         successors_ < hands_.successors;
}

bool SteppedRound::CanApply(const ScheduleEntry& entry) const {
  if (entry.worker >= players_.size()) return false;
  const Player& player = players_[entry.worker];
  if (entry.kind == ScheduleKind::kStart) return Ready(player);
  // A fault that could not be written down must not be dealt.
  if (header_.outcome.faults == header_.outcome.fault_list.size()) return false;
  if (entry.kind == ScheduleKind::kRespawn) return CanBeReplaced(player);
  return Asleep(player) || (entry.kind == ScheduleKind::kKill && Ready(player));
}

std::optional<ScheduleEntry> SteppedRound::NextEntry() {
  while (next_entry_ < program().entry_count) {
    const ScheduleEntry& entry = program().entries[next_entry_++];
    if (CanApply(entry)) return entry;
  }
  if (auto fault = DrawFault()) return fault;
  candidates_.clear();
  for (const Player& player : players_) {
    if (!Ready(player)) continue;
    const auto worker = static_cast<std::uint16_t>(player.plan);
    candidates_.push_back({.worker = worker, .next = cursors_[worker].next()});
  }
  if (candidates_.empty()) return Rescue();
  return ScheduleEntry{.worker = candidates_[strategy_->Choose(candidates_)].worker};
}

std::optional<ScheduleEntry> SteppedRound::DrawFault() {
  const SharedProgram& chances = program();
  if ((chances.signal | chances.signal_restart | chances.kill | chances.respawn) == 0) {
    return std::nullopt;
  }
  std::uint64_t ticket = faults_.Below(1024);
  if (ticket < chances.kill) return AnyKill();
  ticket -= chances.kill;
  if (ticket < chances.signal) return AnyOf(ScheduleKind::kSignal);
  ticket -= chances.signal;
  if (ticket < chances.signal_restart) return AnyOf(ScheduleKind::kSignalRestart);
  ticket -= chances.signal_restart;
  if (ticket < chances.respawn) return AnyOf(ScheduleKind::kRespawn);
  return std::nullopt;
}

// Every other kill hits somebody inside a call, when there is anybody: that is where it may tear.
std::optional<ScheduleEntry> SteppedRound::AnyKill() {
  if (faults_.Below(2) == 0) {
    if (auto inside = AnyOf(ScheduleKind::kKill, Whom::kSleepers)) return inside;
  }
  return AnyOf(ScheduleKind::kKill);
}

// Nobody is ready.
std::optional<ScheduleEntry> SteppedRound::Rescue() {
  if (program().respawn > 0) {
    if (auto successor = AnyOf(ScheduleKind::kRespawn)) return successor;
  }
  if (rescues_ == program().rescues) return std::nullopt;
  ++rescues_;
  return AnyOf(ScheduleKind::kSignal);
}

// One of the workers to whom that can happen.
std::optional<ScheduleEntry> SteppedRound::AnyOf(ScheduleKind kind, Whom whom) {
  std::vector<ScheduleEntry> entries;
  for (const Player& player : players_) {
    const ScheduleEntry entry{.kind = kind, .worker = static_cast<std::uint16_t>(player.plan)};
    if (whom == Whom::kSleepers && !Asleep(player)) continue;
    if (CanApply(entry)) entries.push_back(entry);
  }
  if (entries.empty()) return std::nullopt;
  return entries[faults_.Below(entries.size())];
}

Result<void> SteppedRound::Apply(const ScheduleEntry& entry) {
  Player& player = players_[entry.worker];
  expires_ = false;
  switch (entry.kind) {
    case ScheduleKind::kStart: {
      Seat& seat = SeatOf(player);
      ScriptCursor& cursor = cursors_[player.plan];
      const Step& step = StepOfCall(program().workers[player.plan], cursor.next());
      expires_ = facility_.Calls()[step.call].deadline == Deadline::kNear;
      cursor.Begin();
      seat.gate.fetch_add(1, std::memory_order_release);
      FutexWakeAll(seat.gate);
      return {};
    }
    case ScheduleKind::kSignal:
    case ScheduleKind::kSignalRestart: {
      const bool restart = entry.kind == ScheduleKind::kSignalRestart;
      hands_.record(restart ? FaultKind::kSignalRestart : FaultKind::kSignal, player.worker);
      ::kill(crew_.Pid(player.seat), restart ? kStepSignalRestart : kStepSignal);
      return {};
    }
    case ScheduleKind::kKill:
      hands_.record(FaultKind::kKill, player.worker);
      crew_.Kill(player.seat);
      player.alive = false;
      return {};
    case ScheduleKind::kRespawn:
      return Replace(player);
  }
  return {};
}

Result<void> SteppedRound::Replace(Player& player) {
  hands_.record(FaultKind::kRespawn, player.worker);
  ++successors_;
  const WorkerPlan& plan = program().workers[player.plan];
  const std::uint32_t reached = cursors_[player.plan].reached();
  cursors_[player.plan] = ScriptCursor(plan, facility_.Calls(), reached);
  auto replaced = hands_.replace(player, reached);
  if (!replaced || !banded_) return replaced;
  watches_[player.plan] = SleepWatch(crew_.Pid(player.seat));
  return band_.Admit(crew_.Pid(player.seat), plan.rank);
}

Result<void> SteppedRound::AwaitQuiet() {
  if (banded_) return AwaitStill();
  const std::uint64_t spin_until = NowNs() + kSpinNs;
  while (std::ranges::any_of(players_, [&](auto& player) { return Asleep(player); })) {
    if (NowNs() < spin_until) continue;
    if (QuietByProc()) break;
    if (auto dead = LookForDeaths(crew_, players_); !dead) return dead;
    ::sched_yield();
  }
  return {};
}

// A sleeper's time comes while nobody else may begin anything: that it expired is part of the step
// in which it fell asleep.  Who has not returned by far is a sleeper like any other.
Result<void> SteppedRound::AwaitDeadline(const Player& player) {
  const std::uint64_t until = NowNs() + (banded_ ? kOverdueInBandsNs : kOverdueNs);
  while (Asleep(player) && NowNs() < until) {
    if (auto dead = LookForDeaths(crew_, players_); !dead) return dead;
    SleepNs(kExpiryPauseNs);
  }
  return AwaitQuiet();
}

// In the bands the scheduler runs when no worker can.  One that waits for a page or for a lock of
// the kernel cannot either, and yet does not sleep in its call: such a wait is uninterruptible, and
// needs the CPU for others than the band.
Result<void> SteppedRound::AwaitStill() {
  const auto stirs = [&](const Player& player) {
    return Asleep(player) && !watches_[player.plan].Asleep();
  };
  while (std::ranges::any_of(players_, stirs)) {
    if (auto dead = LookForDeaths(crew_, players_); !dead) return dead;
    SleepNs(kStirNs);
  }
  return {};
}

// Everybody who is inside a call sleeps there, and nobody has run between two looks.
bool SteppedRound::QuietByProc() {
  const auto look = [&](const Player& player) -> std::optional<Glimpse> {
    auto glimpse = Look(crew_.Pid(player.seat));
    return glimpse && glimpse->state == 'S' ? glimpse : std::nullopt;
  };
  std::vector<std::pair<const Player*, Glimpse>> inside;
  for (const Player& player : players_) {
    if (!Asleep(player)) continue;
    const auto glimpse = look(player);
    if (!glimpse) return false;
    inside.emplace_back(&player, *glimpse);
  }
  return std::ranges::all_of(inside, [&](const auto& first) {
    return look(*first.first) == first.second && Asleep(*first.first);
  });
}

}  // namespace parley

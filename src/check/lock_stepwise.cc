// O-MODEL of locks: after each step of a stepped history nobody sleeps whom nobody is in the way
// of, no ring sleeps that has to be found, and a signal has done to a sleeper what its handler's
// SA_RESTART says.
//
// Between two steps everybody sleeps or is between calls, so that it is known exactly who holds
// what. Who may have a lock beside whom, and who was refused, is judged by the checkers of free
// histories, for which logical time is as good as any.
//
// Source: POSIX.1-2024 fcntl() F_SETLKW [EDEADLK]; fcntl(2), flock(2) (Linux).  Time O(s h) for s
// steps and h holds, memory O(n).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>

#include "src/check/checker.h"
#include "src/check/lock_view.h"
#include "src/check/lock_waits.h"
#include "src/check/restarts.h"
#include "src/check/tally.h"
#include "src/model/stepped_view.h"

namespace parley {
namespace {

constexpr std::array kClauses = {
    Clause::kLockAsleep,       Clause::kDeadOwnerAsleep,    Clause::kNotResolved,
    Clause::kDeadlockMissed,   Clause::kRingMissed,         Clause::kUpgradeMissed,
    Clause::kBeyondDepth,      Clause::kLateDeadlockMissed, Clause::kLockAsleepNonblocking,
    Clause::kRestartedWrongly, Clause::kHeldAfterFailure,
};

class StepJudge {
 public:
  StepJudge(const LockView& view, const LockObject& object, std::map<Clause, Tally>& tallies)
      : history_(view.history()), object_(object), tallies_(tallies) {
    for (const LockHold& hold : object.holds.possible) all_.push_back(&hold);
  }

  void Judge(const model::SteppedView& view) {
    for (const model::Step& step : view.steps()) {
      for (const model::Cause& cause : step.causes) Begin(cause);
      for (const std::uint32_t id : step.returned) Return(id);
      JudgeRestarts(history_, step, inside_, tallies_.at(Clause::kRestartedWrongly));
      JudgeSleepers(step);
    }
  }

 private:
  void Begin(const model::Cause& cause) {
    if (cause.kind == model::CauseKind::kKill) {
      inside_.erase(cause.worker);
    } else if (cause.kind == model::CauseKind::kCall &&
               history_.effect(history_.operations[cause.operation]) == Effect::kLock) {
      inside_[cause.worker] = cause.operation;
    }
  }

  void Return(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    if (history_.effect(op) != Effect::kLock) return;
    if (op.nonblocking) tallies_.at(Clause::kLockAsleepNonblocking).AddChances(1);
    const bool slept = StepAt(op.returned_ns) > StepAt(op.invoked_ns);
    if (op.failed_with(EDEADLK)) CountFound(id, slept);
    if (slept && op.succeeded()) {
      tallies_.at(BlameForWaiting(all_, object_.requests.RequestOf(id), op.returned_ns))
          .AddChances(1);
    }
    inside_.erase(op.worker);
  }

  std::vector<std::uint32_t> Asleep() const {
    std::vector<std::uint32_t> asleep;
    for (const auto& [worker, id] : inside_) asleep.push_back(id);
    return asleep;
  }

  // The ring that the call found would have slept.
  void CountFound(std::uint32_t id, bool slept) {
    const LockWaits state =
        LockWaits::At(history_.operations[id].returned_ns + 1, 0, object_, Asleep());
    const auto clause = BlameForRing(state, state.Ring());
    if (clause) tallies_.at(slept ? Clause::kLateDeadlockMissed : *clause).AddChances(1);
  }

  void JudgeSleepers(const model::Step& step) {
    const std::uint64_t instant_ns = step.number * kStepNs + kStepNs - 1;
    const LockWaits state = LockWaits::At(instant_ns, 0, object_, Asleep());
    for (const LockHold& wait : state.waits) JudgeWait(step, state, wait, instant_ns);
    JudgeRing(step, state);
  }

  void JudgeWait(const model::Step& step, const LockWaits& state, const LockHold& wait,
                 std::uint64_t instant_ns) {
    if (history_.operations[wait.operation].nonblocking) {
      tallies_.at(Clause::kLockAsleepNonblocking)
          .Break(fmt::format("step {}: a try sleeps", step.number), {wait.operation});
    } else if (state.InTheWayOf(wait).empty()) {
      tallies_.at(BlameForWaiting(all_, wait, instant_ns))
          .Break(fmt::format("step {}: asleep in asking for {}, and nobody is in its way",
                             step.number, TextOf(wait)),
                 {wait.operation});
    }
  }

  void JudgeRing(const model::Step& step, const LockWaits& state) {
    const std::vector<std::size_t> ring = state.Ring();
    // Who sleeps in a try waits for nobody: it is the try that is wrong.
    const bool tries = std::ranges::any_of(ring, [&](std::size_t place) {
      return history_.operations[state.waits[place].operation].nonblocking;
    });
    if (tries) return;
    if (ring.size() > kRingFound) tallies_.at(Clause::kBeyondDepth).AddChances(1);
    const auto clause = BlameForRing(state, ring);
    if (!clause) return;
    std::vector<std::uint32_t> witness;
    bool closed_now = false;
    for (const std::size_t place : ring) {
      witness.push_back(state.waits[place].operation);
      closed_now = closed_now || StepAt(state.waits[place].from_ns) == step.number;
    }
    std::ranges::sort(witness);
    tallies_.at(closed_now ? *clause : Clause::kLateDeadlockMissed)
        .Break(fmt::format("step {}: {}, and all sleep", step.number, RingText(state, ring)),
               witness);
  }

  const History& history_;
  const LockObject& object_;
  std::vector<const LockHold*> all_;
  std::map<Clause, Tally>& tallies_;
  std::map<std::uint16_t, std::uint32_t> inside_;  // calls for locks, by worker
};

void JudgeStepwise(const LockView& view, std::vector<Judgement>& judgements) {
  const History& history = view.history();
  if (history.header.mode != "stepped" || !history.header.complete) return;
  std::map<Clause, Tally> tallies;
  for (const Clause clause : kClauses) tallies.emplace(clause, Tally(clause));
  for (const LockObject& object : view.objects()) {
    StepJudge(view, object, tallies).Judge(model::SteppedView(history, object.number));
  }
  for (const Clause clause : kClauses) tallies.at(clause).Report(judgements);
}

const CheckerRegistration kRegistration({.name = "lock_stepwise",
                                         .oracle = "O-MODEL",
                                         .clauses = kClauses,
                                         .judge = JudgeLocksAlone<JudgeStepwise>,
                                         .judge_locks = JudgeStepwise});

}  // namespace
}  // namespace parley

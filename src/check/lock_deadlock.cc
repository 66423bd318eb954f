// O-DEAD: EDEADLK is returned where a cycle of waiting through the caller may have been there
// between its call and its return, in no ring that is longer than the system looks, and nowhere
// else; no ring that it has to find sleeps.
//
// Necessary conditions: the edges of a cycle may each have been there, not all at one time; and
// that a ring sleeps needs the watchdog's evidence.
//
// Source: POSIX.1-2024 fcntl() [EDEADLK]; fcntl(2) BUGS (Linux).  Time O(n log n + d a^2), memory
// O(n), for n operations, d deadlocks and a holds at a time.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <map>

#include "src/check/checker.h"
#include "src/check/lock_view.h"
#include "src/check/lock_waits.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kFalseDeadlock, Clause::kBeyondDepth,
                                 Clause::kDeadlockMissed, Clause::kRingMissed,
                                 Clause::kUpgradeMissed};

using Tallies = std::map<Clause, Tally>;

class DeadlockJudge {
 public:
  DeadlockJudge(const LockView& view, const LockObject& object, Tallies& tallies)
      : history_(view.history()), view_(view), object_(object), tallies_(tallies) {
    for (const LockHold& request : object.asked) {
      if (Waits(request)) waits_[history_.operations[request.operation].worker].push_back(request);
    }
  }

  void Judge() {
    const std::uint64_t slack_ns = history_.header.clock_slack_ns;
    ForEachWindow(
        object_.asked, object_.holds.possible, slack_ns,
        [this](const LockHold& request) {
          return Waits(request) &&
                 history_.operations[request.operation].outcome == Outcome::kReturned;
        },
        [this](const LockHold& request, LockMeeting meeting) { Ask(request, meeting); });
    for (const Sleepers& group : view_.sleepers()) {
      if (!group.proven || !history_.header.complete) continue;
      JudgeRing(LockWaits::At(group.instant_ns, slack_ns, object_, group.ids()));
    }
  }

 private:
  bool Waits(const LockHold& request) const {
    const Operation& op = history_.operations[request.operation];
    return history_.effect(op) == Effect::kLock && !op.nonblocking;
  }

  void Ask(const LockHold& request, LockMeeting meeting) {
    const Operation& op = history_.operations[request.operation];
    const bool waited =
        std::ranges::any_of(meeting, [&](const LockHold* hold) { return hold->Excludes(request); });
    if (waited) tallies_.at(Clause::kFalseDeadlock).AddChances(1);
    if (!op.failed_with(EDEADLK)) return;
    const std::size_t length = ShortestCycle(request, meeting);
    if (length == 0 || request.owner.kind != LockKind::kProcess) {
      tallies_.at(Clause::kFalseDeadlock)
          .Break(fmt::format("{} was refused as a deadlock, and nobody can have been "
                             "waiting for its owner",
                             TextOf(request)),
                 {request.operation});
      return;
    }
    CountFound(request, meeting, length);
    if (length > kRingFound) {
      tallies_.at(Clause::kBeyondDepth)
          .Break(fmt::format("a ring of {} was found, where the system looks at {}", length,
                             kRingFound),
                 {request.operation});
    }
  }

  // What was found could have been missed.
  void CountFound(const LockHold& request, LockMeeting meeting, std::size_t length) {
    const auto own_shared = [&](const LockHold* hold) {
      return hold->owner == request.owner && !hold->exclusive && hold->bytes.Meets(request.bytes);
    };
    if (length == 2 && request.exclusive && std::ranges::any_of(meeting, own_shared)) {
      tallies_.at(Clause::kUpgradeMissed).AddChances(1);
    } else if (length <= kRingPromised) {
      tallies_.at(length == 2 ? Clause::kDeadlockMissed : Clause::kRingMissed).AddChances(1);
    }
  }

  void JudgeRing(const LockWaits& state) {
    const std::vector<std::size_t> ring = state.Ring();
    const auto clause = BlameForRing(state, ring);
    if (waits_.size() > kRingFound)
      tallies_.at(Clause::kBeyondDepth).AddChances(ring.size() > kRingFound);
    if (!clause) return;
    std::vector<std::uint32_t> witness;
    for (const std::size_t wait : ring) witness.push_back(state.waits[wait].operation);
    tallies_.at(*clause).Break(RingText(state, ring) + ", and all sleep", witness);
  }

  // Processes from the caller back to it; 0 when there is no way.
  std::size_t ShortestCycle(const LockHold& request, LockMeeting meeting) const {
    std::map<std::uint16_t, std::size_t> far;  // worker, steps from the caller
    std::deque<std::pair<const LockHold*, std::size_t>> ahead{{&request, 1}};
    while (!ahead.empty()) {
      const auto [wait, steps] = ahead.front();
      ahead.pop_front();
      for (const LockHold* hold : meeting) {
        if (!hold->Excludes(*wait) || !Overlap(*hold, *wait)) continue;
        const std::uint16_t holder = hold->owner.worker;
        if (holder == request.owner.worker && hold->owner.description != kChild &&
            wait != &request) {
          return steps;
        }
        if (!far.emplace(holder, steps).second) continue;
        for (const LockHold* next : WaitsOf(holder, request)) ahead.emplace_back(next, steps + 1);
      }
    }
    return 0;
  }

  bool Overlap(const LockHold& a, const LockHold& b) const {
    const std::uint64_t slack = history_.header.clock_slack_ns;
    const auto late = [&](std::uint64_t ns) { return ns == kNever ? kNever : ns + slack; };
    return a.from_ns <= late(b.until_ns) && b.from_ns <= late(a.until_ns);
  }

  // What a worker may have been waiting for while the request was made.
  std::vector<const LockHold*> WaitsOf(std::uint16_t worker, const LockHold& request) const {
    std::vector<const LockHold*> found;
    const auto waits = waits_.find(worker);
    if (waits == waits_.end()) return found;
    // One after the other: those that end too early come first.
    auto wait = std::ranges::partition_point(waits->second, [&](const LockHold& earlier) {
      return earlier.until_ns < request.from_ns && !Overlap(earlier, request);
    });
    for (; wait != waits->second.end() && Overlap(*wait, request); ++wait) found.push_back(&*wait);
    return found;
  }

  const History& history_;
  const LockView& view_;
  const LockObject& object_;
  Tallies& tallies_;
  std::map<std::uint16_t, std::vector<LockHold>> waits_;  // by worker, in its order
};

void JudgeDeadlocks(const LockView& view, std::vector<Judgement>& judgements) {
  Tallies tallies;
  for (const Clause clause : kClauses) tallies.emplace(clause, Tally(clause));
  for (const LockObject& object : view.objects()) DeadlockJudge(view, object, tallies).Judge();
  for (const Clause clause : kClauses) tallies.at(clause).Report(judgements);
}

const CheckerRegistration kRegistration({.name = "lock_deadlock",
                                         .oracle = "O-DEAD",
                                         .clauses = kClauses,
                                         .judge = JudgeLocksAlone<JudgeDeadlocks>,
                                         .judge_locks = JudgeDeadlocks});

}  // namespace
}  // namespace parley

// O-HANG of locks: nobody sleeps in asking for a lock that nobody is in the way of, or in a try.
//
// Broken needs the watchdog's evidence and a state that is certain from the history.  Time
// O(n log n + n a + g h), memory O(n), for n operations, a holds at a time, g groups of sleepers
// and h holds.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "src/check/checker.h"
#include "src/check/lock_view.h"
#include "src/check/lock_waits.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kLockAsleep, Clause::kDeadOwnerAsleep,
                                 Clause::kNotResolved, Clause::kLockAsleepNonblocking,
                                 Clause::kHeldAfterFailure};

class HangJudge {
 public:
  HangJudge(const LockView& view, std::map<Clause, Tally>& tallies)
      : history_(view.history()), view_(view), tallies_(tallies) {}

  void Judge(const LockObject& object) {
    CountChances(object);
    std::vector<const LockHold*> all;
    for (const LockHold& hold : object.holds.possible) all.push_back(&hold);
    for (const Sleepers& group : view_.sleepers()) {
      const bool proven = group.proven && history_.header.complete;
      const LockWaits state =
          LockWaits::At(group.instant_ns, history_.header.clock_slack_ns, object, group.ids());
      for (const LockHold& wait : state.waits) {
        if (history_.operations[wait.operation].object != object.number) continue;
        JudgeWait(state, wait, BlameForWaiting(all, wait, group.instant_ns), proven);
      }
    }
  }

 private:
  void JudgeWait(const LockWaits& state, const LockHold& wait, Clause clause, bool proven) {
    std::string reason;
    if (history_.operations[wait.operation].nonblocking) {
      clause = Clause::kLockAsleepNonblocking;
      reason = fmt::format("worker {} sleeps in a try", wait.owner.worker);
    } else if (state.InTheWayOf(wait).empty()) {
      reason = fmt::format("worker {} sleeps in asking for {}, and nobody is in its way",
                           wait.owner.worker, TextOf(wait));
    } else {
      return;
    }
    if (proven) {
      tallies_.at(clause).Break(reason, {wait.operation});
    } else {
      tallies_.at(clause).Doubt(reason + ", but that was not seen for certain", {wait.operation});
    }
  }

  // Calls that others certainly kept asleep, and that were granted.
  void CountChances(const LockObject& object) {
    const auto granted = [this](const LockHold& request) {
      const Operation& op = history_.operations[request.operation];
      return history_.effect(op) == Effect::kLock && op.succeeded() && !op.nonblocking;
    };
    for (const LockHold& request : object.asked) {
      const Operation& op = history_.operations[request.operation];
      const bool tries = history_.effect(op) == Effect::kLock && op.nonblocking;
      tallies_.at(Clause::kLockAsleepNonblocking).AddChances(tries ? 1 : 0);
    }
    ForEachWindow(object.asked, object.holds.possible, history_.header.clock_slack_ns, granted,
                  [&](const LockHold& request, LockMeeting meeting) {
                    const bool waited = std::ranges::any_of(meeting, [&](const LockHold* hold) {
                      return hold->Excludes(request) && hold->from_ns < request.from_ns &&
                             hold->until_ns > request.from_ns;
                    });
                    if (!waited) return;
                    tallies_.at(BlameForWaiting(meeting, request, request.until_ns)).AddChances(1);
                  });
  }

  const History& history_;
  const LockView& view_;
  std::map<Clause, Tally>& tallies_;
};

void JudgeHangs(const LockView& view, std::vector<Judgement>& judgements) {
  std::map<Clause, Tally> tallies;
  for (const Clause clause : kClauses) tallies.emplace(clause, Tally(clause));
  HangJudge judge(view, tallies);
  for (const LockObject& object : view.objects()) judge.Judge(object);
  for (const Clause clause : kClauses) tallies.at(clause).Report(judgements);
}

const CheckerRegistration kRegistration({.name = "lock_hang",
                                         .oracle = "O-HANG",
                                         .clauses = kClauses,
                                         .judge = JudgeLocksAlone<JudgeHangs>,
                                         .judge_locks = JudgeHangs});

}  // namespace
}  // namespace parley

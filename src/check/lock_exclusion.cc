// O-EXCL: no two owners certainly hold locks at one time that are in each other's way.
//
// Exact: a lock that is taken at its return and given back at the invocation of what may end it is
// in nobody's way unless two such intervals meet.  But a request that makes some of its bytes
// shared and takes others is looked at byte by byte, though it takes effect at one instant: of such
// this is a necessary condition.  Which promise that breaks depends on what the older hold had gone
// through: a lock that was gone since a part of its range was unlocked is another fault than one
// that never kept anybody out.
//
// Source: POSIX.1-2024 fcntl() F_SETLK; flock(2).  Time O(n log n + n a), memory O(n), for n
// operations and a holds at a time.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "src/check/checker.h"
#include "src/check/lock_view.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {
    Clause::kLocksOverlap, Clause::kSharedOverlap, Clause::kRemnantWrong, Clause::kGoneAtFailure,
    Clause::kVictimHarmed, Clause::kGoneAtClose,   Clause::kGoneAtUnlock, Clause::kUpgradeBeside};

class Sweep {
 public:
  explicit Sweep(const History& history) : history_(history) {
    for (const Clause clause : kClauses) tallies_.emplace(clause, Tally(clause));
  }

  void Judge(const LockObject& object) {
    const auto asks = [this](const LockHold& request) {
      const Operation& op = history_.operations[request.operation];
      const Effect effect = history_.effect(op);
      return (effect == Effect::kLock || effect == Effect::kLockInChild) &&
             request.owner.description != kChild && LockRequests::Sound(op);
    };
    ForEachWindow(
        object.asked, object.holds.definite, history_.header.clock_slack_ns, asks,
        [this](const LockHold& request, LockMeeting meeting) { Count(request, meeting); });
    active_.clear();
    for (const LockHold& hold : object.holds.definite) Begin(hold);
  }

  void Report(std::vector<Judgement>& judgements) const {
    for (const Clause clause : kClauses) tallies_.at(clause).Report(judgements);
  }

 private:
  void Prune(std::uint64_t ns) {
    std::erase_if(active_, [&](const LockHold& hold) {
      return hold.until_ns != kNever && hold.until_ns <= ns + history_.header.clock_slack_ns;
    });
  }

  // Somebody asks for what is certainly taken: it could be given to both.
  void Count(const LockHold& request, LockMeeting meeting) {
    if (request.owner.kind == LockKind::kNone) return;
    for (const LockHold* hold : meeting) {
      if (hold->Excludes(request))
        tallies_.at(Blame(*hold, request, request.until_ns)).AddChances(1);
    }
  }

  void Begin(const LockHold& hold) {
    Prune(hold.from_ns);
    for (const LockHold& older : active_) {
      const bool brief = hold.until_ns != kNever &&
                         hold.until_ns <= older.from_ns + history_.header.clock_slack_ns;
      if (!older.Excludes(hold) || brief) continue;
      tallies_.at(Blame(older, hold, hold.from_ns))
          .Break(fmt::format("{} beside {}", TextOf(hold), TextOf(older)),
                 Witness(history_, {older.operation, hold.operation}));
    }
    active_.push_back(hold);
  }

  // at_ns: when both are there.
  static Clause Blame(const LockHold& older, const LockHold& newer, std::uint64_t at_ns) {
    if (older.ordeal != LockOrdeal::kNone && older.ordeal_ns < at_ns) {
      switch (older.ordeal) {
        case LockOrdeal::kCut:
          return Clause::kRemnantWrong;
        case LockOrdeal::kFailure:
          return Clause::kGoneAtFailure;
        case LockOrdeal::kDeadlock:
          return Clause::kVictimHarmed;
        case LockOrdeal::kUnlock:
          return Clause::kGoneAtUnlock;
        default:
          if (older.owner.kind != LockKind::kProcess) return Clause::kGoneAtClose;
      }
    }
    if (newer.upgraded && !older.exclusive) return Clause::kUpgradeBeside;
    return older.exclusive && newer.exclusive ? Clause::kLocksOverlap : Clause::kSharedOverlap;
  }

  const History& history_;
  std::map<Clause, Tally> tallies_;
  std::vector<LockHold> active_;
};

void JudgeExclusion(const LockView& view, std::vector<Judgement>& judgements) {
  Sweep sweep(view.history());
  for (const LockObject& object : view.objects()) sweep.Judge(object);
  sweep.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "lock_exclusion",
                                         .oracle = "O-EXCL",
                                         .clauses = kClauses,
                                         .judge = JudgeLocksAlone<JudgeExclusion>,
                                         .judge_locks = JudgeExclusion});

}  // namespace
}  // namespace parley

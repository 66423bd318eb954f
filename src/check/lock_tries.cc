// O-CODE of locks: a try fails only where somebody may have been in its way between its call and
// its return, who is in the way is told truly, and what a handle is not open for is refused.
//
// Necessary conditions: several calls that were made at one time may each excuse the other.  Whom a
// refusal is to be laid to, when nobody can have held a lock, is seen from who had held one last.
//
// Source: POSIX.1-2024 fcntl() [EAGAIN, EACCES, EBADF, EINVAL], F_GETLK; flock(2) [EWOULDBLOCK].
// Time O(n log n + n a), memory O(n), for n operations and a holds at a time.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <map>
#include <utility>

#include "src/check/checker.h"
#include "src/check/lock_view.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kLockRefused,      Clause::kSharedRefused,
                                 Clause::kTryUnchecked,     Clause::kHeldAfterDeath,
                                 Clause::kHeldAfterClose,   Clause::kHeldAfterFailure,
                                 Clause::kOtherKindRefused, Clause::kInheritedLock,
                                 Clause::kQueryWrong,       Clause::kInterruptedEffect};
// How many later requests are looked at for one that the end of a hold made possible.
constexpr std::size_t kLaterRequests = 64;

bool Refused(const Operation& op) { return op.failed_with(EAGAIN) || op.failed_with(EACCES); }

class TryJudge {
 public:
  TryJudge(const LockView& view, const LockObject& object, std::map<Clause, Tally>& tallies)
      : history_(view.history()),
        slack_ns_(history_.header.clock_slack_ns),
        object_(object),
        asked_(object.asked),
        tallies_(tallies) {
    for (std::uint32_t id = 0; id < history_.operations.size(); ++id) {
      const Operation& op = history_.operations[id];
      if (op.object == object.number && op.outcome == Outcome::kReturned) JudgeAccess(id);
    }
  }

  void Judge() {
    ForEachWindow(
        asked_, object_.holds.possible, slack_ns_,
        [this](const LockHold& request) { return Returned(request); },
        [this](const LockHold& request, LockMeeting meeting) { Ask(request, meeting); });
    ForEachWindow(
        asked_, object_.holds.definite, slack_ns_,
        [this](const LockHold& request) { return FoundNobody(request); },
        [this](const LockHold& request, LockMeeting meeting) { JudgeNobody(request, meeting); });
    CountEnds();
  }

 private:
  bool Returned(const LockHold& request) const {
    return history_.operations[request.operation].outcome == Outcome::kReturned;
  }

  bool Over(const LockHold& hold, std::uint64_t ns) const {
    return hold.until_ns != kNever && hold.until_ns + slack_ns_ < ns;
  }

  // A handle that is open for one end only takes no lock of the other mode (fcntl() [EBADF]);
  // flock() does not care.
  void JudgeAccess(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    const Effect effect = history_.effect(op);
    const Call& call = history_.calls[op.call];
    if (Opens(effect) && op.succeeded()) {
      access_[{op.worker, op.handle}] = effect;
    } else if (Duplicates(effect) && op.succeeded()) {
      access_[{op.worker, op.handle}] =
          access_[{op.worker, static_cast<std::uint16_t>(op.argument)}];
    } else if (effect == Effect::kLock && access_.contains({op.worker, op.handle})) {
      const Effect access = access_[{op.worker, op.handle}];
      const bool whole = call.lock == LockKind::kWhole;
      const bool unfit =
          !whole && access == (call.exclusive ? Effect::kOpenRead : Effect::kOpenWrite);
      const bool none = !whole && !LockRequests::Sound(op);
      JudgeCode(id, unfit, none);
    }
  }

  void JudgeCode(std::uint32_t id, bool unfit, bool none) {
    const Operation& op = history_.operations[id];
    Tally& tally = tallies_.at(Clause::kTryUnchecked);
    tally.AddChances(unfit || none ? 1 : 0);
    if (unfit && op.system_error == 0) {
      tally.Break("a lock was given by a handle that is not open for it", {id});
    } else if (none && op.system_error == 0) {
      tally.Break("a lock was given on bytes before the file's first", {id});
    } else if ((!unfit && op.failed_with(EBADF)) || (!none && op.failed_with(EINVAL))) {
      tally.Break("a lock was refused as if the handle or the range were none", {id});
    }
  }

  // The hold may be the one that F_GETLK told of.
  static bool IsTold(const LockHold& hold, const LockHolder& told) {
    const bool named = hold.owner.kind == LockKind::kProcess && hold.owner.description != kChild;
    return named == told.worker.has_value() && hold.exclusive == told.exclusive &&
           (!named || hold.owner.worker == *told.worker);
  }

  void Ask(const LockHold& request, LockMeeting meeting) {
    const Operation& op = history_.operations[request.operation];
    if (request.owner.kind == LockKind::kNone || !LockRequests::Sound(op)) return;
    const auto excludes = [&](const LockHold* hold) { return hold->Excludes(request); };
    if (history_.effect(op) == Effect::kQueryLock) {
      if (op.system_error != 0) return;
      tallies_.at(Clause::kQueryWrong).AddChances(1);
      const auto told = UnpackHolder(op.result);
      const auto is_told = [&](const LockHold* hold) {
        return excludes(hold) && IsTold(*hold, *told);
      };
      if (told && std::ranges::none_of(meeting, is_told)) BreakQuery(request, *told);
    } else if (op.nonblocking) {
      CountTry(request, op, meeting);
      if (Refused(op) && std::ranges::none_of(meeting, excludes)) BreakTry(request);
    }
  }

  void CountTry(const LockHold& request, const Operation& op, LockMeeting meeting) {
    const bool child = request.owner.description == kChild;
    tallies_.at(child ? Clause::kInheritedLock : Clause::kLockRefused).AddChances(1);
    for (const LockHold* hold : meeting) {
      if (hold->owner == request.owner || !hold->bytes.Meets(request.bytes)) continue;
      if (!Meet(hold->owner.kind, request.owner.kind)) {
        tallies_.at(Clause::kOtherKindRefused).AddChances(1);
      } else if (!hold->exclusive && !request.exclusive && op.succeeded()) {
        tallies_.at(Clause::kSharedRefused).AddChances(1);
      }
    }
  }

  // The call says that nobody was in the way.
  bool FoundNobody(const LockHold& request) const {
    const Operation& op = history_.operations[request.operation];
    if (request.owner.kind == LockKind::kNone || !LockRequests::Sound(op)) return false;
    const Effect effect = history_.effect(op);
    const bool visits = request.owner.description == kChild;
    return op.succeeded() && (visits || (effect == Effect::kQueryLock && op.result == 0));
  }

  // That needs an instant at which nobody certainly was: who was there all along contradicts it.
  void JudgeNobody(const LockHold& request, LockMeeting meeting) {
    for (const LockHold* hold : meeting) {
      const bool before = hold->from_ns + slack_ns_ < request.from_ns;
      const bool behind = hold->until_ns == kNever || hold->until_ns > request.until_ns + slack_ns_;
      if (!before || !behind || !hold->Excludes(request)) continue;
      const bool child = request.owner.description == kChild;
      tallies_.at(child ? Clause::kInheritedLock : Clause::kQueryWrong)
          .Break(fmt::format("{} was said not to be there", TextOf(*hold)),
                 Witness(history_, {hold->operation, request.operation}));
      return;
    }
  }

  void BreakQuery(const LockHold& request, const LockHolder& told) {
    tallies_.at(Clause::kQueryWrong)
        .Break(fmt::format("{} was said to be in the way, who can have held no such lock",
                           told.worker ? fmt::format("worker {}", *told.worker) : "a description"),
               {request.operation});
  }

  // Nobody can have been in the way.
  void BreakTry(const LockHold& request) {
    const LockHold* ghost = GhostOf(request);
    const Clause clause = ghost != nullptr       ? BlameOf(*ghost, request)
                          : Interrupted(request) ? Clause::kInterruptedEffect
                                                 : Clause::kLockRefused;
    Tally& tally = tallies_.at(clause);
    if (ghost == nullptr) {
      tally.Break(
          fmt::format("{} was refused, though nobody can have been in its way", TextOf(request)),
          {request.operation});
    } else {
      tally.Break(
          fmt::format("{} was refused, as if {} were in its way", TextOf(request), TextOf(*ghost)),
          Witness(history_, {ghost->operation, ghost->ended_by, request.operation}));
    }
  }

  // What was in the way last, or is no hindrance by its mode or kind.
  const LockHold* GhostOf(const LockHold& request) const {
    const LockHold* ghost = nullptr;
    for (const LockHold& hold : object_.holds.possible) {
      if (hold.from_ns > request.until_ns + slack_ns_) break;
      if (!hold.bytes.Meets(request.bytes)) continue;
      const bool own = hold.owner == request.owner;
      // One that is over can be in the way by its mode only, and whoever held the bytes against it
      // since shows that it is over indeed.
      if (ghost != nullptr && (ghost->exclusive || hold.exclusive) && ghost->owner != hold.owner &&
          Over(*ghost, hold.from_ns)) {
        ghost = nullptr;
      }
      if (own || (Over(hold, request.from_ns) && !hold.Excludes(request))) continue;
      if (ghost == nullptr || hold.until_ns >= ghost->until_ns) ghost = &hold;
    }
    return ghost;
  }

  Clause BlameOf(const LockHold& ghost, const LockHold& request) const {
    if (!Over(ghost, request.from_ns)) {
      if (!Meet(ghost.owner.kind, request.owner.kind)) return Clause::kOtherKindRefused;
      return Clause::kSharedRefused;
    }
    switch (ghost.end) {
      case LockEnd::kDeath:
        return Clause::kHeldAfterDeath;
      case LockEnd::kClose:
        return Clause::kHeldAfterClose;
      case LockEnd::kFailedConversion:
        return Clause::kHeldAfterFailure;
      default:
        return Interrupted(request) ? Clause::kInterruptedEffect : Clause::kLockRefused;
    }
  }

  // Somebody's request that a signal had ended, and who has asked for nothing since, may have been
  // granted all the same.
  bool Interrupted(const LockHold& request) const {
    std::map<LockOwner, const LockHold*> latest;
    for (const LockHold& earlier : asked_) {
      if (earlier.from_ns >= request.from_ns) break;
      if (Returned(earlier)) latest[earlier.owner] = &earlier;
    }
    return std::ranges::any_of(latest, [&](const auto& entry) {
      return entry.second->Excludes(request) &&
             history_.operations[entry.second->operation].failed_with(EINTR);
    });
  }

  // Deaths, closes, failures and interruptions after which somebody asked for the same bytes.
  void CountEnds() {
    for (const LockHold& hold : object_.holds.possible) {
      const Clause clause = hold.end == LockEnd::kDeath              ? Clause::kHeldAfterDeath
                            : hold.end == LockEnd::kClose            ? Clause::kHeldAfterClose
                            : hold.end == LockEnd::kFailedConversion ? Clause::kHeldAfterFailure
                                                                     : Clause::kCount;
      if (clause != Clause::kCount && AskedAfter(hold)) tallies_.at(clause).AddChances(1);
    }
    for (const LockHold& request : asked_) {
      const Operation& op = history_.operations[request.operation];
      if (op.failed_with(EINTR) && AskedAfter(request)) {
        tallies_.at(Clause::kInterruptedEffect).AddChances(1);
      }
    }
  }

  bool AskedAfter(const LockHold& hold) const {
    if (hold.until_ns == kNever) return false;
    const auto later = std::ranges::upper_bound(asked_, hold.until_ns, {}, &LockHold::from_ns);
    const auto end = asked_.end() - later > static_cast<std::ptrdiff_t>(kLaterRequests)
                         ? later + kLaterRequests
                         : asked_.end();
    return std::any_of(later, end, [&](const LockHold& request) {
      const bool tries = history_.operations[request.operation].nonblocking;
      return tries && Returned(request) && hold.Excludes(request);
    });
  }

  const History& history_;
  const std::uint64_t slack_ns_;
  const LockObject& object_;
  const std::span<const LockHold> asked_;
  std::map<Clause, Tally>& tallies_;
  std::map<std::pair<std::uint16_t, std::uint16_t>, Effect> access_;
};

void JudgeTries(const LockView& view, std::vector<Judgement>& judgements) {
  std::map<Clause, Tally> tallies;
  for (const Clause clause : kClauses) tallies.emplace(clause, Tally(clause));
  for (const LockObject& object : view.objects()) TryJudge(view, object, tallies).Judge();
  for (const Clause clause : kClauses) tallies.at(clause).Report(judgements);
}

const CheckerRegistration kRegistration({.name = "lock_tries",
                                         .oracle = "O-CODE",
                                         .clauses = kClauses,
                                         .judge = JudgeLocksAlone<JudgeTries>,
                                         .judge_locks = JudgeTries});

}  // namespace
}  // namespace parley

// O-LIFE of queues that are removed while they are used: everybody who sleeps in one is told so,
// every later call on it fails, nothing reaches one that is made later; and as long as nobody
// removes it, it is there.
//
// Of free histories only the first queue is judged, and those who had found it before anybody
// removed it: of others it is not known which one they found.
//
// Source: POSIX.1-2024 msgctl() IPC_RMID, msgsnd(), msgrcv() [EIDRM, EINVAL], msgget() [ENOENT].
// Time O(n log n), memory O(n) for n operations.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <utility>

#include "src/check/checker.h"
#include "src/check/hang_sleepers.h"
#include "src/check/removal.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kUsedAfterRemoval, Clause::kStaleHandle, Clause::kNameGone,
                                 Clause::kKeyMisled};

class FreeRemoval {
 public:
  FreeRemoval(const History& history, std::uint8_t object, RemovalTallies& tallies)
      : history_(history), object_(object), tallies_(tallies) {}

  void Judge() {
    for (const Operation& op : history_.operations) {
      if (op.object == object_) Note(op);
    }
    for (const Operation& op : history_.operations) {
      const bool opened = op.object == object_ && Opens(history_.effect(op)) && op.succeeded() &&
                          Late(op.returned_ns) < removing_ns_;
      if (opened) early_.emplace(op.worker, op.handle);
    }
    for (std::uint32_t id = 0; id < history_.operations.size(); ++id) {
      if (history_.operations[id].object == object_) JudgeCall(id);
    }
    for (const Sleepers& group : FindSleepers(history_)) {
      for (const Sleeper& sleeper : group.sleepers) JudgeSleeper(group, sleeper.id);
    }
  }

 private:
  std::uint64_t Late(std::uint64_t ns) const {
    return ns == kNever ? kNever : ns + history_.header.clock_slack_ns;
  }

  void Note(const Operation& op) {
    const Effect effect = history_.effect(op);
    if (effect == Effect::kRemoveObject && op.system_error == 0) {
      removing_ns_ = std::min(removing_ns_, op.invoked_ns);
      if (op.succeeded()) removed_ns_ = std::min(removed_ns_, Late(op.returned_ns));
    }
    const bool makes = effect == Effect::kMakeName || MayCreate(history_, op);
    if (!makes || op.system_error != 0) return;
    if (op.succeeded()) made_ns_ = std::min(made_ns_, Late(op.returned_ns));
    made_last_ns_ = std::max(made_last_ns_, op.invoked_ns);
  }

  void JudgeCall(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    if (op.outcome != Outcome::kReturned) return;
    const Effect effect = history_.effect(op);
    if (Opens(effect) || effect == Effect::kQueryName) return JudgeKey(id, op);
    const std::pair handle(op.worker, op.handle);
    if (effect == Effect::kClose && op.succeeded()) given_up_.insert(handle);
    if (!IsOnQueue(history_, op) || !early_.contains(handle) || given_up_.contains(handle)) return;
    if (Late(op.returned_ns) < removing_ns_) {
      tallies_.gone.AddChances(1);
      if (SaysRemoved(history_, op)) {
        tallies_.gone.Break("a call was told that its queue is gone, and nobody has removed it",
                            {id});
      }
    } else if (op.invoked_ns > removed_ns_) {
      const bool later = made_last_ns_ > removing_ns_;
      Tally& tally = later ? tallies_.stale : tallies_.used;
      tally.AddChances(1);
      if (op.failed_with(EINVAL) || op.failed_with(EIDRM)) return;
      tally.Break(fmt::format("a call on a queue that was removed {}",
                              op.system_error == 0 ? "succeeded" : "was answered otherwise"),
                  {id});
    }
  }

  // As long as nobody removes it the key leads to the queue, and to no other.
  void JudgeKey(std::uint32_t id, const Operation& op) {
    if (op.invoked_ns <= made_ns_ || Late(op.returned_ns) >= removing_ns_) return;
    const bool unrelated = history_.workers[op.worker].topology == Topology::kUnrelated;
    tallies_.gone.AddChances(unrelated ? 0 : 1);
    if (op.failed_with(ENOENT) && !unrelated) {
      tallies_.gone.Break("a queue was not found by its key, and nobody has removed it", {id});
    }
    if (history_.effect(op) != Effect::kQueryName || !op.succeeded()) return;
    tallies_.key.AddChances(1);
    if (op.result != 0) tallies_.key.Break("one key leads to two queues", {id});
  }

  void JudgeSleeper(const Sleepers& group, std::uint32_t id) {
    const Operation& op = history_.operations[id];
    if (op.object != object_ || !early_.contains({op.worker, op.handle})) return;
    if (group.instant_ns <= removed_ns_) return;
    const std::string reason =
        fmt::format("worker {} sleeps in a queue that was removed", op.worker);
    if (group.proven && history_.header.complete) {
      tallies_.used.Break(reason, {id});
    } else {
      tallies_.used.Doubt(reason + ", but that was not seen for certain", {id});
    }
  }

  const History& history_;
  const std::uint8_t object_;
  RemovalTallies& tallies_;
  std::uint64_t removing_ns_ = kNever;  // the first time that it may have been removed
  std::uint64_t removed_ns_ = kNever;   // and that it certainly was
  std::uint64_t made_ns_ = kNever;      // the first time that it was certainly there
  std::uint64_t made_last_ns_ = 0;
  // Workers and their handles, found before anybody removed it.
  std::set<std::pair<std::uint16_t, std::uint16_t>> early_;
  // Of those, the ones that lead nowhere any more: a worker's calls are in their order.
  std::set<std::pair<std::uint16_t, std::uint16_t>> given_up_;
};

void JudgeRemovals(const History& history, std::vector<Judgement>& judgements) {
  if (!SelectsByClass(history) || history.header.family != Family::kMessages) return;
  RemovalTallies tallies;
  for (const std::uint8_t object : ObjectsOf(history)) {
    if (history.header.mode != "stepped") {
      FreeRemoval(history, object, tallies).Judge();
    } else if (history.header.complete) {
      JudgeRemovalSteps(history, object, tallies);
    }
  }
  for (const Tally* tally : {&tallies.used, &tallies.stale, &tallies.gone, &tallies.key}) {
    tally->Report(judgements);
  }
}

const CheckerRegistration kRegistration({.name = "message_removal",
                                         .oracle = "O-LIFE",
                                         .clauses = kClauses,
                                         .judge = JudgeRemovals,
                                         .family = Family::kMessages});

}  // namespace

bool IsOnQueue(const History& history, const Operation& op) {
  switch (history.effect(op)) {
    case Effect::kPut:
    case Effect::kTake:
    case Effect::kPeek:
    case Effect::kResize:
    case Effect::kQueryCapacity:
    case Effect::kQueryUnread:
    case Effect::kRemoveObject:
      return true;
    default:
      return false;
  }
}

bool SaysRemoved(const History& history, const Operation& op) {
  const Effect effect = history.effect(op);
  const bool refusable = effect == Effect::kPut || effect == Effect::kPeek;
  return op.failed_with(EIDRM) || (op.failed_with(EINVAL) && !refusable);
}

bool MayCreate(const History& history, const Operation& op) {
  return Opens(history.effect(op)) && history.calls[op.call].name.ends_with("_create");
}

}  // namespace parley

// O-MODEL of messages that are selected by class: after each step of a stepped history some order
// of the calls that returned in it explains what they returned, and nobody sleeps who could go on.
//
// Source: POSIX.1-2024 msgsnd(), msgrcv(), msgctl(); msgop(2) (Linux).  Cost: queue_frontier.h.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "src/check/checker.h"
#include "src/check/messages.h"
#include "src/check/queue_frontier.h"
#include "src/check/queue_handles.h"
#include "src/check/tally.h"
#include "src/model/stepped_view.h"

namespace parley {
namespace {

constexpr std::array kClauses = {
    Clause::kClassOrder,     Clause::kRealTimeOrder,  Clause::kOrderWithinClass,
    Clause::kWrongAddressee, Clause::kOrderOfOthers,  Clause::kTruncatedWrongly,
    Clause::kWrongCopy,      Clause::kUnavailable,    Clause::kRefusedWithRoom,
    Clause::kOverfull,       Clause::kReceiverAsleep, Clause::kMatchingAsleep,
    Clause::kSenderAsleep,   Clause::kLimitUnchecked, Clause::kStatusWrong,
};

class ModelJudge {
 public:
  ModelJudge(const Messages& view, std::map<Clause, Tally>& tallies)
      : view_(view), history_(view.history()), handles_(view.history()), tallies_(tallies) {}

  void Judge(const model::SteppedView& steps) {
    for (const model::Step& step : steps.steps()) {
      after_all_ = after_all_ || IsAfterAll(step);
      killed_.clear();
      for (const model::Cause& cause : step.causes) Begin(cause);
      std::map<std::uint32_t, std::vector<std::uint32_t>> returned;  // by queue
      for (const std::uint32_t id : step.returned) {
        const Operation& op = view_.operation(id);
        inside_.erase(op.worker);
        const std::uint32_t queue = handles_.Of(op);
        if (queue != 0 && !handles_.Removed(queue)) returned[queue].push_back(id);
        CountChance(op);
      }
      for (auto& [queue, frontier] : FrontiersOf(returned)) Advance(queue, *frontier, returned);
      for (const std::uint32_t id : step.returned) handles_.Return(view_.operation(id));
    }
  }

 private:
  using Frontiers = std::map<std::uint32_t, QueueFrontier>;

  // The maker takes what is left: whoever still sleeps on record has been ended.
  bool IsAfterAll(const model::Step& step) const {
    return step.number > 0 && std::ranges::any_of(step.causes, [&](const model::Cause& cause) {
             return history_.workers[cause.worker].role == kMakerRole;
           });
  }

  void Begin(const model::Cause& cause) {
    if (cause.kind == model::CauseKind::kCall) {
      inside_[cause.worker] = cause.operation;
    } else if (cause.kind == model::CauseKind::kKill && inside_.contains(cause.worker)) {
      killed_.push_back(inside_[cause.worker]);
      inside_.erase(cause.worker);
    }
  }

  // Those in which something may have changed, made where it is their first step.
  std::map<std::uint32_t, QueueFrontier*> FrontiersOf(
      const std::map<std::uint32_t, std::vector<std::uint32_t>>& returned) {
    for (const auto& [queue, ids] : returned) AddFrontier(queue);
    for (const auto& [worker, id] : inside_) AddFrontier(handles_.Of(view_.operation(id)));
    std::map<std::uint32_t, QueueFrontier*> frontiers;
    for (auto& [queue, frontier] : frontiers_) {
      if (!lost_track_.contains(queue) && !handles_.Removed(queue)) frontiers[queue] = &frontier;
    }
    return frontiers;
  }

  // How much one that was made later may hold is not on record.
  void AddFrontier(std::uint32_t queue) {
    if (queue == 0 || frontiers_.contains(queue)) return;
    const bool first = queue == 1;
    const HistoryHeader& header = history_.header;
    frontiers_.emplace(queue, QueueFrontier(view_, first ? header.capacity_bytes : 0,
                                            first ? header.capacity_messages : 0));
  }

  void Advance(std::uint32_t queue, QueueFrontier& frontier,
               const std::map<std::uint32_t, std::vector<std::uint32_t>>& returned) {
    const auto found = returned.find(queue);
    const auto ids =
        found != returned.end() ? std::span(found->second) : std::span<const std::uint32_t>();
    std::vector<std::uint32_t> inside;
    std::vector<std::uint32_t> killed;
    for (const auto& [worker, id] : inside_) {
      if (handles_.Of(view_.operation(id)) == queue) inside.push_back(id);
    }
    for (const std::uint32_t id : killed_) {
      if (handles_.Of(view_.operation(id)) == queue) killed.push_back(id);
    }
    for (const std::uint32_t id : ids) {
      const Operation& op = view_.operation(id);
      const bool chooses =
          history_.effect(op) == Effect::kTake && op.succeeded() && frontier.HasSeveral();
      if (chooses) tallies_.at(frontier.OrderClause(op)).AddChances(1);
    }
    auto breach = frontier.Advance(ids, killed);
    if (!breach && !after_all_) breach = frontier.JudgeSleepers(inside);
    if (!breach) return;
    lost_track_.insert(queue);
    if (breach->clause == Clause::kCount) return;
    tallies_.at(breach->clause)
        .Break(fmt::format("step {}: {}", StepAt(StepOf(breach->operation)), breach->reason),
               {breach->operation});
  }

  // The time at which it returned, or began when it sleeps.
  std::uint64_t StepOf(std::uint32_t id) const {
    const Operation& op = view_.operation(id);
    return op.outcome == Outcome::kReturned ? op.returned_ns : op.invoked_ns;
  }

  void CountChance(const Operation& op) {
    const Effect effect = history_.effect(op);
    const bool slept = StepAt(op.returned_ns) > StepAt(op.invoked_ns);
    const auto add = [&](Clause clause, bool chance) {
      tallies_.at(clause).AddChances(chance ? 1 : 0);
    };
    add(Clause::kWrongCopy, effect == Effect::kPeek && op.succeeded());
    add(Clause::kStatusWrong, effect == Effect::kQueryUnread && op.succeeded());
    add(Clause::kLimitUnchecked, effect == Effect::kQueryCapacity && op.succeeded());
    add(Clause::kTruncatedWrongly, effect == Effect::kTake && op.failed_with(E2BIG));
    if (!slept || !op.succeeded()) return;
    add(Clause::kSenderAsleep, effect == Effect::kPut);
    if (effect != Effect::kTake) return;
    const bool any = SelectionOf(history_, op).select == Selector::kAny;
    add(any ? Clause::kReceiverAsleep : Clause::kMatchingAsleep, true);
  }

  const Messages& view_;
  const History& history_;
  QueueHandles handles_;
  std::map<Clause, Tally>& tallies_;
  Frontiers frontiers_;
  std::set<std::uint32_t> lost_track_;
  std::map<std::uint16_t, std::uint32_t> inside_;  // by worker
  std::vector<std::uint32_t> killed_;              // in the step at hand
  bool after_all_ = false;
};

void JudgeModel(const History& history, std::vector<Judgement>& judgements) {
  if (history.header.mode != "stepped" || !history.header.complete) return;
  if (!SelectsByClass(history)) return;
  std::map<Clause, Tally> tallies;
  for (const Clause clause : kClauses) tallies.emplace(clause, Tally(clause));
  for (const std::uint8_t object : ObjectsOf(history)) {
    const Messages view(history, object);
    ModelJudge(view, tallies).Judge(model::SteppedView(history, object));
  }
  for (const Clause clause : kClauses) tallies.at(clause).Report(judgements);
}

const CheckerRegistration kRegistration({.name = "message_model",
                                         .oracle = "O-MODEL",
                                         .clauses = kClauses,
                                         .judge = JudgeModel,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley

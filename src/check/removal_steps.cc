#include <fmt/format.h>

#include <cerrno>
#include <map>
#include <optional>
#include <string>

#include "src/check/queue_handles.h"
#include "src/check/removal.h"
#include "src/model/stepped_view.h"

namespace parley {
namespace {

class RemovalSteps {
 public:
  RemovalSteps(const History& history, RemovalTallies& tallies)
      : history_(history), handles_(history), tallies_(tallies) {}

  void Judge(const model::SteppedView& view) {
    for (const model::Step& step : view.steps()) {
      after_all_ = after_all_ || IsAfterAll(step);
      for (const model::Cause& cause : step.causes) {
        if (!Begin(cause)) return;
      }
      removed_now_ = RemovedIn(step);
      for (const std::uint32_t id : step.returned) Return(id);
      for (const std::uint32_t id : step.returned) Note(id);
      if (!after_all_) JudgeSleepers(step);
    }
  }

 private:
  // The maker takes what is left: whoever still sleeps on record has been ended.
  bool IsAfterAll(const model::Step& step) const {
    for (const model::Cause& cause : step.causes) {
      if (step.number > 0 && history_.workers[cause.worker].role == kMakerRole) return true;
    }
    return false;
  }

  // The queue that is removed in the step; 0: none.  Those who slept in it return with EIDRM.
  std::uint32_t RemovedIn(const model::Step& step) const {
    for (const std::uint32_t id : step.returned) {
      const Operation& op = history_.operations[id];
      if (history_.effect(op) == Effect::kRemoveObject && op.succeeded()) return handles_.Of(op);
    }
    return 0;
  }

  // False when it is not known any more what there is: a call on the key was cut off.
  bool Begin(const model::Cause& cause) {
    if (cause.kind == model::CauseKind::kCall) inside_[cause.worker] = cause.operation;
    if (cause.kind != model::CauseKind::kKill || !inside_.contains(cause.worker)) return true;
    const Effect effect = history_.effect(history_.operations[inside_[cause.worker]]);
    inside_.erase(cause.worker);
    return effect != Effect::kMakeName && effect != Effect::kRemoveObject;
  }

  void Return(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    inside_.erase(op.worker);
    const Effect effect = history_.effect(op);
    if (Opens(effect)) return JudgeOpen(id, op);
    if (effect == Effect::kQueryName) return JudgeKey(id, op);
    const std::uint32_t queue = handles_.Of(op);
    if (queue == 0 || !IsOnQueue(history_, op)) return;
    if (!handles_.Removed(queue)) {
      if (removed_now_ == queue) return JudgeWoken(id, op);
      tallies_.gone.AddChances(1);
      if (SaysRemoved(history_, op)) {
        tallies_.gone.Break(Text(op) + ", and nobody has removed it", {id});
      }
      return;
    }
    // One that slept in it has nothing to do with what was made later.
    const Operation& removal = history_.operations[*removed_by_];
    const bool later = handles_.count() > queue && op.invoked_ns > removal.returned_ns;
    Tally& tally = later ? tallies_.stale : tallies_.used;
    tally.AddChances(1);
    if (op.failed_with(EINVAL) || op.failed_with(EIDRM)) return;
    tally.Break(fmt::format("a call on a queue that was removed {}{}",
                            op.system_error == 0 ? "succeeded" : "was answered otherwise",
                            later ? ", and its key leads to another one" : ""),
                {*removed_by_, id});
  }

  void JudgeWoken(std::uint32_t id, const Operation& op) {
    if (history_.effect(op) == Effect::kRemoveObject) return;
    tallies_.used.AddChances(1);
    if (op.failed_with(EIDRM) || op.failed_with(EINVAL)) return;
    tallies_.used.Break("a call that slept in a queue when it was removed was answered otherwise",
                        {id});
  }

  // A removal that returns in this step reaches those who return in it.
  void Note(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    if (history_.effect(op) == Effect::kRemoveObject && op.succeeded()) removed_by_ = id;
    handles_.Return(op);
    if (Opens(history_.effect(op)) && op.succeeded()) newest_[op.worker] = handles_.Of(op);
    if (history_.effect(op) == Effect::kClose) newest_.erase(op.worker);
  }

  void JudgeOpen(std::uint32_t id, const Operation& op) {
    if (MayCreate(history_, op)) return;
    if (handles_.named()) {
      tallies_.gone.AddChances(1);
      if (op.failed_with(ENOENT)) {
        tallies_.gone.Break("a queue was not found by its key, and nobody has removed it", {id});
      }
    } else if (removed_by_) {
      tallies_.used.AddChances(1);
      if (op.succeeded()) {
        tallies_.used.Break("a key leads to a queue that was removed", {*removed_by_, id});
      }
    }
  }

  // Whether a key leads to the queue of the worker's newest handle.
  void JudgeKey(std::uint32_t id, const Operation& op) {
    const auto newest = newest_.find(op.worker);
    if (newest == newest_.end() || !op.succeeded() || !handles_.named()) return;
    const bool same = handles_.named() == newest->second;
    Tally& tally = same ? tallies_.key : tallies_.stale;
    tally.AddChances(1);
    if (same == (op.result == 0)) return;
    tally.Break(
        same ? "one key leads to two queues" : "a queue has the identifier of one that was removed",
        {id});
  }

  void JudgeSleepers(const model::Step& step) {
    for (const auto& [worker, id] : inside_) {
      const std::uint32_t queue = handles_.Of(history_.operations[id]);
      if (queue == 0 || !handles_.Removed(queue)) continue;
      tallies_.used.Break(
          fmt::format("step {}: a call sleeps in a queue that was removed", step.number),
          {*removed_by_, id});
    }
  }

  static std::string Text(const Operation& op) {
    return fmt::format("a call was told ({}) that its queue was removed",
                       op.failed_with(EIDRM) ? "EIDRM" : "EINVAL");
  }

  const History& history_;
  QueueHandles handles_;
  RemovalTallies& tallies_;
  std::map<std::uint16_t, std::uint32_t> inside_;  // by worker
  std::map<std::uint16_t, std::uint32_t> newest_;  // worker: the queue of its newest handle
  std::optional<std::uint32_t> removed_by_;        // the last removal
  bool after_all_ = false;
  std::uint32_t removed_now_ = 0;  // the queue that this step removes
};

}  // namespace

void JudgeRemovalSteps(const History& history, std::uint8_t object, RemovalTallies& tallies) {
  RemovalSteps(history, tallies).Judge(model::SteppedView(history, object));
}

}  // namespace parley

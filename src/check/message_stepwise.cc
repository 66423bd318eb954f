// O-MODEL of messages: after each step of a stepped history nobody sleeps who could go on or whose
// time has come, and a signal has done to a sleeper what its handler's SA_RESTART says.
//
// Between two steps everybody sleeps or is between calls, so that the number of messages in the
// queue is known exactly: sends that returned less receives that did.  What receives give is judged
// by the checkers of free histories, for which logical time is as good as any.
//
// Source: POSIX.1-2024 mq_send(), mq_receive(); signal(7) "Interruption of system calls" (Linux).
// Time O(n log n), memory O(n).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>

#include "src/check/checker.h"
#include "src/check/messages.h"
#include "src/check/restarts.h"
#include "src/check/tally.h"
#include "src/model/stepped_view.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kReceiverAsleep, Clause::kSenderAsleep,
                                 Clause::kRestartedWrongly, Clause::kDeadlineWrong};

struct Tallies {
  Tally receiver{Clause::kReceiverAsleep};
  Tally sender{Clause::kSenderAsleep};
  Tally restarted{Clause::kRestartedWrongly};
  Tally deadline{Clause::kDeadlineWrong};
};

class StepJudge {
 public:
  StepJudge(const History& history, Tallies& tallies) : history_(history), tallies_(tallies) {}

  void Judge(const model::SteppedView& view) {
    for (const model::Step& step : view.steps()) {
      if (IsAfterAll(step)) return;
      for (const model::Cause& cause : step.causes) Begin(cause);
      for (const std::uint32_t id : step.returned) Return(id);
      JudgeRestarts(history_, step, inside_, tallies_.restarted);
      JudgeSleepers(step);
    }
  }

 private:
  // The maker takes what is left: whoever still sleeps on record has been ended.
  bool IsAfterAll(const model::Step& step) const {
    return step.number > 0 && std::ranges::any_of(step.causes, [&](const model::Cause& cause) {
             return history_.workers[cause.worker].role == kMakerRole;
           });
  }

  static bool Moves(Effect effect) { return effect == Effect::kPut || effect == Effect::kTake; }

  void Begin(const model::Cause& cause) {
    if (cause.kind == model::CauseKind::kKill) {
      inside_.erase(cause.worker);
    } else if (cause.kind == model::CauseKind::kCall &&
               Moves(history_.effect(history_.operations[cause.operation]))) {
      inside_[cause.worker] = cause.operation;
    }
  }

  void Return(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    const Effect effect = history_.effect(op);
    if (!Moves(effect)) return;
    inside_.erase(op.worker);
    // It expired in the step in which it fell asleep, when nobody else did anything.
    if (op.failed_with(ETIMEDOUT) && history_.calls[op.call].deadline == Deadline::kNear) {
      tallies_.deadline.AddChances(1);
    }
    if (!op.succeeded()) return;
    content_ += effect == Effect::kPut ? 1 : -1;
    // It had slept: somebody woke it.
    if (StepAt(op.returned_ns) > StepAt(op.invoked_ns)) {
      (effect == Effect::kPut ? tallies_.sender : tallies_.receiver).AddChances(1);
    }
  }

  // What receives that select by class may find is message_model's affair.
  void JudgeSleepers(const model::Step& step) {
    if (SelectsByClass(history_)) return;
    const auto capacity = static_cast<std::int64_t>(history_.header.capacity_messages);
    for (const auto& [worker, id] : inside_) {
      const Operation& op = history_.operations[id];
      const Deadline deadline = history_.calls[op.call].deadline;
      if (deadline == Deadline::kPast || deadline == Deadline::kInvalid) {
        tallies_.deadline.Break(
            fmt::format("step {}: a call sleeps, though the time to which it may has passed or is "
                        "none",
                        step.number),
            {id});
      } else if (deadline == Deadline::kNear) {
        tallies_.deadline.Break(
            fmt::format("step {}: a call sleeps on, though its time has come", step.number), {id});
      } else if (history_.effect(op) == Effect::kTake) {
        if (content_ <= 0) continue;
        tallies_.receiver.Break(
            fmt::format("step {}: a receive sleeps with {} messages there", step.number, content_),
            {id});
      } else if (capacity > 0 && content_ < capacity) {
        tallies_.sender.Break(
            fmt::format("step {}: a send sleeps with {} messages in a queue for {}", step.number,
                        content_, capacity),
            {id});
      }
    }
  }

  const History& history_;
  Tallies& tallies_;
  std::map<std::uint16_t, std::uint32_t> inside_;  // calls that move messages, by worker
  std::int64_t content_ = 0;
};

void JudgeStepwise(const History& history, std::vector<Judgement>& judgements) {
  if (history.header.mode != "stepped" || !history.header.complete) return;
  Tallies tallies;
  for (const std::uint8_t object : ObjectsOf(history)) {
    if (!Messages(history, object).one_queue()) continue;
    StepJudge(history, tallies).Judge(model::SteppedView(history, object));
  }
  for (const Tally* tally :
       {&tallies.receiver, &tallies.sender, &tallies.restarted, &tallies.deadline}) {
    tally->Report(judgements);
  }
}

const CheckerRegistration kRegistration({.name = "message_stepwise",
                                         .oracle = "O-MODEL",
                                         .clauses = kClauses,
                                         .judge = JudgeStepwise,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley

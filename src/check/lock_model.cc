// O-MODEL of locks, exact: each step of a stepped history is one that Linux's table of locks
// explains: who is given a lock, refused, told of a deadlock or left asleep, and who is named as
// the one in the way.
//
// What it does not explain is a deviation, unless it breaks a promise: that the other checkers of
// locks say, and they are asked only then.  Nothing judges what follows.
//
// Time O(s t) for s steps as long as few are woken at a time (lock_frontier.h), memory O(n).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include "src/check/checker.h"
#include "src/check/lock_frontier.h"
#include "src/check/lock_view.h"
#include "src/check/tally.h"
#include "src/model/stepped_view.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kModelDeviation};

using What = LockAction::What;

class ModelJudge {
 public:
  ModelJudge(const LockView& view, const LockObject& object, Tally& tally)
      : view_(view),
        history_(view.history()),
        object_(object),
        tally_(tally),
        frontier_(history_) {}

  void Judge(const model::SteppedView& steps) {
    for (const model::Step& step : steps.steps()) {
      actions_.clear();
      returned_.clear();
      for (const model::Cause& cause : step.causes) Begin(step, cause);
      for (const std::uint32_t id : step.returned) Return(id);
      const auto outcome = frontier_.Advance(step.number, actions_, returned_);
      if (outcome == LockFrontier::Result::kUnexplained) Deviate(step);
      if (outcome != LockFrontier::Result::kExplained) return;
      tally_.AddChances(1);
    }
  }

 private:
  void Begin(const model::Step& step, const model::Cause& cause) {
    switch (cause.kind) {
      case model::CauseKind::kCall:
        BeginCall(cause.operation);
        break;
      case model::CauseKind::kKill:
        Die(cause.worker);
        break;
      case model::CauseKind::kSignal:
      case model::CauseKind::kSignalRestart:
        Interrupt(step, cause);
        break;
    }
  }

  void BeginCall(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    const Effect effect = history_.effect(op);
    if (MakesHandle(effect) && op.succeeded()) {
      handles_.Make(op, effect);
    } else if (effect == Effect::kClose) {
      Close(op);
    } else if (history_.calls[op.call].lock != LockKind::kNone) {
      AskFor(id);
    }
  }

  // Where it fails otherwise, it has not come to the table: its handle or its range is none.
  void AskFor(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    const bool answered = op.outcome != Outcome::kReturned || op.system_error == 0 ||
                          op.failed_with(EAGAIN) || op.failed_with(EDEADLK) ||
                          op.failed_with(EINTR);
    const LockOwner owner = object_.requests.OwnerOf(id);
    if (!answered || owner.kind == LockKind::kNone || !LockRequests::Sound(op)) return;
    switch (history_.effect(op)) {
      case Effect::kUnlock:
        Add(What::kUnlock, id);
        break;
      case Effect::kQueryLock:
        Add(What::kQuery, id);
        break;
      case Effect::kLockInChild:
        Add(owner.description == kChild ? What::kVisit : What::kTry, id);
        break;
      default:
        Add(op.nonblocking ? What::kTry : What::kAsk, id);
        if (!op.nonblocking) inside_[op.worker] = id;
    }
  }

  void Add(What what, std::uint32_t id) {
    const LockHold hold = object_.requests.RequestOf(id);
    actions_.push_back({.what = what,
                        .request = {.owner = hold.owner,
                                    .exclusive = hold.exclusive,
                                    .bytes = hold.bytes,
                                    .operation = id}});
  }

  void GiveBack(LockKind kind, std::uint16_t worker, std::uint16_t description) {
    actions_.push_back(
        {.what = What::kUnlock,
         .request = {.owner = {.kind = kind, .worker = worker, .description = description},
                     .bytes = {}}});
  }

  void GiveBackDescription(std::uint16_t worker, std::uint16_t description) {
    GiveBack(LockKind::kDescription, worker, description);
    GiveBack(LockKind::kWhole, worker, description);
  }

  void Close(const Operation& op) {
    if (op.failed_with(EBADF)) return;
    const auto closed = handles_.Close(op);
    if (!closed) return;
    if (!closed->child) GiveBack(LockKind::kProcess, op.worker, 0);
    if (closed->last) GiveBackDescription(op.worker, closed->description);
  }

  // Its request goes first, its own locks next, then those of descriptions that nobody else has.
  void Die(std::uint16_t worker) {
    const auto asleep = inside_.find(worker);
    if (asleep != inside_.end()) {
      Add(What::kLeave, asleep->second);
      inside_.erase(asleep);
    }
    GiveBack(LockKind::kProcess, worker, 0);
    for (const LockHandles::Open& open : handles_.OpenOf(worker)) {
      if (!open.with_child) {
        GiveBackDescription(worker, open.description);
      } else {
        actions_.push_back(
            {.what = What::kOrphan,
             .request = {.owner = {.worker = worker, .description = open.description},
                         .bytes = {}}});
      }
    }
  }

  void Interrupt(const model::Step& step, const model::Cause& cause) {
    const auto asleep = inside_.find(cause.worker);
    if (asleep == inside_.end()) return;
    const std::uint32_t id = asleep->second;
    Add(What::kLeave, id);
    const Operation& op = history_.operations[id];
    const bool ended = op.failed_with(EINTR) && StepAt(op.returned_ns) == step.number;
    // Whether it had to end is a promise, and lock_stepwise's affair.
    if (!ended) Add(What::kAsk, id);
  }

  void Return(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    if (history_.effect(op) != Effect::kLock) return;
    returned_.push_back(id);
    const auto asleep = inside_.find(op.worker);
    if (asleep != inside_.end() && asleep->second == id) inside_.erase(asleep);
  }

  void Deviate(const model::Step& step) {
    if (tally_.broken() || BreaksAPromise()) return;
    std::string text = fmt::format("step {}: expected:", step.number);
    for (const auto& [id, answer] : frontier_.Predict(actions_)) {
      constexpr std::array kWords = {"granted", "refused", "a deadlock", "asleep"};
      text += CallText(id) + kWords[static_cast<std::size_t>(answer)] + "]";
    }
    text += "; returned:";
    for (const std::uint32_t id : step.returned) {
      const Operation& op = history_.operations[id];
      text += CallText(id) + fmt::format("{} errno {}]", op.result, op.system_error);
    }
    tally_.Break(text, {step.returned.begin(), step.returned.end()});
  }

  std::string CallText(std::uint32_t id) const {
    const Operation& op = history_.operations[id];
    return fmt::format(" [worker {}: {} #{} = ", op.worker, history_.calls[op.call].name, id);
  }

  bool BreaksAPromise() const {
    return std::ranges::any_of(Checkers(), [&](const Checker& checker) {
      if (checker.judge_locks == nullptr || checker.clauses.data() == kClauses.data()) return false;
      std::vector<Judgement> judgements;
      checker.judge_locks(view_, judgements);
      return std::ranges::find(judgements, Verdict::kBroken, &Judgement::verdict) !=
             judgements.end();
    });
  }

  const LockView& view_;
  const History& history_;
  const LockObject& object_;
  Tally& tally_;
  LockFrontier frontier_;
  LockHandles handles_;
  std::map<std::uint16_t, std::uint32_t> inside_;  // calls that wait, by worker
  std::vector<LockAction> actions_;                // of the step at hand
  std::vector<std::uint32_t> returned_;
};

void JudgeModel(const LockView& view, std::vector<Judgement>& judgements) {
  const History& history = view.history();
  if (history.header.mode != "stepped" || !history.header.complete) return;
  Tally tally(Clause::kModelDeviation);
  for (const LockObject& object : view.objects()) {
    ModelJudge(view, object, tally).Judge(model::SteppedView(history, object.number));
  }
  tally.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "lock_model",
                                         .oracle = "O-MODEL",
                                         .clauses = kClauses,
                                         .judge = JudgeLocksAlone<JudgeModel>,
                                         .judge_locks = JudgeModel});

}  // namespace
}  // namespace parley

// O-CODE of messages: a message that is too long, a buffer that is too small, a class that there is
// not and a time that has passed are refused, each with its error, and nothing else is.
//
// Where several reasons to refuse a call come together, any of their errors will do.
//
// Source: POSIX.1-2024 msgsnd() [EINVAL], mq_send(), mq_timedsend() [EMSGSIZE, EINVAL, ETIMEDOUT],
// mq_receive(), mq_timedreceive() [EMSGSIZE, EINVAL, ETIMEDOUT].  Time O(n), memory O(1) for n
// operations.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <set>
#include <string_view>

#include "src/check/checker.h"
#include "src/check/messages.h"
#include "src/check/tally.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kSizeUnchecked, Clause::kClassUnchecked,
                                 Clause::kDeadlineWrong};

struct Tallies {
  Tally size{Clause::kSizeUnchecked};
  Tally klass{Clause::kClassUnchecked};
  Tally deadline{Clause::kDeadlineWrong};
};

class CodeJudge {
 public:
  CodeJudge(const History& history, Tallies& tallies)
      : history_(history), tallies_(tallies), selects_(SelectsByClass(history)) {
    removed_ = std::ranges::any_of(history.operations, [&](const Operation& op) {
      return history.effect(op) == Effect::kRemoveObject;
    });
  }

  void Judge(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    const Effect effect = history_.effect(op);
    if (op.outcome != Outcome::kReturned) return;
    Follow(op, effect);
    if (effect != Effect::kPut && effect != Effect::kTake) return;
    const bool puts = effect == Effect::kPut;
    const Deadline deadline = history_.calls[op.call].deadline;
    const std::uint64_t most = history_.header.message_bytes;
    const bool too_long = puts ? op.requested > most : op.requested < most;
    // A buffer of a queue that selects by class has to hold the message that is selected, not the
    // longest that there may be (message_buffers.cc).
    const bool sized = most > 0 && (puts || !selects_);
    if (sized) JudgeSize(id, op, too_long, puts);
    if (puts && history_.header.class_max > 0) JudgeClass(id, op, sized && too_long, deadline);
    JudgeDeadline(id, op, deadline);
  }

 private:
  // A worker's operations are in the order in which it made them.
  void Follow(const Operation& op, Effect effect) {
    if (op.system_error != 0) return;
    if (MakesHandle(effect)) live_[op.worker].insert(op.handle);
    if (effect == Effect::kClose && live_.contains(op.worker)) live_[op.worker].erase(op.handle);
  }

  // As far as is on record: of whoever has opened nothing, it is not known.
  bool LeadsNowhere(const Operation& op) const {
    const auto handles = live_.find(op.worker);
    return op.handle == 0 || (handles != live_.end() && !handles->second.contains(op.handle));
  }

  void JudgeSize(std::uint32_t id, const Operation& op, bool wrong, bool puts) {
    tallies_.size.AddChances(wrong ? 1 : 0);
    const std::string_view what = puts ? "a message" : "a buffer";
    if (wrong && op.system_error == 0) {
      tallies_.size.Break(fmt::format("{} of {} bytes was taken, where {} are the most", what,
                                      op.requested, history_.header.message_bytes),
                          {id});
    } else if (!wrong && op.failed_with(EMSGSIZE)) {
      tallies_.size.Break(fmt::format("{} of {} bytes was refused, where messages have {}", what,
                                      op.requested, history_.header.message_bytes),
                          {id});
    }
  }

  // EINVAL may also say that the message is too long, that there is no such time, or no such queue.
  void JudgeClass(std::uint32_t id, const Operation& op, bool too_long, Deadline deadline) {
    const std::uint32_t klass = UnpackClass(op.argument).asked;
    const bool wrong = klass > history_.header.class_max || klass < history_.header.class_min;
    const bool otherwise =
        too_long || deadline == Deadline::kInvalid || removed_ || LeadsNowhere(op);
    tallies_.klass.AddChances(wrong ? 1 : 0);
    const auto text = [&](std::string_view what) {
      return fmt::format("a message of class {} was {}, where there are {} to {}", klass, what,
                         history_.header.class_min, history_.header.class_max);
    };
    if (wrong && op.system_error == 0) {
      tallies_.klass.Break(text("taken"), {id});
    } else if (!wrong && op.failed_with(EINVAL) && !otherwise) {
      tallies_.klass.Break(text("refused"), {id});
    }
  }

  // Nothing that need not wait need fail; whether it had to wait is judged by what was in the
  // queue.
  void JudgeDeadline(std::uint32_t id, const Operation& op, Deadline deadline) {
    tallies_.deadline.AddChances(deadline == Deadline::kPast || deadline == Deadline::kInvalid);
    const bool comes = deadline == Deadline::kPast || deadline == Deadline::kNear;
    if (op.failed_with(ETIMEDOUT) && !comes) {
      tallies_.deadline.Break("a call gave up, though its time had not passed", {id});
    }
  }

  const History& history_;
  Tallies& tallies_;
  const bool selects_;
  bool removed_ = false;
  std::map<std::uint16_t, std::set<std::uint16_t>> live_;  // handles by worker
};

void JudgeCodes(const History& history, std::vector<Judgement>& judgements) {
  Tallies tallies;
  CodeJudge judge(history, tallies);
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) judge.Judge(id);
  for (const Tally* tally : {&tallies.size, &tallies.klass, &tallies.deadline}) {
    tally->Report(judgements);
  }
}

const CheckerRegistration kRegistration({.name = "message_codes",
                                         .oracle = "O-CODE",
                                         .clauses = kClauses,
                                         .judge = JudgeCodes,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley

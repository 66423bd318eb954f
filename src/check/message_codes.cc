// O-CODE of messages: a message that is too long, a buffer that is too small, a class that there is
// not and a time that has passed are refused, each with its error, and nothing else is.
//
// Where several reasons to refuse a call come together, any of their errors will do.
//
// Source: POSIX.1-2024 mq_send(), mq_timedsend() [EMSGSIZE, EINVAL, ETIMEDOUT], mq_receive(),
// mq_timedreceive() [EMSGSIZE, EINVAL, ETIMEDOUT].  Time O(n), memory O(1) for n operations.
#include <fmt/format.h>

#include <array>
#include <cerrno>

#include "src/check/checker.h"
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
  CodeJudge(const History& history, Tallies& tallies) : history_(history), tallies_(tallies) {}

  void Judge(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    const Effect effect = history_.effect(op);
    if (op.outcome != Outcome::kReturned) return;
    if (effect != Effect::kPut && effect != Effect::kTake) return;
    const bool puts = effect == Effect::kPut;
    const Deadline deadline = history_.calls[op.call].deadline;
    const std::uint64_t most = history_.header.message_bytes;
    const std::uint64_t highest = history_.header.class_max;
    if (most > 0) JudgeSize(id, op, puts ? op.requested > most : op.requested < most, puts);
    if (puts && highest > 0) {
      JudgeClass(id, op, UnpackClass(op.argument).asked > highest, deadline);
    }
    JudgeDeadline(id, op, deadline);
  }

 private:
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

  void JudgeClass(std::uint32_t id, const Operation& op, bool wrong, Deadline deadline) {
    tallies_.klass.AddChances(wrong ? 1 : 0);
    const std::uint32_t klass = UnpackClass(op.argument).asked;
    if (wrong && op.system_error == 0) {
      tallies_.klass.Break(fmt::format("a message of class {} was taken, where {} is the highest",
                                       klass, history_.header.class_max),
                           {id});
    } else if (!wrong && op.failed_with(EINVAL) && deadline != Deadline::kInvalid) {
      tallies_.klass.Break(fmt::format("a message of class {} was refused, where {} is the highest",
                                       klass, history_.header.class_max),
                           {id});
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

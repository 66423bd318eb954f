// O-CODE of the limits of a queue: it is made with those that everybody may have, not with others
// but by whom the system lets exceed them, and a queue that is there keeps its own.
//
// Linux asks for CAP_SYS_RESOURCE in the first user namespace, and has an upper bound for who has
// that too; so of a caller that has it somewhere either answer will do.
//
// Source: POSIX.1-2024 mq_open() [EINVAL], mq_setattr(); mq_overview(7) (Linux).  Time O(n), memory
// O(1) for n operations.
#include <fmt/format.h>

#include <array>
#include <cerrno>

#include "src/base/error.h"
#include "src/check/checker.h"
#include "src/check/messages.h"
#include "src/check/tally.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kLimitsWrong};

bool IsNone(Limit limit) { return limit == Limit::kZero || limit == Limit::kNegative; }

// For want of resources (RLIMIT_MSGQUEUE, queues_max, memory), whatever the limits are.
bool Hindered(int system_error) {
  return system_error == EMFILE || system_error == ENFILE || system_error == ENOMEM ||
         system_error == ENOSPC || system_error == EEXIST;
}

void JudgeMade(std::uint32_t id, const Operation& op, Tally& tally) {
  const LimitedQueue asked = LimitedQueue::Of(op.argument);
  const LimitAnswer answer = LimitAnswer::Of(op.result);
  if (Hindered(answer.system_error)) return;
  const bool none = IsNone(asked.messages) || IsNone(asked.bytes);
  const bool above = asked.messages == Limit::kAbove || asked.bytes == Limit::kAbove;
  tally.AddChances(1);
  if (!none && above && answer.privileged) return;
  const int wanted = none || above ? EINVAL : 0;
  if (answer.system_error == wanted) return;
  tally.Break(
      fmt::format(
          "a queue with limits {} was {}",
          none    ? "that there are not"
          : above ? "above those of everybody"
                  : "that everybody may have",
          answer.system_error == 0 ? "made" : "refused with " + ErrnoName(answer.system_error)),
      {id});
}

void JudgeLimits(const History& history, std::vector<Judgement>& judgements) {
  if (SelectsByClass(history)) return;
  Tally tally(Clause::kLimitsWrong);
  for (const std::uint8_t object : ObjectsOf(history)) {
    const bool one_queue = Messages(history, object).one_queue();
    for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
      const Operation& op = history.operations[id];
      if (op.object != object || !op.succeeded()) continue;
      const Effect effect = history.effect(op);
      if (effect == Effect::kMakeLimited) JudgeMade(id, op, tally);
      const auto most = static_cast<std::int64_t>(history.header.capacity_messages);
      if (effect != Effect::kQueryCapacity || !one_queue || most == 0) continue;
      tally.AddChances(1);
      if (op.result == most) continue;
      tally.Break(fmt::format("a queue made for {} messages is one for {}", most, op.result), {id});
    }
  }
  tally.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "message_limits",
                                         .oracle = "O-CODE",
                                         .clauses = kClauses,
                                         .judge = JudgeLimits,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley

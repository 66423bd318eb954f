// O-CODE: a message longer than the buffer of the receive that selects it is refused with E2BIG and
// stays, or is cut where the call says so.
//
// Source: POSIX.1-2024 msgrcv() [E2BIG], MSG_NOERROR.  Time O(n m) for n receives that are refused
// and m messages, O(n log n) for all others.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "src/check/checker.h"
#include "src/check/messages.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kTruncatedWrongly};

void JudgeGiven(const Messages& view, const Receipt& receipt, Tally& tally) {
  if (receipt.message == kNoMessage) return;
  const Operation& op = view.operation(receipt.operation);
  const Message& message = view.messages()[receipt.message];
  if (message.bytes <= op.requested) return;
  tally.AddChances(1);
  if (view.history().calls[op.call].truncates) return;  // how much came is message_content's affair
  tally.Break(fmt::format("of {} a receive into {} bytes was given {}", MessageText(view, message),
                          op.requested, op.result),
              Witness(view.history(), {message.send, receipt.operation}));
}

// Perhaps there, and too long for it.
bool MayBeTooLong(const Messages& view, const Operation& op, const Message& message) {
  const std::uint64_t slack_ns = view.slack_ns();
  const bool gone =
      message.told && message.received() && message.taken_until + slack_ns < op.invoked_ns;
  return message.bytes > op.requested && message.put_from <= op.returned_ns + slack_ns && !gone &&
         SelectionOf(view.history(), op).Takes(message.klass);
}

void JudgeRefused(const Messages& view, std::uint32_t id, Tally& tally) {
  const Operation& op = view.operation(id);
  tally.AddChances(1);
  const bool cut = view.history().calls[op.call].truncates;
  const bool any = std::ranges::any_of(
      view.messages(), [&](const Message& message) { return MayBeTooLong(view, op, message); });
  if (any && !cut) return;
  tally.Break(fmt::format("a receive into {} bytes was told of a message too long, {}",
                          op.requested, cut ? "though it is to cut it" : "and there was none"),
              {id});
}

void JudgeBuffers(const History& history, std::vector<Judgement>& judgements) {
  if (!history.header.complete) return;
  Tally tally(Clause::kTruncatedWrongly);
  for (const std::uint8_t object : ObjectsOf(history)) {
    const Messages view(history, object);
    for (const Receipt& receipt : view.receipts()) JudgeGiven(view, receipt, tally);
    for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
      const Operation& op = view.operation(id);
      if (op.object == object && history.effect(op) == Effect::kTake && op.failed_with(E2BIG)) {
        JudgeRefused(view, id, tally);
      }
    }
  }
  tally.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "message_buffers",
                                         .oracle = "O-CODE",
                                         .clauses = kClauses,
                                         .judge = JudgeBuffers,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley

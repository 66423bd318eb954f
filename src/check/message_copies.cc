// O-REC of copies: a copy is of a message that was there, whole and of its class; and a copy that
// is not asked for without waiting is refused.
//
// Source: msgop(2), MSG_COPY (Linux).  Time O(n log n), memory O(n) for n messages (the view).
#include <fmt/format.h>

#include <array>
#include <cerrno>

#include "src/check/checker.h"
#include "src/check/messages.h"
#include "src/check/tally.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kWrongCopy};

void JudgeCopy(const Messages& view, std::uint32_t id, Tally& tally) {
  const Operation& op = view.operation(id);
  if (op.outcome != Outcome::kReturned) return;
  tally.AddChances(op.system_error == 0 || !op.nonblocking ? 1 : 0);
  if (op.system_error != 0) return;
  if (!op.nonblocking) {
    tally.Break("a copy was given to a call that may wait", {id});
    return;
  }
  const auto received = view.history().received(op);
  const ExtentKind kind =
      received.empty() ? ExtentKind::kUntold : static_cast<ExtentKind>(received.front().kind);
  if (kind == ExtentKind::kUntold) return;
  const std::uint32_t given = view.Given(op);
  if (given == kNoMessage) {
    tally.Break(fmt::format("a copy of {} bytes is of no message that anybody sent", op.result),
                {id});
    return;
  }
  const Message& message = view.messages()[given];
  const bool whole =
      received.front().bytes == message.bytes && UnpackClass(op.argument).told == message.klass;
  const bool there = message.put_from <= op.returned_ns + view.slack_ns() &&
                     (!message.received() || message.taken_until == kNever ||
                      message.taken_until + view.slack_ns() >= op.invoked_ns);
  if (whole && there) return;
  tally.Break(
      fmt::format("a copy of {} {}", MessageText(view, message),
                  whole ? "was given when it was not there" : "has another length or class"),
      Witness(view.history(), {message.send, id}));
}

void JudgeCopies(const History& history, std::vector<Judgement>& judgements) {
  if (history.header.family != Family::kMessages || !history.header.complete) return;
  Tally tally(Clause::kWrongCopy);
  for (const std::uint8_t object : ObjectsOf(history)) {
    const Messages view(history, object);
    for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
      const Operation& op = view.operation(id);
      if (op.object == object && history.effect(op) == Effect::kPeek) JudgeCopy(view, id, tally);
    }
  }
  tally.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "message_copies",
                                         .oracle = "O-REC",
                                         .clauses = kClauses,
                                         .judge = JudgeCopies,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley

// O-REC: a message is received as it was sent, in length, content and class.
//
// Time O(n log n), memory O(n) for n messages (the view).
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/check/checker.h"
#include "src/check/messages.h"
#include "src/check/tally.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kContentChanged, Clause::kContentOverwritten,
                                 Clause::kMessageCut, Clause::kClassChanged};

struct Tallies {
  Tally changed{Clause::kContentChanged};
  Tally overwritten{Clause::kContentOverwritten};
  Tally cut{Clause::kMessageCut};
  Tally klass{Clause::kClassChanged};
};

void JudgeReceived(const Messages& view, const Receipt& receipt, Tallies& tallies) {
  const Operation& op = view.operation(receipt.operation);
  const auto received = view.history().received(op);
  const ExtentKind kind =
      received.empty() ? ExtentKind::kUntold : static_cast<ExtentKind>(received.front().kind);
  const std::string bytes = fmt::format("a message of {} bytes", op.result);
  if (kind == ExtentKind::kOverwritten) {
    tallies.overwritten.Break(
        bytes + " is what its sender wrote over its buffer after the send had returned",
        {receipt.operation});
  } else if (kind == ExtentKind::kUnidentified && !view.CutBeyondRecognition(op)) {
    tallies.changed.Break(bytes + " is none that anybody sent", {receipt.operation});
  }
  if (receipt.message == kNoMessage) return;
  const Message& message = view.messages()[receipt.message];
  const std::uint32_t told = UnpackClass(op.argument).told;
  // One that is longer than the buffer is message_buffers' affair.
  const std::uint32_t due = std::min(message.bytes, op.requested);
  if (received.front().bytes != due) {
    tallies.cut.Break(fmt::format("of {} only {} bytes were received", MessageText(view, message),
                                  received.front().bytes),
                      Witness(view.history(), {message.send, receipt.operation}));
  }
  if (told != message.klass) {
    tallies.klass.Break(
        fmt::format("{} was received as one of class {}", MessageText(view, message), told),
        Witness(view.history(), {message.send, receipt.operation}));
  }
}

void JudgeContent(const History& history, std::vector<Judgement>& judgements) {
  Tallies tallies;
  for (const std::uint8_t object : ObjectsOf(history)) {
    const Messages view(history, object);
    const std::uint64_t receipts = view.receipts().size();
    tallies.changed.AddChances(receipts);
    tallies.cut.AddChances(receipts);
    tallies.klass.AddChances(receipts);
    tallies.overwritten.AddChances(history.header.overwrites ? receipts : 0);
    for (const Receipt& receipt : view.receipts()) JudgeReceived(view, receipt, tallies);
  }
  for (const Tally* tally :
       {&tallies.changed, &tallies.overwritten, &tallies.cut, &tallies.klass}) {
    tally->Report(judgements);
  }
}

const CheckerRegistration kRegistration({.name = "message_content",
                                         .oracle = "O-REC",
                                         .clauses = kClauses,
                                         .judge = JudgeContent,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley

// O-HANG of messages: nobody sleeps in a receive though a message is there for it, or in a send
// though there is room.
//
// Broken needs the watchdog's evidence and a state that is certain from the history.  Time
// O(n (1 + g)) for g groups of sleepers.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/check/checker.h"
#include "src/check/hang_sleepers.h"
#include "src/check/messages.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kReceiverAsleep, Clause::kSenderAsleep};

struct Tallies {
  Tally receiver{Clause::kReceiverAsleep};
  Tally sender{Clause::kSenderAsleep};
};

// Bounds of the number of messages in the queue at one instant.  Those who sleep then have neither
// put nor taken anything.
struct Content {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

Content ContentAt(const Messages& view, std::uint8_t object, const Sleepers& group) {
  const History& history = view.history();
  const std::vector<std::uint32_t> asleep = group.ids();
  Content content;
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    const Effect effect = history.effect(op);
    if (op.object != object || (effect != Effect::kPut && effect != Effect::kTake)) continue;
    if (std::ranges::binary_search(asleep, id)) continue;
    // What the maker took when all others had been ended was there before.
    if (!group.proven && effect == Effect::kTake && history.workers[op.worker].role == kMakerRole) {
      continue;
    }
    if (op.outcome == Outcome::kReturned && op.system_error != 0) continue;
    const bool surely = op.succeeded() && op.returned_ns + view.slack_ns() < group.instant_ns;
    const bool perhaps = op.invoked_ns <= group.instant_ns + view.slack_ns();
    const std::int64_t sign = effect == Effect::kPut ? 1 : -1;
    content.least += sign * ((effect == Effect::kPut ? surely : perhaps) ? 1 : 0);
    content.most += sign * ((effect == Effect::kPut ? perhaps : surely) ? 1 : 0);
  }
  return content;
}

void JudgeSleeper(const Messages& view, const Sleepers& group, const Content& content,
                  std::uint32_t id, Tallies& tallies) {
  const History& history = view.history();
  const Operation& op = history.operations[id];
  const auto capacity = static_cast<std::int64_t>(history.header.capacity_messages);
  Tally* tally = nullptr;
  std::string reason;
  if (history.effect(op) == Effect::kTake && content.least > 0 &&
      TakesAny(history.calls[op.call].select)) {
    tally = &tallies.receiver;
    reason = fmt::format("worker {} sleeps in a receive though at least {} messages are there",
                         op.worker, content.least);
  } else if (history.effect(op) == Effect::kPut && capacity > 0 && content.most < capacity) {
    tally = &tallies.sender;
    reason =
        fmt::format("worker {} sleeps in a send though at most {} messages are in a queue for {}",
                    op.worker, content.most, capacity);
  }
  if (tally == nullptr) return;
  if (group.proven && history.header.complete) {
    tally->Break(reason, {id});
  } else {
    tally->Doubt(reason + ", but that was not seen for certain", {id});
  }
}

// Calls that others could have kept asleep: blocking ones that were answered.
void CountChances(const Messages& view, Tallies& tallies) {
  for (const Receipt& receipt : view.receipts()) {
    tallies.receiver.AddChances(view.operation(receipt.operation).nonblocking ? 0 : 1);
  }
  for (const Message& message : view.messages()) {
    const Operation& op = view.operation(message.send);
    tallies.sender.AddChances(message.accepted && !op.nonblocking ? 1 : 0);
  }
}

void JudgeHangs(const History& history, std::vector<Judgement>& judgements) {
  Tallies tallies;
  const std::vector<Sleepers> groups = FindSleepers(history);
  for (const std::uint8_t object : ObjectsOf(history)) {
    const Messages view(history, object);
    if (!view.one_queue()) continue;
    CountChances(view, tallies);
    for (const Sleepers& group : groups) {
      const Content content = ContentAt(view, object, group);
      for (const Sleeper& sleeper : group.sleepers) {
        if (history.operations[sleeper.id].object != object) continue;
        JudgeSleeper(view, group, content, sleeper.id, tallies);
      }
    }
  }
  tallies.receiver.Report(judgements);
  tallies.sender.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "message_hang",
                                         .oracle = "O-HANG",
                                         .clauses = kClauses,
                                         .judge = JudgeHangs,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley

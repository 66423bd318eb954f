// O-HANG of messages: nobody sleeps in a receive though a message is there for it, or in a send
// though there is room.  Of objects that are not removed: message_removal.cc.
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

constexpr std::array kClauses = {Clause::kReceiverAsleep, Clause::kMatchingAsleep,
                                 Clause::kSenderAsleep};

struct Tallies {
  Tally receiver{Clause::kReceiverAsleep};
  Tally matching{Clause::kMatchingAsleep};
  Tally sender{Clause::kSenderAsleep};
};

// Bounds of what is in the queue at one instant: messages, and their bytes.  Those who sleep then
// have neither put nor taken anything.
struct Content {
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::int64_t bytes_most = 0;
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
    const bool for_most = effect == Effect::kPut ? perhaps : surely;
    content.most += sign * (for_most ? 1 : 0);
    const auto bytes = static_cast<std::int64_t>(op.requested);
    content.bytes_most += for_most ? (effect == Effect::kPut ? bytes : -op.result) : 0;
  }
  return content;
}

// One that such a receive takes, and that was certainly there at the instant; null when none is
// known.
const Message* ThereFor(const Messages& view, const Sleepers& group, const Selection& wanted) {
  const auto there = [&](const Message& message) {
    if (!message.told || !message.accepted || !message.received()) return false;
    const bool by_maker =
        view.history().workers[view.operation(message.receive).worker].role == kMakerRole;
    return wanted.Takes(message.klass) && message.put_until + view.slack_ns() < group.instant_ns &&
           (message.taken_from > group.instant_ns + view.slack_ns() || (by_maker && !group.proven));
  };
  const auto found = std::ranges::find_if(view.messages(), there);
  return found != view.messages().end() ? &*found : nullptr;
}

bool HasRoom(const HistoryHeader& header, const Content& content, std::uint32_t bytes) {
  const auto messages = static_cast<std::int64_t>(header.capacity_messages);
  const auto bytes_max = static_cast<std::int64_t>(header.capacity_bytes);
  return messages > 0 && content.most < messages &&
         (bytes_max == 0 || content.bytes_most + bytes <= bytes_max);
}

void JudgeSleeper(const Messages& view, const Sleepers& group, const Content& content,
                  std::uint32_t id, Tallies& tallies) {
  const History& history = view.history();
  const Operation& op = history.operations[id];
  Tally* tally = nullptr;
  std::string reason;
  if (history.effect(op) == Effect::kTake) {
    const Selection wanted = SelectionOf(history, op);
    const bool any = TakesAny(wanted.select);
    tally = any ? &tallies.receiver : &tallies.matching;
    if (any && content.least > 0) {
      reason = fmt::format("worker {} sleeps in a receive though at least {} messages are there",
                           op.worker, content.least);
    } else if (const Message* message = ThereFor(view, group, wanted)) {
      reason = fmt::format("worker {} sleeps in a receive though {} is there for it", op.worker,
                           MessageText(view, *message));
    }
  } else if (HasRoom(history.header, content, op.requested)) {
    tally = &tallies.sender;
    reason = fmt::format(
        "worker {} sleeps in a send of {} bytes though at most {} messages of {} bytes are there",
        op.worker, op.requested, content.most, content.bytes_most);
  }
  if (reason.empty()) return;
  if (group.proven && history.header.complete) {
    tally->Break(reason, {id});
  } else {
    tally->Doubt(reason + ", but that was not seen for certain", {id});
  }
}

// What a queue holds that was removed, or how much one of another capacity, is not told here.
bool ChangesWhatFits(const History& history) {
  return std::ranges::any_of(history.operations, [&](const Operation& op) {
    const Effect effect = history.effect(op);
    return effect == Effect::kRemoveObject || effect == Effect::kResize;
  });
}

// Calls that others could have kept asleep: blocking ones that were answered.
void CountChances(const Messages& view, Tallies& tallies) {
  for (const Receipt& receipt : view.receipts()) {
    const Operation& op = view.operation(receipt.operation);
    const bool any = TakesAny(SelectionOf(view.history(), op).select);
    (any ? tallies.receiver : tallies.matching).AddChances(op.nonblocking ? 0 : 1);
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
    if (!view.one_queue() || ChangesWhatFits(history)) continue;
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
  tallies.matching.Report(judgements);
  tallies.sender.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "message_hang",
                                         .oracle = "O-HANG",
                                         .clauses = kClauses,
                                         .judge = JudgeHangs,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley

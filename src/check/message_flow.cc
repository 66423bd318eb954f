// O-MODEL on counters: a queue holds no more messages and bytes than it may, and refuses none that
// it has room for.
//
// Both are necessary conditions: how full a queue was is bounded from below by the messages that
// were certainly in it, from above by those that may have been.  Time O(n log n), memory O(n).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "src/check/checker.h"
#include "src/check/messages.h"
#include "src/check/tally.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kOverfull, Clause::kRefusedWithRoom};

struct Tallies {
  Tally overfull{Clause::kOverfull};
  Tally refused{Clause::kRefusedWithRoom};
};

// What is in a queue, and what may be.
struct Amount {
  std::int64_t messages = 0;
  std::int64_t bytes = 0;

  Amount& operator+=(const Amount& other) {
    messages += other.messages;
    bytes += other.bytes;
    return *this;
  }
  Amount operator-() const { return {-messages, -bytes}; }
};

// A message begins or ceases to be in the queue.
struct Change {
  std::uint64_t at_ns = 0;
  Amount by;
  std::uint32_t send = 0;
};

// How much fits; nothing bounds what is 0.
struct Bounds {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;

  bool Exceeded(const Amount& amount) const {
    return (messages > 0 && amount.messages > static_cast<std::int64_t>(messages)) ||
           (bytes > 0 && amount.bytes > static_cast<std::int64_t>(bytes));
  }
};

Amount Of(const Message& message) { return {.messages = 1, .bytes = message.bytes}; }

std::uint64_t Late(const Messages& view, std::uint64_t ns) {
  return ns == kNever ? kNever : ns + view.slack_ns();
}

std::string Text(const Amount& amount, const Bounds& bounds) {
  return fmt::format("{} messages of {} bytes, in a queue for {}", amount.messages, amount.bytes,
                     bounds.bytes > 0 ? fmt::format("{} bytes", bounds.bytes)
                                      : fmt::format("{}", bounds.messages));
}

// Of messages that cannot be told apart as many are there as were sent, less those that somebody
// may be receiving; where one is missing, it may be any.
void AddUntold(const Messages& view, std::vector<Change>& changes) {
  if (view.blind_receives() > 0) return;
  using Kind = std::pair<std::uint32_t, std::uint32_t>;  // bytes and class
  std::map<Kind, std::vector<Change>> kinds;
  std::map<Kind, std::int64_t> missing;
  for (const Message& message : view.messages()) {
    if (message.told || !message.accepted) continue;
    const Kind kind(message.bytes, message.klass);
    kinds[kind].push_back(
        {.at_ns = Late(view, message.put_until), .by = Of(message), .send = message.send});
    ++missing[kind];
  }
  for (const Receipt& receipt : view.receipts()) {
    const Operation& op = view.operation(receipt.operation);
    const Kind kind(static_cast<std::uint32_t>(op.result), UnpackClass(op.argument).told);
    if (receipt.message != kNoMessage || !kinds.contains(kind)) continue;
    kinds[kind].push_back({.at_ns = op.invoked_ns, .by = {-1, -op.result}});
    --missing[kind];
  }
  for (const auto& [kind, of_kind] : kinds) {
    if (missing[kind] == 0) changes.insert(changes.end(), of_kind.begin(), of_kind.end());
  }
}

// Those certainly there: from the return of their send to the beginning of their receive.  What was
// never received may be with a killed receiver, or lost; it does not count.
void JudgeOverfull(const Messages& view, const Bounds& most, Tally& tally) {
  std::vector<Change> changes;
  AddUntold(view, changes);
  for (const Message& message : view.messages()) {
    tally.AddChances(message.accepted ? 1 : 0);
    if (!message.accepted || !message.received()) continue;
    const std::uint64_t from = Late(view, message.put_until);
    if (from >= message.taken_from) continue;
    changes.push_back({.at_ns = from, .by = Of(message), .send = message.send});
    changes.push_back({.at_ns = message.taken_from, .by = -Of(message)});
  }
  // One that leaves at an instant makes room for one that comes at it.
  std::ranges::sort(changes, {}, [](const Change& change) {
    return std::pair(change.at_ns, change.by.messages);
  });
  Amount inside;
  for (const Change& change : changes) {
    inside += change.by;
    if (!most.Exceeded(inside)) continue;
    tally.Break("there were " + Text(inside, most), {change.send});
    return;
  }
}

// What may have been there, from each change on to the next.
std::vector<Change> PerhapsThere(const Messages& view) {
  std::vector<Change> changes;
  for (const Message& message : view.messages()) {
    changes.push_back({.at_ns = message.put_from, .by = Of(message)});
    // One that cannot be told apart may be there to the end.
    const std::uint64_t until = message.told ? Late(view, message.taken_until) : kNever;
    if (until != kNever) changes.push_back({.at_ns = until, .by = -Of(message)});
  }
  // One that leaves at an instant is still there at it.
  std::ranges::sort(changes, {}, [](const Change& change) {
    return std::pair(change.at_ns, -change.by.messages);
  });
  Amount inside;
  for (Change& change : changes) change.by = inside += change.by;
  return changes;
}

// A send was told that there is no room, though less may have been there all that time.
void JudgeRefused(const Messages& view, const Bounds& least, Tally& tally) {
  if (view.full().empty()) return;
  const std::vector<Change> there = PerhapsThere(view);
  for (const std::uint32_t id : view.full()) {
    const Operation& op = view.operation(id);
    tally.AddChances(1);
    if (!op.nonblocking && op.failed_with(EAGAIN)) {
      tally.Break("a send did not wait, though it is to", {id});
    }
    // From the change before the call began to the last one before it was over.
    auto next = std::ranges::lower_bound(there, op.invoked_ns, {}, &Change::at_ns);
    if (next != there.begin()) --next;
    Amount inside{};
    bool full = false;
    for (; next != there.end() && next->at_ns <= Late(view, op.returned_ns) && !full; ++next) {
      inside = next->by;
      Amount with = inside;
      with += {.messages = 1, .bytes = op.requested};
      full = least.Exceeded(with);
    }
    Amount own{.messages = 1, .bytes = op.requested};
    if (full || least.Exceeded(own)) continue;
    tally.Break("a send was told that there is no room; all that time there were at most " +
                    Text(inside, least),
                {id});
  }
}

// The capacity may have been changed.
std::pair<Bounds, Bounds> LeastAndMost(const History& history) {
  Bounds least{.messages = history.header.capacity_messages,
               .bytes = history.header.capacity_bytes};
  Bounds most = least;
  for (const Operation& op : history.operations) {
    if (history.effect(op) != Effect::kResize || op.system_error != 0) continue;
    least = {std::min(least.messages, op.argument), std::min(least.bytes, op.argument)};
    most = {std::max(most.messages, op.argument), std::max(most.bytes, op.argument)};
  }
  return {least, most};
}

void JudgeFlow(const History& history, std::vector<Judgement>& judgements) {
  if (history.header.capacity_messages == 0 || !history.header.complete) return;
  const auto [least, most] = LeastAndMost(history);
  Tallies tallies;
  for (const std::uint8_t object : ObjectsOf(history)) {
    const Messages view(history, object);
    if (!view.one_queue()) continue;
    JudgeOverfull(view, most, tallies.overfull);
    // One that may hold nothing may refuse all.
    if (least.messages > 0) JudgeRefused(view, least, tallies.refused);
  }
  tallies.overfull.Report(judgements);
  tallies.refused.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "message_flow",
                                         .oracle = "O-MODEL on counters",
                                         .clauses = kClauses,
                                         .judge = JudgeFlow,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley

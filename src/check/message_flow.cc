// O-MODEL on counters: a queue holds no more messages than it may, and refuses none that it has
// room for.
//
// Both are necessary conditions: how full a queue was is bounded from below by the messages that
// were certainly in it, from above by those that may have been.  Time O(n log n), memory O(n).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "src/check/checker.h"
#include "src/check/messages.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kOverfull, Clause::kRefusedWithRoom};

struct Tallies {
  Tally overfull{Clause::kOverfull};
  Tally refused{Clause::kRefusedWithRoom};
};

// A message begins or ceases to be in the queue.
struct Change {
  std::uint64_t at_ns = 0;
  std::int32_t by = 0;
  std::uint32_t send = 0;
};

std::uint64_t Late(const Messages& view, std::uint64_t ns) {
  return ns == kNever ? kNever : ns + view.slack_ns();
}

// Those certainly there: from the return of their send to the beginning of their receive.  What was
// never received may be with a killed receiver, or lost; it does not count.
void JudgeOverfull(const Messages& view, std::uint64_t capacity, Tally& tally) {
  std::vector<Change> changes;
  for (const Message& message : view.messages()) {
    if (!message.accepted || !message.received()) continue;
    tally.AddChances(1);
    const std::uint64_t from = Late(view, message.put_until);
    if (from >= message.taken_from) continue;
    changes.push_back({.at_ns = from, .by = 1, .send = message.send});
    changes.push_back({.at_ns = message.taken_from, .by = -1});
  }
  // One that leaves at an instant makes room for one that comes at it.
  std::ranges::sort(changes, [](const Change& a, const Change& b) {
    return std::pair(a.at_ns, a.by) < std::pair(b.at_ns, b.by);
  });
  std::int64_t inside = 0;
  for (const Change& change : changes) {
    inside += change.by;
    if (inside <= static_cast<std::int64_t>(capacity)) continue;
    tally.Break(fmt::format("{} messages are in a queue for {}", inside, capacity), {change.send});
    return;
  }
}

// A send was told that there is no room, though fewer may have been there all that time.
void JudgeRefused(const Messages& view, std::uint64_t capacity, Tally& tally) {
  if (view.full().empty()) return;
  std::vector<Change> changes;
  for (const Message& message : view.messages()) {
    changes.push_back({.at_ns = message.put_from, .by = 1});
    // One that cannot be told apart may be there to the end.
    const std::uint64_t until = message.told ? Late(view, message.taken_until) : kNever;
    if (until != kNever) changes.push_back({.at_ns = until, .by = -1});
  }
  // One that leaves at an instant is still there at it.
  std::ranges::sort(changes, [](const Change& a, const Change& b) {
    return std::pair(a.at_ns, -a.by) < std::pair(b.at_ns, -b.by);
  });
  std::vector<std::uint64_t> times;    // of the first instant at which the queue may have been full
  std::vector<std::uint64_t> no_more;  // and of the first after it at which it was not
  std::int64_t inside = 0;
  for (const Change& change : changes) {
    const bool was_full = inside >= static_cast<std::int64_t>(capacity);
    inside += change.by;
    const bool is_full = inside >= static_cast<std::int64_t>(capacity);
    if (!was_full && is_full) times.push_back(change.at_ns);
    if (was_full && !is_full) no_more.push_back(change.at_ns);
  }
  for (const std::uint32_t id : view.full()) {
    const Operation& op = view.operation(id);
    tally.AddChances(1);
    if (!op.nonblocking && op.failed_with(EAGAIN)) {
      tally.Break("a send did not wait, though its description is to", {id});
    }
    const auto next = std::ranges::upper_bound(times, Late(view, op.returned_ns)) - times.begin();
    const auto last = static_cast<std::size_t>(next) - 1;
    const bool full = next > 0 && (last >= no_more.size() || no_more[last] >= op.invoked_ns);
    if (full) continue;
    tally.Break(fmt::format("a send was told that there is no room; the queue is for {} messages "
                            "and held fewer all that time",
                            capacity),
                {id});
  }
}

void JudgeFlow(const History& history, std::vector<Judgement>& judgements) {
  const std::uint64_t capacity = history.header.capacity_messages;
  if (capacity == 0 || !history.header.complete) return;
  Tallies tallies;
  for (const std::uint8_t object : ObjectsOf(history)) {
    const Messages view(history, object);
    if (!view.one_queue()) continue;
    JudgeOverfull(view, capacity, tallies.overfull);
    JudgeRefused(view, capacity, tallies.refused);
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

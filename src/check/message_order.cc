// O-PRIO, O-RT: a receive takes the oldest message of the most urgent class.
//
// Level by level, from the most urgent one: the time during which messages of the levels above were
// certainly there bounds when one of this level can have been taken, from below and from above; so
// does the order in which those of one level were sent.  Exact for messages that can be told apart,
// receives that take any, and an unbounded queue: there is an order of all calls that explains the
// history if and only if nothing is found.
//
// Time O(n log n), memory O(n) for n messages.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <map>
#include <vector>

#include "src/check/checker.h"
#include "src/check/cover.h"
#include "src/check/messages.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kClassOrder, Clause::kRealTimeOrder, Clause::kProgramOrder,
                                 Clause::kUnavailable};

// A message with the bounds of the instant at which it was taken.
struct Timed {
  const Message* message = nullptr;
  std::uint64_t put_until = kNever;    // with slack
  std::uint64_t taken_from = kNever;   // not before the put began
  std::uint64_t taken_until = kNever;  // with slack
  std::uint64_t earliest = kNever;     // of the taking
  std::uint64_t latest = kNever;
};

struct Tallies {
  Tally class_order{Clause::kClassOrder};
  Tally real_time{Clause::kRealTimeOrder};
  Tally program{Clause::kProgramOrder};
  Tally unavailable{Clause::kUnavailable};
};

class OrderJudge {
 public:
  OrderJudge(const Messages& view, Tallies& tallies) : view_(view), tallies_(tallies) {}

  void Judge() {
    for (const Operation& op : view_.history().operations) {
      if (view_.history().effect(op) == Effect::kTake &&
          view_.history().calls[op.call].select != Selector::kHighest) {
        return;  // another rule of order
      }
    }
    Collect();
    for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
      JudgeLevel(level->second);
    }
    JudgeEmpty();
  }

 private:
  std::uint64_t Late(std::uint64_t ns) const {
    return ns == kNever ? kNever : ns + view_.slack_ns();
  }

  // One that was accepted and never received is lost when the queue was drained, which is not a
  // matter of order; else it is in the queue still, or a killed receiver has it.
  void Collect() {
    const bool drained = view_.history().header.drained || !view_.history().header.complete;
    std::uint64_t killed_from = kNever;
    for (const Operation& op : view_.history().operations) {
      if (op.outcome == Outcome::kMaybe && view_.history().effect(op) == Effect::kTake) {
        killed_from = std::min(killed_from, op.invoked_ns);
      }
    }
    for (const Message& message : view_.messages()) {
      if (!message.told) continue;
      if (!message.received() && (drained || !message.accepted)) continue;
      Timed timed{.message = &message, .put_until = Late(message.put_until)};
      const std::uint64_t from = message.received() ? message.taken_from : killed_from;
      timed.taken_from = std::max(from, message.put_from);
      timed.taken_until = Late(message.taken_until);
      levels_[message.klass].push_back(timed);
    }
  }

  void JudgeLevel(std::vector<Timed>& level) {
    for (Timed& one : level) {
      one.earliest = cover_.Next(one.taken_from);
      one.latest = cover_.Previous(one.taken_until);
      if (!one.message->received()) continue;
      tallies_.class_order.AddChances(above_.empty() ? 0 : 1);
      if (one.earliest > one.taken_until && one.taken_from <= one.taken_until) {
        BreakClassOrder(one);
      }
    }
    // Where the rule of classes is broken it bounds nothing: age is judged by itself.
    for (Timed& one : level) {
      if (!tallies_.class_order.broken()) break;
      one.earliest = one.taken_from;
      one.latest = one.taken_until;
    }
    JudgeWithin(level);
    for (const Timed& one : level) {
      cover_.Add(one.put_until, one.earliest);
      above_.push_back(one);
    }
  }

  // First in, first out.
  void JudgeWithin(const std::vector<Timed>& level) {
    std::vector<const Timed*> by_return;
    std::vector<const Timed*> by_begin;
    for (const Timed& one : level) by_return.push_back(&one);
    by_begin = by_return;
    std::ranges::sort(by_return, {}, &Timed::put_until);
    std::ranges::sort(by_begin, {}, [](const Timed* one) { return one->message->put_from; });
    const Timed* older = nullptr;  // of those certainly older, the one that can leave last
    auto next = by_return.begin();
    for (const Timed* one : by_begin) {
      while (next != by_return.end() && (*next)->put_until < one->message->put_from) {
        if (older == nullptr || (*next)->earliest > older->earliest) older = *next;
        ++next;
      }
      if (older == nullptr || !one->message->received()) continue;
      Of(*older, *one).AddChances(1);
      if (older->earliest > one->latest) BreakWithin(*older, *one);
    }
  }

  Tally& Of(const Timed& older, const Timed& younger) {
    const bool same = view_.operation(older.message->send).worker ==
                      view_.operation(younger.message->send).worker;
    return same ? tallies_.program : tallies_.real_time;
  }

  void BreakWithin(const Timed& older, const Timed& younger) {
    Tally& tally = Of(older, younger);
    if (tally.broken()) return;
    std::vector<std::uint32_t> ids{older.message->send, younger.message->send,
                                   younger.message->receive};
    if (older.message->received()) ids.push_back(older.message->receive);
    tally.Break(
        fmt::format("{} was sent before {} of the same class, and received after it",
                    MessageText(view_, *older.message), MessageText(view_, *younger.message)),
        InOrder(std::move(ids)));
  }

  void BreakClassOrder(const Timed& one) {
    if (tallies_.class_order.broken()) return;
    const Timed* urgent = Above(one.taken_from, one.taken_until);
    std::vector<std::uint32_t> ids{one.message->send, one.message->receive};
    std::string while_there = "others more urgent, one after the other,";
    if (urgent != nullptr) {
      ids.push_back(urgent->message->send);
      if (urgent->message->received()) ids.push_back(urgent->message->receive);
      while_there = MessageText(view_, *urgent->message);
    }
    tallies_.class_order.Break(
        fmt::format("{} was received while {} {} there", MessageText(view_, *one.message),
                    while_there, urgent != nullptr ? "was" : "were"),
        InOrder(std::move(ids)));
  }

  // One message of the levels above that alone was there all that time; null when it took several.
  const Timed* Above(std::uint64_t from, std::uint64_t until) const {
    const auto found = std::ranges::find_if(
        above_, [&](const Timed& one) { return one.put_until < from && one.earliest > until; });
    return found == above_.end() ? nullptr : &*found;
  }

  void JudgeEmpty() {
    for (const std::uint32_t id : view_.empty()) {
      const Operation& op = view_.operation(id);
      const std::uint64_t until = Late(op.returned_ns);
      tallies_.unavailable.AddChances(1);
      if (!op.nonblocking && op.failed_with(EAGAIN)) {
        tallies_.unavailable.Break("a receive did not wait, though its description is to", {id});
      }
      if (cover_.Next(op.invoked_ns) <= until || tallies_.unavailable.broken()) continue;
      const Timed* there = Above(op.invoked_ns, until);
      std::vector<std::uint32_t> ids{id};
      if (there != nullptr) ids.push_back(there->message->send);
      if (there != nullptr && there->message->received()) ids.push_back(there->message->receive);
      tallies_.unavailable.Break(
          fmt::format("a receive was told that there was none while {} there",
                      there != nullptr ? MessageText(view_, *there->message) + " was"
                                       : "messages, one after the other, were"),
          InOrder(std::move(ids)));
    }
  }

  std::vector<std::uint32_t> InOrder(std::vector<std::uint32_t> ids) const {
    std::ranges::sort(ids, {}, [&](std::uint32_t id) { return view_.operation(id).invoked_ns; });
    return ids;
  }

  const Messages& view_;
  std::map<std::uint32_t, std::vector<Timed>> levels_;
  std::vector<Timed> above_;  // of the levels judged so far
  Cover cover_;               // when one of them was certainly there
  Tallies& tallies_;
};

void JudgeOrder(const History& history, std::vector<Judgement>& judgements) {
  Tallies tallies;
  for (const std::uint8_t object : ObjectsOf(history)) {
    const Messages view(history, object);
    if (view.one_queue()) OrderJudge(view, tallies).Judge();
  }
  for (const Tally* tally :
       {&tallies.class_order, &tallies.real_time, &tallies.program, &tallies.unavailable}) {
    tally->Report(judgements);
  }
}

const CheckerRegistration kRegistration({.name = "message_order",
                                         .oracle = "O-PRIO, O-RT",
                                         .clauses = kClauses,
                                         .judge = JudgeOrder,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley

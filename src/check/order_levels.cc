#include "src/check/order_levels.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "src/check/cover.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

// A message with the bounds of the instant at which it was taken.
struct Timed {
  const Message* message = nullptr;
  std::uint64_t put_until = kNever;    // with slack
  std::uint64_t taken_from = kNever;   // not before the put began
  std::uint64_t taken_until = kNever;  // with slack
  std::uint64_t earliest = kNever;     // of the taking
  std::uint64_t latest = kNever;
  bool judged = false;  // it was received, and by the rule
};

class LevelJudge {
 public:
  LevelJudge(const Messages& view, const LevelRule& rule, OrderTallies& tallies)
      : view_(view), rule_(rule), tallies_(tallies) {}

  void Judge() {
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

  bool GoesBy(const Operation& receive) const {
    const Selection wanted = SelectionOf(view_.history(), receive);
    return wanted.select == rule_.select &&
           (wanted.select != Selector::kEqual || wanted.klass == rule_.of);
  }

  // One that was accepted and never received is lost when the queue was drained, which is not a
  // matter of order; else it is in the queue still, or a blind receive has it.
  void Collect() {
    const bool drained = view_.history().header.drained || !view_.history().header.complete;
    for (const Message& message : view_.messages()) {
      const auto level = rule_.Urgency(message.klass);
      if (!message.told || !level) continue;
      if (!message.received() && (drained || !message.accepted)) continue;
      Timed timed{.message = &message, .put_until = Late(message.put_until)};
      const std::uint64_t from = message.received() ? message.taken_from : view_.blind_from_ns();
      timed.taken_from = std::max(from, message.put_from);
      timed.taken_until = Late(message.taken_until);
      timed.judged = message.received() && GoesBy(view_.operation(message.receive));
      levels_[*level].push_back(timed);
    }
  }

  void JudgeLevel(std::vector<Timed>& level) {
    for (Timed& one : level) {
      // What was received by another rule may have been taken in spite of the levels above.
      const bool bound = one.judged || !one.message->received();
      one.earliest = bound ? cover_.Next(one.taken_from) : one.taken_from;
      one.latest = cover_.Previous(one.taken_until);
      if (!one.judged) continue;
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
      if (older == nullptr || !one->judged) continue;
      Of(*older, *one).AddChances(1);
      if (older->earliest > one->latest) BreakWithin(*older, *one);
    }
  }

  Tally& Of(const Timed& older, const Timed& younger) {
    if (rule_.select == Selector::kEqual) return rule_.owned ? tallies_.addressee : tallies_.within;
    if (rule_.select == Selector::kLowest) return tallies_.class_order;
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
    const bool any = rule_.select == Selector::kAny;
    tally.Break(fmt::format("{} was sent before {}{}, and received after it",
                            MessageText(view_, *older.message),
                            MessageText(view_, *younger.message), any ? "" : " of the same class"),
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
      if (!GoesBy(op)) continue;
      const std::uint64_t until = Late(op.returned_ns);
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
  std::map<std::uint64_t, std::vector<Timed>> levels_;  // by urgency
  std::vector<Timed> above_;                            // of the levels judged so far
  Cover cover_;                                         // when one of them was certainly there
  LevelRule rule_;
  OrderTallies& tallies_;
};

}  // namespace

std::optional<std::uint64_t> LevelRule::Urgency(std::uint32_t klass) const {
  switch (select) {
    case Selector::kHighest:
      return klass;
    case Selector::kLowest:
      return std::uint64_t{kClassMax} - std::min(klass, kClassMax);
    case Selector::kEqual:
      return klass == of ? std::optional<std::uint64_t>(0) : std::nullopt;
    default:
      return 0;
  }
}

void JudgeLevels(const Messages& view, const LevelRule& rule, OrderTallies& tallies) {
  LevelJudge(view, rule, tallies).Judge();
}

}  // namespace parley

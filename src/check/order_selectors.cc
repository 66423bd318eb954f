#include "src/check/order_selectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include "src/history/message_calls.h"

namespace parley {
namespace {

// When a message was certainly in the queue.
struct Stay {
  std::uint64_t from = kNever;   // its send had returned, slack considered
  std::uint64_t until = kNever;  // nobody can have taken it before
  std::uint32_t message = 0;     // among messages()
};

// A receive that got a message, or was told that there is none.
struct Look {
  std::uint64_t from = 0;  // of the instants at which it may have looked
  std::uint64_t until = 0;
  std::uint32_t operation = 0;
  const Message* got = nullptr;
};

class SelectionJudge {
 public:
  SelectionJudge(const Messages& view, std::span<const std::uint32_t> owned, OrderTallies& tallies)
      : view_(view), history_(view.history()), owned_(owned), tallies_(tallies) {}

  void Judge() {
    CollectStays();
    std::vector<Look> looks = Looks();
    std::ranges::sort(looks, {}, &Look::from);
    std::vector<Stay> there;  // that end after the look began
    std::size_t next = 0;
    for (const Look& look : looks) {
      while (next < stays_.size() && stays_[next].from < look.until) {
        there.push_back(stays_[next++]);
      }
      std::erase_if(there, [&](const Stay& stay) { return stay.until <= look.from; });
      JudgeLook(look, there);
    }
  }

 private:
  std::uint64_t Late(std::uint64_t ns) const {
    return ns == kNever ? kNever : ns + view_.slack_ns();
  }

  // What was accepted and never received counts where that is no loss, and nobody was killed who
  // may have it.
  void CollectStays() {
    const bool lost = history_.header.drained || !history_.header.complete;
    for (std::uint32_t i = 0; i < view_.messages().size(); ++i) {
      const Message& message = view_.messages()[i];
      if (!message.told || !message.accepted) continue;
      if (!message.received() && (lost || view_.blind_receives() > 0)) continue;
      const Stay stay{.from = Late(message.put_until), .until = message.taken_from, .message = i};
      if (stay.from < stay.until) stays_.push_back(stay);
    }
    std::ranges::sort(stays_, {}, &Stay::from);
  }

  std::vector<Look> Looks() const {
    std::vector<Look> looks;
    for (const Message& message : view_.messages()) {
      if (!message.received()) continue;
      looks.push_back({.from = std::max(message.taken_from, message.put_from),
                       .until = Late(message.taken_until),
                       .operation = message.receive,
                       .got = &message});
    }
    for (const std::uint32_t id : view_.empty()) {
      const Operation& op = view_.operation(id);
      looks.push_back({.from = op.invoked_ns, .until = Late(op.returned_ns), .operation = id});
    }
    return looks;
  }

  void JudgeLook(const Look& look, std::span<const Stay> there) {
    const Selection wanted = SelectionOf(history_, view_.operation(look.operation));
    if (look.got != nullptr && !wanted.Takes(look.got->klass)) return BreakClass(look, wanted);
    blocking_.clear();
    for (const Stay& stay : there) {
      const Message& other = view_.messages()[stay.message];
      if (&other == look.got || stay.from >= look.until || !wanted.Takes(other.klass)) continue;
      if (look.got != nullptr && !ComesBefore(wanted, stay, other, *look.got)) continue;
      blocking_.push_back(stay);
    }
    Tally& tally = TallyOf(look, wanted);
    tally.AddChances(blocking_.empty() ? 0 : 1);
    std::ranges::sort(blocking_, {}, &Stay::from);
    std::uint64_t instant = look.from;
    for (const Stay& stay : blocking_) {
      if (stay.from >= instant) break;
      instant = std::max(instant, stay.until);
    }
    if (instant > look.until && look.from <= look.until) Break(look, tally);
  }

  // Certainly, as far as is known.
  static bool ComesBefore(const Selection& wanted, const Stay& stay, const Message& other,
                          const Message& got) {
    return wanted.Prefers(other.klass, got.klass) ||
           (wanted.ByAge(other.klass, got.klass) && stay.from < got.put_from);
  }

  bool Owned(std::uint32_t klass) const { return std::ranges::binary_search(owned_, klass); }

  Tally& TallyOf(const Look& look, const Selection& wanted) const {
    if (look.got == nullptr) return tallies_.unavailable;
    switch (wanted.select) {
      case Selector::kEqual:
        return Owned(wanted.klass) ? tallies_.addressee : tallies_.within;
      case Selector::kExcept:
        return tallies_.others;
      case Selector::kLowest:
      case Selector::kHighest:
        return tallies_.class_order;
      case Selector::kAny:
        break;
    }
    return tallies_.real_time;
  }

  void BreakClass(const Look& look, const Selection& wanted) {
    TallyOf(look, wanted)
        .Break(fmt::format("{} was received by a receive that does not ask for its class",
                           MessageText(view_, *look.got)),
               Witness(history_, {look.got->send, look.operation}));
  }

  void Break(const Look& look, Tally& tally) const {
    if (tally.broken()) return;
    const auto alone = std::ranges::find_if(blocking_, [&](const Stay& stay) {
      return stay.from < look.from && stay.until > look.until;
    });
    std::vector<std::uint32_t> ids{look.operation};
    std::string what = "a receive was told that there was none";
    if (look.got != nullptr) {
      ids.push_back(look.got->send);
      what = MessageText(view_, *look.got) + " was received";
    }
    std::string there = "others that come before it, one after the other, were";
    if (alone != blocking_.end()) {
      const Message& message = view_.messages()[alone->message];
      there = MessageText(view_, message) + ", which comes before it, was";
      ids.push_back(message.send);
      if (message.received()) ids.push_back(message.receive);
    }
    std::ranges::sort(ids, {}, [&](std::uint32_t id) { return view_.operation(id).invoked_ns; });
    tally.Break(fmt::format("{} while {} there", what, there), std::move(ids));
  }

  const Messages& view_;
  const History& history_;
  std::span<const std::uint32_t> owned_;
  OrderTallies& tallies_;
  std::vector<Stay> stays_;
  std::vector<Stay> blocking_;  // of the look at hand
};

}  // namespace

void JudgeSelections(const Messages& view, std::span<const std::uint32_t> owned,
                     OrderTallies& tallies) {
  SelectionJudge(view, owned, tallies).Judge();
}

}  // namespace parley

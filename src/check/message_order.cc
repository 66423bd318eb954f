// O-PRIO, O-RT: a receive takes the message that it has to, of those that it asks for.
//
// Where all receives go by one rule, and for each class by itself where they ask for one class
// each, the judgement is exact (order_levels.h); where they mix, it is a necessary condition
// (order_selectors.h).
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "src/check/checker.h"
#include "src/check/messages.h"
#include "src/check/order_levels.h"
#include "src/check/order_selectors.h"
#include "src/check/order_tallies.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kClassOrder,     Clause::kRealTimeOrder,
                                 Clause::kProgramOrder,   Clause::kOrderWithinClass,
                                 Clause::kWrongAddressee, Clause::kOrderOfOthers,
                                 Clause::kUnavailable};

// What the receives of the workers ask for; the maker takes what is left when all have gone.
class Rules {
 public:
  explicit Rules(const History& history) : owned_(OwnedClasses(history)) {
    for (const Operation& op : history.operations) {
      if (history.effect(op) == Effect::kPut) highest_ = std::max(highest_, ClassOf(op));
      if (history.effect(op) != Effect::kTake) continue;
      const Selection wanted = SelectionOf(history, op);
      if (history.workers[op.worker].role == kMakerRole && wanted.select == Selector::kAny)
        continue;
      selects_.insert(wanted.select);
      lowest_bound_ = std::min(lowest_bound_, wanted.klass);
      if (wanted.select == Selector::kEqual) classes_.insert(wanted.klass);
    }
  }

  // The one by which all go; nothing when there is none.
  std::optional<Selector> Only() const {
    if (selects_.empty()) return Selector::kAny;
    const Selector select = *selects_.begin();
    if (selects_.size() > 1 || select == Selector::kExcept) return std::nullopt;
    // A bound below some class is a rule of its own.
    if (select == Selector::kLowest && lowest_bound_ < highest_) return std::nullopt;
    return select;
  }

  const std::set<std::uint32_t>& classes() const { return classes_; }
  const std::vector<std::uint32_t>& owned() const { return owned_; }

 private:
  static std::uint32_t ClassOf(const Operation& send) { return UnpackClass(send.argument).asked; }

  std::set<Selector> selects_;
  std::set<std::uint32_t> classes_;  // that receives of one class ask for
  std::vector<std::uint32_t> owned_;
  std::uint32_t highest_ = 0;                // class of a send
  std::uint32_t lowest_bound_ = UINT32_MAX;  // that a receive asks for
};

void JudgeWaiting(const Messages& view, Tally& tally) {
  for (const std::uint32_t id : view.empty()) {
    const Operation& op = view.operation(id);
    tally.AddChances(1);
    if (op.nonblocking || op.failed_with(ETIMEDOUT)) continue;
    tally.Break("a receive did not wait, though it is to", {id});
  }
}

void JudgeObject(const Messages& view, OrderTallies& tallies) {
  const Rules rules(view.history());
  const auto only = rules.Only();
  JudgeWaiting(view, tallies.unavailable);
  if (only == Selector::kEqual) {
    for (const std::uint32_t klass : rules.classes()) {
      const bool owned = std::ranges::binary_search(rules.owned(), klass);
      JudgeLevels(view, {.select = Selector::kEqual, .of = klass, .owned = owned}, tallies);
    }
  } else if (only) {
    JudgeLevels(view, {.select = *only}, tallies);
  }
  const bool settled = only == Selector::kHighest || only == Selector::kAny;
  if (!settled) JudgeSelections(view, rules.owned(), tallies);
}

void JudgeOrder(const History& history, std::vector<Judgement>& judgements) {
  OrderTallies tallies;
  for (const std::uint8_t object : ObjectsOf(history)) {
    const Messages view(history, object);
    if (view.one_queue()) JudgeObject(view, tallies);
  }
  for (const Tally* tally :
       {&tallies.class_order, &tallies.real_time, &tallies.program, &tallies.within,
        &tallies.addressee, &tallies.others, &tallies.unavailable}) {
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

// All tables of locks that Linux may have after each step of a stepped history: those who are woken
// in one step ask again in any order.
//
// Exact: when no table is left, Linux does not do what the calls returned.  Time O(k! t) for k who
// are woken in a step, t for one look at the table; bounded, and beyond that nothing is said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "src/history/history.h"
#include "src/model/lock_table.h"

namespace parley {

// One thing that happens to the table.
struct LockAction {
  enum class What : std::uint8_t {
    kAsk,
    kTry,
    kVisit,  // a try by a child, which ends
    kQuery,
    kUnlock,
    kLeave,   // a sleeper's request goes: by a death, or by a signal
    kOrphan,  // a child has a description whose process is gone: it will end some time
    kOrphanEnds,
  };
  What what = What::kAsk;
  model::LockRequest request;
};

class LockFrontier {
 public:
  enum class Result : std::uint8_t { kExplained, kUnexplained, kTooMany };

  // history: outlives this.
  explicit LockFrontier(const History& history) : history_(history), states_(1) {}

  // What happens in a step, in that order, and the calls on locks that return in it.  After
  // anything but kExplained there is nothing to go on from.
  Result Advance(std::uint64_t step, std::span<const LockAction> actions,
                 std::span<const std::uint32_t> returned);

  // What the calls of that step, which was not explained, were to come to by one of the orders.
  std::map<std::uint32_t, model::LockAnswer> Predict(std::span<const LockAction> actions) const;

 private:
  struct State {
    model::LockTable table;
    std::vector<model::LockOwner> orphans;

    bool operator==(const State&) const = default;
  };
  // In the middle of a step.
  struct Node {
    State state;
    std::size_t done = 0;  // actions

    bool operator==(const Node&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Node& node) const;
  };
  struct Choice {
    LockAction action;
    bool next = false;  // the first of the actions that has not happened
  };

  static std::vector<Choice> Choices(const Node& node, std::span<const LockAction> actions);
  static model::LockAnswer Apply(const LockAction& action, State& state);
  bool Fits(std::uint64_t step, const LockAction& action, model::LockAnswer answer,
            const model::LockTable& table) const;
  static bool IsTold(const Operation& op, const model::LockRequest* in_the_way);

  const History& history_;
  std::vector<State> states_;
  State before_;
};

}  // namespace parley

// The order of messages where all receives go by one rule: level by level, from the most urgent
// one.
//
// The time during which messages of the levels above were certainly there bounds when one of a
// level can have been taken, from below and from above; so does the order in which those of one
// level were sent.  Exact for messages that can be told apart and an unbounded queue: there is an
// order of all calls that explains the history if and only if nothing is found.
//
// Time O(n log n), memory O(n) for n messages.
#pragma once

#include <cstdint>
#include <optional>

#include "src/check/messages.h"
#include "src/check/order_tallies.h"

namespace parley {

struct LevelRule {
  // Of all receives that are judged; of class `of` when it is kEqual.
  Selector select = Selector::kHighest;
  std::uint32_t of = 0;
  // Where age alone is broken, of a class that is some worker's own.
  bool owned = false;

  // How urgent a class is; nothing: it does not concern these receives.
  std::optional<std::uint64_t> Urgency(std::uint32_t klass) const;
};

void JudgeLevels(const Messages& view, const LevelRule& rule, OrderTallies& tallies);

}  // namespace parley

// What the checkers that work on Ends say alike.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "src/check/ends.h"
#include "src/check/tally.h"

namespace parley {

// What a history shows by what is not in it, it shows only when it is complete.
inline void BreakIfComplete(const History& history, Tally& tally, const std::string& reason,
                            std::vector<std::uint32_t> witness) {
  if (history.header.complete) {
    tally.Break(reason, std::move(witness));
  } else {
    tally.Doubt("a log was full: " + reason, std::move(witness));
  }
}

// The operation and, where one alone shows it, the handle that was held throughout.
inline std::vector<std::uint32_t> WitnessWithHolder(const History& history, const Ends& ends,
                                                    std::uint32_t channel, Side side,
                                                    std::uint32_t id) {
  const Operation& op = history.operations[id];
  const auto holder = ends.Holder(channel, side, op.invoked_ns, op.returned_ns);
  return holder ? Witness(history, {*holder, id}) : std::vector<std::uint32_t>{id};
}

}  // namespace parley

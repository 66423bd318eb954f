// Bugs that only some orders of calls show, each of another kind, to compare strategies on.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "src/strategy/strategy.h"

namespace parley::toy {

struct Bug {
  std::string_view name;
  std::vector<Accesses> scripts;
  std::function<bool(std::span<const Candidate> order)> shows;
};

// Five bugs among calls on many objects, of which no single strategy is good at all; then the first
// and the last of them with all calls on one object, as in a round.
std::vector<Bug> Bugs();

}  // namespace parley::toy

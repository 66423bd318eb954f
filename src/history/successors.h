// Who took the place of whom in a stepped round.
#pragma once

#include <cstdint>
#include <vector>

#include "src/history/history.h"

namespace parley {

struct Replacement {
  std::uint16_t gone = 0;       // a killed worker
  std::uint16_t successor = 0;  // the worker that goes on in its place
  std::uint64_t step = 0;
};

// In the order of the steps.  Successors are numbered as they come: the n-th fault kRespawn brings
// the n-th worker after the maker.
std::vector<Replacement> ReplacementsOf(const History& history);

}  // namespace parley

// Runs of a simulated system that keeps its promises: processes that open a name, write, read,
// rename and remove it, are stopped, interrupted and killed; blocking as pipe(7) and fifo(7) say.
#pragma once

#include <cstdint>
#include <vector>

#include "src/history/history.h"

namespace parley {

// Processes begin no call from this tick on.
inline constexpr std::uint64_t kSimulatedTicks = 160;

struct SimulatedRun {
  History history;
  // By tick less one: whether the name stood for an object when the tick began.
  std::vector<bool> name_existed;
};

// Stamps are ticks; a process's clock is ahead by at most the history's slack.
SimulatedRun SimulateSystem(std::uint64_t seed);

}  // namespace parley

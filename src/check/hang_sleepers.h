// Who slept in which call, as the watchdog saw it; for hang.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "src/check/ends.h"
#include "src/history/history.h"

namespace parley {

// A call that did not return, or not before its worker had been seen asleep in it.
struct Sleeper {
  std::uint32_t id = 0;  // of the operation
  std::uint64_t from_ns = 0;
  std::uint64_t until_ns = 0;
};

// Sleepers that slept side by side, with nothing on record happening from the first one's from_ns
// to the last one's: what is true of the first instant is true of all.
struct Sleepers {
  std::uint64_t instant_ns = 0;
  bool proven = false;  // the watchdog saw each of them asleep, steadily and long enough
  std::vector<Sleeper> sleepers;

  std::vector<std::uint32_t> ids() const;  // ascending
};

// Groups of blocking calls; the calls that were pending at the end without such evidence come last,
// as one group at the end of the history.  Time O(n + s log s) for s sightings.
std::vector<Sleepers> FindSleepers(const History& history);

}  // namespace parley

// Small random histories of byte streams, for comparing the checkers with their naive twins: legal
// ones from a simulated channel, and broken ones from a channel with bugs or by corrupting a legal
// history.
#pragma once

#include <cstdint>

#include "src/base/seed.h"
#include "src/history/history.h"

namespace parley {

struct RandomHistoryPlan {
  bool buggy = false;               // the channel breaks its promises now and then
  std::uint32_t corruptions = 0;    // made to the history afterwards
  bool concurrent_readers = false;  // else they take turns
};

// 2 to 4 workers and those that replace killed ones, about 10 operations and what empties the
// channel.  Without bugs and corruptions no checker may find anything broken in it.
History RandomHistory(Random& random, const RandomHistoryPlan& plan);

}  // namespace parley

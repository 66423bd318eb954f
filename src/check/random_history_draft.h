// A history under construction: each operation with its own extents, in the order of invocation.
#pragma once

#include <vector>

#include "src/base/seed.h"
#include "src/history/history.h"

namespace parley {

struct Draft {
  Operation op;
  std::vector<Extent> extents;
};

struct DraftHistory {
  HistoryHeader header;
  std::vector<WorkerInfo> workers;
  std::vector<Draft> drafts;
};

// Calls of every draft, as indices of History::calls.
inline constexpr std::uint8_t kWriteCall = 0;
inline constexpr std::uint8_t kReadCall = 1;
inline constexpr std::uint8_t kGatherCall = 2;

// Makes one random change: swaps, drops, repeats, cuts or extends what takes received, moves calls
// in time, turns success into EINTR, or death, or says that there is less room.
void Corrupt(DraftHistory& history, Random& random);

}  // namespace parley

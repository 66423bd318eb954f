// Did the partner come that a sleeping open waits for?  For hang.cc.
#pragma once

#include <cstdint>
#include <optional>

#include "src/check/ends.h"
#include "src/history/history.h"

namespace parley {

struct Partner {
  std::optional<std::uint32_t> id;  // of an open of the other end; nothing when none is known
  // The sleeper must have seen it.  Else it may have come and gone before the sleeper, already
  // invoked, had got into the system.
  bool certain = false;
};

// sleeper: id of a blocking open of one end, which sleeps at the instant.
//
// It must have seen whoever holds the other end at that instant; and whoever could not have opened
// the other end but for the sleeper, nobody else having been there.  Time O(n).
Partner FindPartner(const History& history, const Ends& ends, std::uint32_t sleeper,
                    std::uint64_t instant_ns);

}  // namespace parley

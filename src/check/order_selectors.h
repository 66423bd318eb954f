// The order of messages where receives ask for different ones: no message was received while
// another that had to come before it was certainly there, or several in turn.
//
// Necessary, not sufficient: each receive is judged by itself.  Time O(n m) for n receives and at
// most m messages in the queue at a time, memory O(n).
#pragma once

#include <cstdint>
#include <span>

#include "src/check/messages.h"
#include "src/check/order_tallies.h"

namespace parley {

// owned: classes, ascending, each of which one worker alone asks for, and for nothing else.
void JudgeSelections(const Messages& view, std::span<const std::uint32_t> owned,
                     OrderTallies& tallies);

}  // namespace parley

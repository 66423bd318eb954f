// Which bytes were received more than once.
#pragma once

#include <span>
#include <vector>

#include "src/check/byte_streams.h"
#include "src/history/history.h"

namespace parley {

// Judges the pieces of the puts that are kUnordered: only there can a byte have come twice.  Makes
// them kRepeated where it did, corrects their Put::received and appends to repeats, ascending in
// put: every byte received by two takes of one reader is in a Repeat that says so, every byte
// received by two readers in one that says so.
//
// Time O(n + m log m), memory O(m) for n pieces, m of them of such puts.
void FindRepeats(const History& history, std::span<const Piece> pieces, std::span<Put> puts,
                 std::vector<Repeat>& repeats);

}  // namespace parley

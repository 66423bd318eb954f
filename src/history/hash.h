// One number for what happened in a round.
#pragma once

#include <cstdint>
#include <optional>

#include "src/history/history.h"

namespace parley {

// Of operations, extents, faults and residue, times included: equal for equal histories, and all
// but certainly different for others.  Not of the heading: which token, seed or machine it was.  Of
// a stepped round, whose time is logical, it is the same whenever the same things happened.
std::uint64_t HashOf(const History& history);

// The step of a stepped round in which the two first differ; nothing when they do not.
std::optional<std::uint64_t> FirstDifference(const History& one, const History& other);

}  // namespace parley

// Histories for tests of the formats.
#pragma once

#include <cstdint>

#include "src/history/history.h"

namespace parley {

// A few operations of every outcome, with everything that a history can hold.
History SampleHistory();

// Any valid history with that many operations: a function of the seed.
History RandomHistory(std::uint64_t seed, std::size_t operations);

}  // namespace parley

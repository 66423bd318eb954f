// pipe() by itself, for the numbers and the roles of what it gives.
#pragma once

#include <cstdint>

#include "src/facility/facility.h"

namespace parley {

// Makes a pipe while some of standard input, output and error are closed, looks at its two
// descriptors, closes them, and gives back what was closed.  One call of pipe(); around it fcntl,
// close and dup3.
//
// free: bits 0, 1 and 2 for the descriptors of those numbers.
// Returns: a set of PairFlaw, 0 when all is as it has to be; what pipe() failed with; or EBADF when
// a descriptor could not be given back.
// Source: POSIX.1-2024 pipe(): "the two lowest numbered available file descriptors".
Reply MakePair(std::uint64_t free);

}  // namespace parley

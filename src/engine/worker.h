// One process of the crew: waits for rounds, does what its plan says, writes down every call.
#pragma once

#include <cstdint>

#include "src/base/file_descriptor.h"
#include "src/engine/arena.h"
#include "src/engine/worker_round.h"

namespace parley {

// Serves the seat until it is told to exit; never returns.
//
// socket: where descriptors of each round are handed over; invalid for unrelated workers.
// inheritance: of the first round only.
[[noreturn]] void ServeSeat(Arena& arena, std::uint32_t seat, FileDescriptor socket,
                            Inheritance inheritance);

}  // namespace parley

// Between the controller's values and the arena: a program becomes a shared one before the round,
// what the crew left becomes a history after it.
#pragma once

#include <cstdint>
#include <string_view>

#include "src/base/error.h"
#include "src/engine/arena.h"
#include "src/engine/engine.h"
#include "src/history/history.h"
#include "src/program/program.h"

namespace parley {

// What a round is told beside its program.
struct RoundPlace {
  std::string_view directory;  // where names in the file system go
  std::uint64_t object = 0;    // number of the round's object
  Scheduler scheduler = Scheduler::kAuto;
};

// Errors: kInput, the program exceeds a limit.
Result<void> DescribeRound(const Program& program, const RoundPlace& place, ArenaHeader& header);

// atomic_bytes: what the facility promises as indivisible here.
History CollectHistory(const Arena& arena, const Program& program, const RoundLabel& label,
                       const EngineOptions& options, std::uint64_t atomic_bytes);

}  // namespace parley

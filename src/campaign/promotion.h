// Promotion: a promise that a free round broke, looked for in stepped rounds, where it shrinks and
// comes back each time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "src/engine/engine.h"
#include "src/facility/facility.h"
#include "src/history/history.h"
#include "src/program/program.h"
#include "src/promise/clause.h"
#include "src/scenario/scenario.h"

namespace parley {

// Workers and calls that stay in the neighbourhood of a free round; its last calls are reordered.
inline constexpr std::size_t kNeighbourWorkersMax = 8;
inline constexpr std::size_t kNeighbourCallsMax = 12;  // of one worker
inline constexpr std::size_t kNeighbourTail = 20;

// A stepped program that begins the calls of a free round in the order in which they began there,
// but for the last ones, which a strategy drawn from root orders.  Who is in the witness stays, and
// of a stream the calls that it made latest before the witness ended.
//
// program, history: the free round.  witness: operations of it, of the broken promise.
Program Neighbour(const Program& program, const Facility& facility, const History& history,
                  std::span<const std::uint32_t> witness, std::uint64_t root);

struct FreeBreach {
  const Scenario& scenario;
  const Facility& facility;
  const Program& program;
  const History& history;
  Clause clause = Clause::kCount;          // that it broke
  std::span<const std::uint32_t> witness;  // operations of the history
  std::optional<CrewSize> crew;
};

struct Promoted {
  struct Round {
    Program program;
    History history;
  };
  std::optional<Round> round;  // the stepped one that breaks the same clause; nothing if none did
  std::uint64_t tried = 0;     // stepped rounds, that one included
};

// Neighbours of the round and samples of its scenario by turns, until one breaks the same clause,
// or limit_ns is over.  A breach that is never seen again needs calls that run side by side.
Promoted Promote(Engine& engine, const FreeBreach& breach, std::uint64_t limit_ns,
                 const Interrupted& interrupted);

}  // namespace parley

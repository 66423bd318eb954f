// What is made of a stepped round that broke a promise: the smallest program that still breaks it
// in the same way, found by replaying candidates.
#pragma once

#include <cstdint>
#include <optional>

#include "src/check/checker.h"
#include "src/engine/engine.h"
#include "src/history/history.h"
#include "src/program/program.h"
#include "src/shrink/shrink.h"

namespace parley {

struct Reduction {
  Program program;  // with its schedule
  History history;  // of a round of it
  Judgement judgement;
  ShrinkReport report;
};

// program, history: the round and what came of it.  clause: what it broke.  limit_ns: for all of
// it. Nothing when the round does not break the clause again: then no step of it can be taken away.
std::optional<Reduction> Reduce(Engine& engine, const Program& program, const History& history,
                                Clause clause, std::uint64_t limit_ns,
                                const Interrupted& interrupted);

}  // namespace parley

// Shrinking: from a program that breaks a promise to the smallest one that the passes find which
// still breaks it.  Pure but for the caller's predicate, which replays.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "src/check/checker.h"
#include "src/program/program.h"
#include "src/shrink/size.h"

namespace parley {

struct ShrinkLimits {
  std::uint64_t replays_max = 10'000;  // about 10 s at 1 ms a replay
  std::function<bool()> out_of_time;   // asked before each replay; empty: never
};

struct ShrinkReport {
  ProgramSize from;
  ProgramSize to;
  std::uint64_t replays = 0;
  std::uint64_t accepted = 0;
  bool finished = false;  // no pass makes it smaller; false: a limit was reached before that

  bool operator==(const ShrinkReport&) const = default;
};

// start: stepped, and known to fail; a schedule that says every step (schedule.h) gives the passes
// something to hold on to.
// fails: replays a candidate; true when it breaks the same promise in the same way (BrokenAgain).
// Returns: the smallest program so far for which fails() said true, or start; never larger.
// Deterministic when `fails` is.  No program is tried twice; every accepted one is strictly smaller
// than the one before, so that it ends.
Program Shrink(Program start, const std::function<bool(const Program&)>& fails,
               const ShrinkLimits& limits, ShrinkReport* report = nullptr);

// Whether the judgements break that clause: on one facility a clause blames one promise, so that a
// candidate which breaks another has slipped to another bug.
bool BrokenAgain(std::span<const Judgement> judgements, Clause clause);

}  // namespace parley

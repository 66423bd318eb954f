// The total order in which programs are smaller: what shrinking goes down.
#pragma once

#include <compare>
#include <cstdint>

#include "src/program/program.h"

namespace parley {

// Compared member by member, the first one first.
//
// Source: Zeller, Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE TSE 2002.
struct ProgramSize {
  std::uint64_t workers = 0;
  std::uint64_t operations = 0;  // calls that the scripts make
  std::uint64_t faults = 0;      // signals and kills of the schedule
  std::uint64_t segments = 0;    // runs of one worker in the schedule: context switches, and one
  std::uint64_t entries = 0;     // of the schedule
  std::uint64_t arguments = 0;   // sum of all numbers that a program holds beside

  auto operator<=>(const ProgramSize&) const = default;
};

ProgramSize SizeOf(const Program& program);

// Equal for equal programs; others collide with probability 2^-64.  What stepped rounds do not read
// (steps beyond step_count, free faults) does not count.
std::uint64_t Fingerprint(const Program& program);

}  // namespace parley

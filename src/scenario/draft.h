// A program while it is being sampled.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "src/facility/facility.h"
#include "src/scenario/scenario.h"

namespace parley {

struct Draft {
  const Rules& rules;
  const Facility& facility;
  std::uint64_t root = 0;  // every draw derives from it, by name
  Encoding encoding = Encoding::kFramed;
  std::uint32_t record_bytes = 0;
  std::optional<std::uint32_t> one_size;  // of everything that streams send and receive
  std::vector<std::uint32_t> counts;      // of workers, by role
  std::vector<std::uint16_t> first;       // index of a role's first worker
  Program program;
};

// The sizes that a rule stands for in this round.
Sizes SizesOf(const Draft& draft, const SizeRule& rule, bool message);

// The index of a call that the facility has.
std::uint8_t CallIndex(const Facility& facility, std::string_view call);

// draft.program.faults; the workers are there.
void SampleFaults(Draft& draft);

// The workers' steps and the number of phases.
void SampleScript(Draft& draft);

// Stepped mode: short scripts in place of the streams, faults and interrupts as chances a step.
void SampleSteps(Draft& draft);

}  // namespace parley

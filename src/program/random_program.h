// Any program of the stepped mode, for tests of what is made of programs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "src/facility/facility.h"
#include "src/program/program.h"

namespace parley {

struct RandomProgramSize {
  std::size_t workers = 4;
  std::size_t steps = 30;  // of each worker
  std::size_t entries = 200;
};

// Exactly of that size; every field that a stepped round reads has any value that it may have.
// Depends on its arguments alone.
Program RandomProgram(std::uint64_t seed, const Facility& facility, RandomProgramSize size = {});

}  // namespace parley

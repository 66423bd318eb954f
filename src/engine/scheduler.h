// The choice of how stepped rounds are kept in step.
#pragma once

#include <cstdint>

namespace parley {

enum class Scheduler : std::uint8_t {
  kAuto,   // bands where the machine gives the rights, else gates
  kBands,  // real-time priority bands; band.h
  kGates,  // gates, and /proc tells who sleeps
};

}  // namespace parley

// A worker of the round as the crew leader sees it.
#pragma once

#include <cstdint>
#include <span>

#include "src/base/error.h"
#include "src/engine/crew.h"

namespace parley {

struct Player {
  std::uint32_t seat = 0;
  std::uint32_t plan = 0;
  std::uint16_t worker = 0;
  bool alive = false;
  bool finished = false;
  std::uint64_t continue_at_ns = 0;  // stopped until then; 0: not stopped
};

// Errors: kSystem, one that counted as alive has died by itself; it does not count any more.
Result<void> LookForDeaths(Crew& crew, std::span<Player> players);

}  // namespace parley

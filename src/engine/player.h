// A worker of the round as the crew leader sees it.
#pragma once

#include <cstdint>

namespace parley {

struct Player {
  std::uint32_t seat = 0;
  std::uint32_t plan = 0;
  std::uint16_t worker = 0;
  bool alive = false;
  bool finished = false;
  std::uint64_t continue_at_ns = 0;  // stopped until then; 0: not stopped
};

}  // namespace parley

// A machine in memory that plays a program's calls in the order of its schedule, for tests of
// shrinking: what is done is all that a toy bug looks at.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "src/program/program.h"

namespace parley {

// One step as it was played.
struct Played {
  ScheduleKind kind = ScheduleKind::kStart;
  std::uint16_t worker = 0;
  Step step;  // kStart: the call
};

// The schedule leniently, then the lowest worker that has calls left.  No call sleeps; a killed
// worker begins no more.
std::vector<Played> Play(const Program& program);

// True when some steps fit the wanted ones in that order.  In each wanted step `worker` is a
// variable: different names are different workers.
struct Wanted {
  char worker = 'A';
  std::string_view call;  // of the pipe; empty: no call but a fault of that kind
  std::uint32_t bytes_min = 0;
  ScheduleKind kind = ScheduleKind::kStart;
};
bool Happens(const std::vector<Played>& played, const std::vector<Wanted>& wanted);

// The toy bug that happens when these steps are played in that order.
std::function<bool(const Program&)> ToyBug(std::vector<Wanted> wanted);

}  // namespace parley

// What disturbs a worker between the calls of its stream, and inside them: interval timers, pauses,
// moves to another core.
#pragma once

#include "src/base/seed.h"
#include "src/engine/arena.h"
#include "src/engine/performer.h"

namespace parley {

class Disturbance {
 public:
  Disturbance(const ArenaHeader& header, const WorkerPlan& plan, Performer& performer,
              Random& random)
      : header_(header), plan_(plan), performer_(performer), random_(random) {}

  void Begin() const;
  // Before each call: as the plan's chances have it.
  void Between();
  // Leaves the process as it was.
  void End() const;

 private:
  const ArenaHeader& header_;
  const WorkerPlan& plan_;
  Performer& performer_;
  Random& random_;
};

}  // namespace parley

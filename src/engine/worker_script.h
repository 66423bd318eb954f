// A worker's script: explicit calls, phase by phase or call by call.
#pragma once

#include "src/base/seed.h"
#include "src/engine/arena.h"
#include "src/engine/performer.h"

namespace parley {

class WorkerScript {
 public:
  WorkerScript(ArenaHeader& header, Seat& seat, const WorkerPlan& plan, Performer& performer,
               Random& random)
      : header_(header), seat_(seat), plan_(plan), performer_(performer), random_(random) {}

  // Each phase when the crew leader begins it; the ends are open.
  void RunPhases();
  // Call by call, each when the scheduler opens the gate; stepped_round.h.
  void RunSteps();

 private:
  void RunStep(const Step& step);
  void MakeCall(const Step& step);

  ArenaHeader& header_;
  Seat& seat_;
  const WorkerPlan& plan_;
  Performer& performer_;
  Random& random_;
};

}  // namespace parley

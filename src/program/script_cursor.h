// How far a worker of a stepped round is in its script, and who goes on with it when its process is
// killed.  The scheduler, the worker itself and the passes that shrink programs all ask here.
//
// Calls of a script are numbered from 0, repeats unrolled.
#pragma once

#include <cstdint>
#include <span>

#include "src/facility/facility.h"
#include "src/program/program.h"

namespace parley {

// The calls that one process makes.  One that takes the place of a killed one has none of its
// handles: it makes the openings again with which the script begins (opens, O_NONBLOCK), and goes
// on after the last call that anybody before it began.
class ScriptCursor {
 public:
  // calls: the facility's.  reached: of the predecessor, 0 for the first process.
  ScriptCursor(const WorkerPlan& plan, std::span<const CallTraits> calls,
               std::uint32_t reached = 0);

  bool AtEnd() const { return next_ == total_; }
  // Number of the next call; the number of calls at the end.
  std::uint32_t next() const { return next_; }
  // One above the highest number begun so far.
  std::uint32_t reached() const { return reached_; }
  // Something is left for a successor.
  bool LeavesCalls() const { return reached_ < total_; }

  // The next call begins.
  void Begin();

 private:
  std::uint32_t openings_ = 0;  // calls
  std::uint32_t total_ = 0;
  std::uint32_t reached_ = 0;
  std::uint32_t next_ = 0;
};

// The step that makes a call.
const Step& StepOfCall(const WorkerPlan& plan, std::uint32_t number);

// What receivers get is whole records that say whose they are, or messages: so that several of
// them, one after the other or side by side, can tell what each received.
bool RecordsAreWhole(std::span<const WorkerPlan> workers, const Facility& facility);

// Another process may go on with the script: what it sends and receives can be told from what its
// predecessor did.
bool MayBeReplaced(std::span<const WorkerPlan> workers, std::size_t worker,
                   const Facility& facility);

}  // namespace parley

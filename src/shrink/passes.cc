#include "src/shrink/passes.h"

namespace parley {

std::span<const Pass> Passes() {
  static constexpr Pass kPasses[] = {
      {"cut the schedule", CutSchedule},
      {"drop workers", DropWorkers},
      {"drop calls that follow each other in time", DropWindows},
      {"drop steps of scripts", DropSteps},
      {"join steps", JoinSteps},
      {"join opens and O_NONBLOCK", JoinOpens},
      {"join opens of two ends", JoinEnds},
      {"resize at the start", ResizeAtStart},
      {"fill as it was made", FillAsMade},
      {"drop signals and kills", DropFaults},
      {"drop segments", DropSegments},
      {"merge segments", MergeSegments},
      {"reorder to the default policy", ReorderToDefault},
      {"drop entries", DropEntries},
      {"simplify the program", SimplifyProgram},
      {"simplify workers", SimplifyWorkers},
      {"simplify sizes", SimplifySizes},
      {"simplify steps", SimplifySteps},
      {"merge workers", MergeCrew},
      {"drop pairs of steps", DropPairs},
  };
  return kPasses;
}

}  // namespace parley

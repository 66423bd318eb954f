// The schedule that a stepped round followed, read off its history.
#pragma once

#include <vector>

#include "src/history/history.h"
#include "src/program/program.h"

namespace parley {

// history: of a stepped round.  Returns: one entry a step, from step 1 on.
std::vector<ScheduleEntry> ScheduleOf(const History& history);

// The program with that schedule written down, and nothing left to chance or to a strategy: it
// repeats the round, and every part of it can be taken away.  history: of a round of program.
Program WithScheduleOf(Program program, const History& history);

}  // namespace parley

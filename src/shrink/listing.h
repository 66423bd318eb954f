// A stepped round as people read it: one line a step.
#pragma once

#include <string>

#include "src/check/checker.h"
#include "src/history/history.h"

namespace parley {

//   step 0   pipe of 65536 bytes: writer 0 holds the writing end, reader 1 holds the reading end
//   step 1 * reader 1 reads up to 4096 bytes: sleeps
//   step 2 * writer 0 writes 64 bytes -> 64
//            broken: asleep in a receive from before the send that it has to get
//
// history: of a stepped round.  broken: what is wrong with it; its witness is marked, and the
// reason stands below the step that it names ("step 9: ..."), else below that in which the last of
// the witness happened.  Null: nothing is.
std::string StepListing(const History& history, const Judgement* broken = nullptr);

}  // namespace parley

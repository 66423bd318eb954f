// The naive twins of the checkers of byte streams: the definitions, byte by byte and pair by pair,
// written without regard to cost and without anything of theirs.
#pragma once

#include <map>

#include "src/check/checker.h"
#include "src/history/history.h"

namespace parley {

// The verdict of each clause of O-REC, O-BYTES, O-SEQ, O-RT, O-EXO and of kOverfull that is not
// kept.  Handles are not looked at: nothing is discarded by a close.
std::map<Clause, Verdict> JudgeNaively(const History& history);

}  // namespace parley

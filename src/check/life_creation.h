// O-WIN1, for life.cc.
#pragma once

#include <vector>

#include "src/check/life_names.h"
#include "src/check/tally.h"
#include "src/history/history.h"

namespace parley {

// Of concurrent exclusive creations of one name exactly one succeeds: two need a removal between
// them, and one that finds the name there needs somebody who made it.  Time O(n log n).
void JudgeCreations(const History& history, const std::vector<NameLife>& names, Tally& twice);

}  // namespace parley

// What checkers of the order of messages have found, by the rule of the receives that show it.
#pragma once

#include "src/check/tally.h"

namespace parley {

struct OrderTallies {
  Tally class_order{Clause::kClassOrder};
  Tally real_time{Clause::kRealTimeOrder};
  Tally program{Clause::kProgramOrder};
  Tally within{Clause::kOrderWithinClass};
  Tally addressee{Clause::kWrongAddressee};
  Tally others{Clause::kOrderOfOthers};
  Tally unavailable{Clause::kUnavailable};
};

}  // namespace parley

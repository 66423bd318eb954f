// Two facilities for the tests of this room, so that they do not depend on what real ones can do:
// "lane" has no name and the calls put, puts (gathers), take, close, probe, resize; "street" has a
// name and the calls take, put, puts, close, open, resize.
#pragma once

#include "src/facility/facility.h"

namespace parley {

const Facility& LaneForTests();
const Facility& StreetForTests();

}  // namespace parley

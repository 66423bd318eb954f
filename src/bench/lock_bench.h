// What checking costs of locks: calls of a crew against bare loops, and the speed of their
// checkers.
#pragma once

#include "src/engine/engine.h"

namespace parley {

void MeasureLocks(Engine& engine);

}  // namespace parley

// A promise that a step breaks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/promise/clause.h"

namespace parley::model {

struct Breach {
  Clause clause = Clause::kCount;
  std::string reason;
  std::vector<std::uint32_t> witness;
};

}  // namespace parley::model

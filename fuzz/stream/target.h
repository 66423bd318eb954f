// What a file fuzz/stream_NAME.cc says of its facility; everything else is found in the facility
// itself.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "src/facility/facility.h"

namespace parley::fuzz {

struct StreamTarget {
  std::string_view facility;
  // Calls by name.  Byte streams: none that may wait, for the model is asked only afterwards.
  // Messages: any; one that would wait is left out.
  std::span<const std::string_view> calls;
  // Made before the first operation by each of the workers; unnamed objects: none, both ends are
  // handed over.
  std::span<const std::string_view> openings;
  ObjectPlan plan;
  std::span<const std::uint32_t> lengths;    // worth trying, with one more and one less each
  std::span<const std::uint32_t> arguments;  // the same: classes, capacities
  std::uint32_t bytes_max = 0;
};

// Of this program; the file has it.
const StreamTarget& ThisTarget();

}  // namespace parley::fuzz

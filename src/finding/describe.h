// Operations as people read them.
#pragma once

#include <cstdint>
#include <string>

#include "src/history/history.h"

namespace parley {

// "#907 writer 3 writes 64 bytes -> 64".  id: an operation of the history.
std::string DescribeOperation(const History& history, std::uint32_t id);

}  // namespace parley

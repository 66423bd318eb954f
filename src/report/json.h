// A run's result for programs.  docs/formats.md describes it; docs/run-result.schema.json is its
// schema.
#pragma once

#include <string>

#include "src/finding/finding.h"

namespace parley {

inline constexpr int kRunResultVersion = 1;

// One JSON object, indented, with a line end.  Bytes that are not UTF-8 become U+FFFD.
std::string ResultJson(const RunResult& result);

}  // namespace parley

// The readable form of a history: JSON Lines.  docs/formats.md describes it.
#pragma once

#include <string_view>

#include "src/base/error.h"
#include "src/history/history.h"
#include "src/history/output_file.h"

namespace parley {

// One line for the heading, one for each operation, fault, sighting and residue, and one that ends
// the file.  history: valid (validate.h).
void EncodeJsonLines(const History& history, const Sink& sink);

// path: for messages, "path:line: what".  Time and memory O(text).
Result<History> DecodeJsonLines(std::string_view text, std::string_view path);

}  // namespace parley

// Histories in files.  Two forms hold the same: JSON Lines (".jsonl"), to read and to write by any
// tool, and a compact one (".history").  docs/formats.md describes both.
#pragma once

#include <string>
#include <string_view>

#include "src/base/error.h"
#include "src/history/history.h"

namespace parley {

inline constexpr std::string_view kJsonLinesSuffix = ".jsonl";
inline constexpr std::string_view kCompactSuffix = ".history";

// Writes history in the form that the path's suffix says.  The file is there whole, or not at all,
// and survives a crash.  Which operation an extent belongs to is kept; where it lies in
// History::extents is not: read back, extents lie in the order of their operations.
//
// Errors: another suffix (input); a history that is inconsistent (validate.h), or what the system
// refused, a full disk among them, with the path.
Result<void> WriteHistory(const History& history, const std::string& path);

// Reads either form, told by the content.  What it returns is consistent (validate.h).
//
// Errors, all of input: "path:line: what" or "path: byte offset: what" for a file that is
// truncated, garbled, of another version or no history.  Time and memory O(file).
Result<History> ReadHistory(const std::string& path);

// The same for the content of a file; path is for messages.
Result<History> DecodeHistory(std::string_view content, std::string_view path);

enum class HistoryForm { kJsonLines, kCompact };

// What WriteHistory would write.
std::string EncodeHistory(const History& history, HistoryForm form);

}  // namespace parley

// The words of program files, each list in the order of its enumeration.
#pragma once

#include <array>
#include <string_view>

#include "src/history/names.h"
#include "src/program/program.h"

namespace parley {

inline constexpr auto kEncodingNames =
    std::to_array<std::string_view>({"framed", "self-identifying"});
inline constexpr auto kBodyNames =
    std::to_array<std::string_view>({"counter", "zeros", "ones", "newlines", "magic"});
static_assert(kBodyNames.size() == static_cast<std::size_t>(Body::kCount));
inline constexpr auto kEndsNames =
    std::to_array<std::string_view>({"none", "read", "write", "both"});
inline constexpr auto kScheduleNames =
    std::to_array<std::string_view>({"start", "signal", "signal-restart", "kill", "respawn"});
inline constexpr auto kStrategyNames =
    std::to_array<std::string_view>({"lowest", "random-walk", "pct", "pos", "surw"});

}  // namespace parley

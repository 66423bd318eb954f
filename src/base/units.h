// Durations and sizes as people write them, and "did you mean".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "src/base/error.h"

namespace parley {

// "250ms", "30s", "5m", "8h" -> nanoseconds.  A number without a unit is refused.
Result<std::uint64_t> ParseDurationNs(std::string_view text);

// "64", "64k", "1m", "2g" (powers of 1024) -> bytes.
Result<std::uint64_t> ParseBytes(std::string_view text);

// 1234567 -> "1,234,567".
std::string Grouped(std::uint64_t number);

// Nanoseconds with the unit that fits: "850 ns", "12.3 us", "1.20 s".
std::string DurationText(std::uint64_t ns);

// The candidate nearest to word in edit distance; empty when none is near enough to be meant.
std::string_view Nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace parley

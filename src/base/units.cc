#include "src/base/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "src/base/clock.h"

namespace parley {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// A number followed by one of the units; nothing else.
std::optional<std::uint64_t> ParseWithUnit(std::string_view text, std::span<const Unit> units) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  const std::string_view rest(end, text.data() + text.size() - end);
  for (const Unit& unit : units) {
    const double value = number * static_cast<double>(unit.factor);
    if (rest == unit.name && value < 1e18) return static_cast<std::uint64_t>(value);
  }
  return std::nullopt;
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = diagonal + (a[i - 1] != b[j - 1] ? 1 : 0);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row.back();
}

}  // namespace

Result<std::uint64_t> ParseDurationNs(std::string_view text) {
  static constexpr Unit kUnits[] = {{"ns", 1},      {"us", kNsPerUs},    {"ms", kNsPerMs},
                                    {"s", kNsPerS}, {"m", 60 * kNsPerS}, {"h", 3600 * kNsPerS}};
  if (const auto ns = ParseWithUnit(text, kUnits)) return *ns;
  return InputError(
      fmt::format("\"{}\" is not a duration; write a number and one of "
                  "ns, us, ms, s, m, h, for example 30s",
                  text));
}

Result<std::uint64_t> ParseBytes(std::string_view text) {
  static constexpr Unit kUnits[] = {{"", 1}, {"k", 1U << 10}, {"m", 1U << 20}, {"g", 1U << 30}};
  if (const auto bytes = ParseWithUnit(text, kUnits)) return *bytes;
  return InputError(
      fmt::format("\"{}\" is not a size; write a number of bytes, or one with "
                  "k, m or g, for example 64k",
                  text));
}

std::string Grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string DurationText(std::uint64_t ns) {
  const auto value = static_cast<double>(ns);
  if (ns < kNsPerUs) return fmt::format("{} ns", ns);
  if (ns < kNsPerMs) return fmt::format("{:.1f} us", value / kNsPerUs);
  if (ns < kNsPerS) return fmt::format("{:.1f} ms", value / kNsPerMs);
  return fmt::format("{:.2f} s", value / kNsPerS);
}

std::string_view Nearest(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = EditDistance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace parley

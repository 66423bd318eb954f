#include "src/history/names.h"

#include <map>
#include <string>

#include "src/base/error.h"

namespace parley {
namespace {

// Linux numbers its errors from 1; the highest so far is 133.
constexpr int kErrnoMax = 255;

std::map<std::string, std::uint16_t, std::less<>> MakeErrnoTable() {
  std::map<std::string, std::uint16_t, std::less<>> table;
  for (int number = 1; number <= kErrnoMax; ++number) {
    std::string name = ErrnoName(number);
    if (name.starts_with('E')) table.emplace(std::move(name), number);
  }
  return table;
}

}  // namespace

std::optional<Effect> EffectOfName(std::string_view name) {
  for (std::size_t i = 0; i < kEffectCount; ++i) {
    if (EffectName(static_cast<Effect>(i)) == name) return static_cast<Effect>(i);
  }
  return std::nullopt;
}

std::optional<std::uint16_t> ErrnoOfName(std::string_view name) {
  static const auto table = MakeErrnoTable();
  const auto at = table.find(name);
  if (at == table.end()) return std::nullopt;
  return at->second;
}

}  // namespace parley

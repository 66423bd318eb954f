// The words with which histories name the values of enumerations.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "src/history/history.h"

namespace parley {

inline constexpr std::size_t kEffectCount = static_cast<std::size_t>(Effect::kRunTool) + 1;
inline constexpr auto kOutcomeNames =
    std::to_array<std::string_view>({"returned", "maybe", "pending"});
inline constexpr auto kFaultNames = std::to_array<std::string_view>(
    {"kill", "stop", "continue", "signal", "signal-restart", "respawn"});
inline constexpr auto kTopologyNames =
    std::to_array<std::string_view>({"related", "forked", "unrelated"});
inline constexpr auto kExtentNames =
    std::to_array<std::string_view>({"written", "unidentified", "overwritten", "untold"});

inline constexpr auto kFamilyNames =
    std::to_array<std::string_view>({"byte stream", "messages", "locks"});
inline constexpr auto kSelectNames =
    std::to_array<std::string_view>({"any", "equal", "lowest", "except", "highest"});

inline constexpr auto kDeadlineNames =
    std::to_array<std::string_view>({"none", "far", "past", "invalid", "near"});

inline constexpr auto kLockNames =
    std::to_array<std::string_view>({"none", "process", "description", "whole"});

std::optional<Effect> EffectOfName(std::string_view name);

// The place of name among names, which is the enumerator's number.
template <typename Enum, std::size_t n>
std::optional<Enum> EnumOfName(const std::array<std::string_view, n>& names,
                               std::string_view name) {
  for (std::size_t i = 0; i < n; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

template <typename Enum, std::size_t n>
std::string_view NameOf(const std::array<std::string_view, n>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

// The errno of a name such as "EAGAIN"; nothing when the system has no such name.
std::optional<std::uint16_t> ErrnoOfName(std::string_view name);

}  // namespace parley

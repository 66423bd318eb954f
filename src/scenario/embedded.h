// The text of the scenarios that ship, put into the binary when it is built.
#pragma once

#include <span>
#include <string_view>

namespace parley {

struct EmbeddedScenario {
  std::string_view path;  // "scenarios/NAME.toml"
  std::string_view toml;
};

// In the order of their paths.
std::span<const EmbeddedScenario> EmbeddedScenarios();

}  // namespace parley

// Which scenarios a campaign runs on which facilities.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"
#include "src/facility/facility.h"
#include "src/scenario/scenario.h"

namespace parley {

struct Choice {
  Scenario scenario;
  const Facility* facility = nullptr;
  Mode mode = Mode::kFree;
  std::string path;  // of the scenario's file; empty when it ships
};

// words: facility names, scenario names, scenario files and promise ids; none: every scenario that
//   ships, on every facility that it names.  A scenario chosen twice is there once.
// modes: each choice is there once for every one of these in which its scenario runs.
// Errors: of input: an unknown word ("did you mean"), what a file has wrong, or no choice that runs
//   in any of the modes.
Result<std::vector<Choice>> SelectChoices(const std::vector<std::string>& words,
                                          std::span<const Mode> modes);

// Whether a scenario that ships exercises the promise in that mode, on one of these facilities.
bool IsExercised(std::string_view promise, std::span<const std::string> facilities, Mode mode);

// The mode in which scenarios that ship exercise the promise: free, if any does.
Mode ModeThatExercises(std::string_view promise);

}  // namespace parley

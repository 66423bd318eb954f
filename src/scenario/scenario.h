// Scenarios: TOML files that describe a distribution over programs, and the promises that they
// exercise.  Those that ship are part of the binary and are found by name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"
#include "src/program/program.h"
#include "src/scenario/rules.h"

namespace parley {

struct Scenario {
  std::string name;                                      // the file's name without ".toml"
  std::string summary;                                   // the comment in the file's first line
  std::vector<std::string> facilities;                   // each is an instance of the scenario
  std::vector<std::string> promises;                     // catalogue ids, without "@facility"
  std::vector<Mode> modes{Mode::kFree, Mode::kStepped};  // in which it runs
  std::uint64_t rounds = 0;                              // at most that many; 0: as many as fit
  Rules rules;                                           // what its rounds draw from
};

// What the command line may change about a crew.  0 leaves a count as the scenario has it.
struct CrewSize {
  std::uint32_t writers = 0;  // 1..kMaxRoleCount
  std::uint32_t readers = 0;
};

// Reads a scenario.
//
// path: for messages, "path:line:column: what"; the name is its last part without ".toml".
// Errors: input errors: what TOML refuses, unknown keys ("did you mean"), wrong types, unknown
//   facilities, promises and calls, sizes above the limit, crews of zero or too many workers.
Result<Scenario> ParseScenario(std::string_view toml, std::string_view path);

// The scenarios that ship, sorted by name.
std::span<const Scenario> ShippedScenarios();

// The shipped scenario of that name, or the file at that path (it holds a '/' or ends in ".toml");
// an unknown name is an input error that names the nearest known one.
Result<Scenario> LoadScenario(std::string_view name_or_path);

// One sample.  Pure: the same arguments give the same program on every machine.
//
// facility: one of the scenario's.
// crew: replaces the counts of the roles "writer" and "reader".  What the scenario says of sizes
//   then yields to what such a crew can tell apart: more than 8 writers, or several readers,
//   need framed records, and several readers records of one size.
// mode: stepped makes short scripts of the streams, with a strategy that schedules them.
Program SampleProgram(const Scenario& scenario, const Facility& facility, std::uint64_t seed,
                      std::uint64_t round, std::optional<CrewSize> crew = std::nullopt,
                      Mode mode = Mode::kFree);

// The same crew in stepped mode: streams become scripts of a few drawn calls, scripts lose their
// phases, kills and interrupts become chances a step.  root: of every draw, by name.
Program CallByCall(Program program, const Facility& facility, std::uint64_t root);

}  // namespace parley

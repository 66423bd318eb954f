// Runs sampled crews on the one engine of the process, and judges them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "properties/crew/crew.h"
#include "src/base/error.h"
#include "src/engine/engine.h"
#include "src/finding/finding.h"
#include "src/history/history.h"
#include "src/program/program.h"

namespace parley {

// How tokens call the scenario of a sampled crew.
inline constexpr std::string_view kCrewName = "crew";

// What the crew does in that round: what `parley replay` makes of its scenario.
//
// Errors: of input, when the crew is one that parley refuses to read.
Result<Program> ProgramOf(const SampledCrew& crew, std::uint64_t round);

struct CrewResult {
  RunResult run;
  std::optional<History> evidence;  // of the first round that broke the promise, else any promise
};

// Rounds 0..rounds-1 of the crew, to the first that breaks the promise; that one again `repeats`
// times, for a failure that hardly ever comes back is a poor one to show.
//
// promise: instance id.
// Errors: as Engine::Start and Engine::Run; one lost round is forgiven.
Result<CrewResult> RunCrew(const SampledCrew& crew, std::uint64_t rounds, std::uint64_t repeats,
                           std::string_view promise);

// One round of a program at hand, whatever made it.  label: what its history says of itself.
//
// Errors: as Engine::Start and Engine::Run; one lost round is forgiven.
Result<History> RunProgram(const Program& program, const RoundLabel& label);

// Name of the planted bug that the engine's crews are under; empty when there is none.
const std::string& PlantedHere();

// Catalogue id of the promise that a law shall look for and shrink, whatever else breaks with it;
// empty when every promise counts.  A planted bug may break several, and the one that it is for
// last.
std::string& SoughtPromise();

// What a test leaves for its reader: a file named after the running test, where Bazel keeps them.
//
// suffix: ".toml".
std::string ArtifactPath(std::string_view suffix);

// Where the reader finds what was written there: Bazel packs a test's files.
std::string ArtifactPlace(const std::string& path);

// How the engine shall be; before the first crew.
void ConfigureEngine(const EngineOptions& options);
// Ends the engine's processes, if there are any.
void EndEngine();

}  // namespace parley

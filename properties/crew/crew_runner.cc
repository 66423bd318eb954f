#include "properties/crew/crew_runner.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "src/base/clock.h"
#include "src/check/checker.h"
#include "src/facility/facility.h"
#include "src/finding/tally.h"
#include "src/finding/token.h"
#include "src/scenario/scenario.h"

namespace parley {
namespace {

constexpr std::uint64_t kClockTestMs = 20;

struct SharedEngine {
  EngineOptions options;
  std::unique_ptr<Engine> engine;
};

SharedEngine& Shared() {
  static SharedEngine shared;
  return shared;
}

Result<Engine*> TheEngine() {
  SharedEngine& shared = Shared();
  if (shared.engine == nullptr) {
    shared.options.clock_slack_ns = TestClock(kClockTestMs).SlackNs();
    auto started = Engine::Start(shared.options);
    if (!started) return std::unexpected(started.error());
    shared.engine = std::move(*started);
  }
  return shared.engine.get();
}

Result<Scenario> ScenarioOf(const SampledCrew& crew) {
  return ParseScenario(ScenarioText(crew), fmt::format("{}.toml", kCrewName));
}

RoundLabel LabelOf(const SampledCrew& crew, std::uint64_t round) {
  const Token token{.scenario = std::string(kCrewName),
                    .facility = crew.facility,
                    .seed = crew.seed,
                    .round = round,
                    .planted = Shared().options.planted};
  return {.scenario = std::string(kCrewName),
          .token = FormatToken(token),
          .seed = crew.seed,
          .round = round};
}

// Chance may kill a process from outside, once.
Result<History> RunRound(Engine& engine, const Program& program, const RoundLabel& label) {
  const Interrupted never = [] { return false; };
  auto history = engine.Run(program, label, never);
  if (history || history.error().blame != Blame::kSystem) return history;
  return engine.Run(program, label, never);
}

}  // namespace

Result<Program> ProgramOf(const SampledCrew& crew, std::uint64_t round) {
  const auto scenario = ScenarioOf(crew);
  if (!scenario) return std::unexpected(scenario.error());
  return SampleProgram(*scenario, *FindFacility(crew.facility), crew.seed, round);
}

Result<CrewResult> RunCrew(const SampledCrew& crew, std::uint64_t rounds, std::uint64_t repeats,
                           std::string_view promise) {
  const auto scenario = ScenarioOf(crew);
  if (!scenario) return std::unexpected(scenario.error());
  const auto engine = TheEngine();
  if (!engine) return std::unexpected(engine.error());
  const Facility& facility = *FindFacility(crew.facility);
  RunTally tally;
  tally.Declare(kCrewName, facility, crew.promises);
  CrewResult result;
  bool broken = false;
  std::uint64_t round = 0;
  while (broken ? repeats-- > 0 : round < rounds) {
    const Program program = SampleProgram(*scenario, facility, crew.seed, round);
    auto history = RunRound(**engine, program, LabelOf(crew, round));
    if (!history) return std::unexpected(history.error());
    for (const std::size_t fresh : tally.Add(kCrewName, facility, *history, Judge(*history))) {
      if (broken) continue;
      broken = tally.findings()[fresh].promise == promise;
      if (broken || !result.evidence) result.evidence = *history;
    }
    if (!broken) ++round;
  }
  tally.Fill(result.run);
  return result;
}

Result<History> RunProgram(const Program& program, const RoundLabel& label) {
  const auto engine = TheEngine();
  if (!engine) return std::unexpected(engine.error());
  return RunRound(**engine, program, label);
}

const std::string& PlantedHere() { return Shared().options.planted; }

std::string& SoughtPromise() {
  static std::string promise;
  return promise;
}

std::string ArtifactPath(std::string_view suffix) {
  const char* folder = std::getenv("TEST_UNDECLARED_OUTPUTS_DIR");
  if (folder == nullptr) folder = std::getenv("TEST_TMPDIR");
  const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
  const std::string name =
      test != nullptr ? fmt::format("{}.{}", test->test_suite_name(), test->name()) : "crew";
  return fmt::format("{}/{}{}", folder != nullptr ? folder : ".", name, suffix);
}

std::string ArtifactPlace(const std::string& path) {
  const std::size_t logs = path.find("/testlogs/");
  const std::size_t file = path.rfind('/');
  if (logs == std::string::npos || std::getenv("TEST_UNDECLARED_OUTPUTS_DIR") == nullptr) {
    return path;
  }
  return fmt::format("{} in bazel-{}/outputs.zip", path.substr(file + 1),
                     path.substr(logs + 1, file - logs - 1));
}

void ConfigureEngine(const EngineOptions& options) { Shared().options = options; }

void EndEngine() { Shared().engine.reset(); }

}  // namespace parley

// From phases to scripts.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "src/base/check.h"
#include "src/scenario/scenario.h"
#include "src/scenario/testing.h"

namespace parley {
namespace {

Scenario Parsed(std::string_view rest) {
  const auto scenario = ParseScenario(
      fmt::format(
          "# Hard.\nfacilities = [\"lane\", \"street\"]\npromises = [\"xfer.conservation\"]\n{}",
          rest),
      "x.toml");
  if (!scenario) ADD_FAILURE() << scenario.error().message;
  CHECK(scenario.has_value());
  return *scenario;
}

Program Sampled(const Scenario& scenario, std::uint64_t round,
                std::optional<CrewSize> crew = std::nullopt) {
  return SampleProgram(scenario, LaneForTests(), 1, round, crew);
}

std::size_t CountOf(const Program& program, std::uint8_t role) {
  return static_cast<std::size_t>(std::ranges::count(program.workers, role, &WorkerPlan::role));
}

std::span<const Step> StepsOf(const WorkerPlan& worker) {
  return std::span(worker.steps).first(worker.step_count);
}

TEST(SampleProgram, LaysOutPhasesAndRepeatsTheCycle) {
  const Scenario scenario = Parsed(R"(cycles = 3
[[workers]]
role = "a"
[[phases]]
steps = [{ who = "a", call = "put", bytes = 30 }]
[[phases]]
cycle = true
steps = [{ who = "a", call = "take", bytes = 40 }, { who = "a", call = "close" }]
[[phases]]
steps = [{ who = "a", call = "put", bytes = 50 }]
)");

  const Program program = Sampled(scenario, 0);

  EXPECT_EQ(program.phases, 5U);
  std::vector<std::uint32_t> phases;
  std::vector<std::uint32_t> bytes;
  for (const Step& step : StepsOf(program.workers[0])) {
    phases.push_back(step.phase);
    bytes.push_back(step.bytes);
  }
  EXPECT_EQ(phases, (std::vector<std::uint32_t>{0, 1, 1, 2, 2, 3, 3, 4}));
  EXPECT_EQ(bytes, (std::vector<std::uint32_t>{30, 40, 0, 40, 0, 40, 0, 50}));
}

TEST(SampleProgram, DealsAStepToEachToOneOrToAny) {
  const Scenario scenario = Parsed(R"([[workers]]
role = "a"
count = 4
[[phases]]
steps = [{ who = "a", call = "put", bytes = 30 }]
[[phases]]
steps = [{ who = "a.2", call = "put", bytes = 30 }]
[[phases]]
steps = [{ who = "a.any", call = "put", bytes = 30 }]
)");
  std::set<std::size_t> any;

  for (std::uint64_t round = 0; round < 100; ++round) {
    const Program program = Sampled(scenario, round);
    std::vector<std::size_t> dealt(3);
    for (std::size_t worker = 0; worker < 4; ++worker) {
      for (const Step& step : StepsOf(program.workers[worker])) {
        ++dealt[step.phase];
        if (step.phase == 1) {
          EXPECT_EQ(worker, 2U);
        }
        if (step.phase == 2) any.insert(worker);
      }
    }
    EXPECT_EQ(dealt, (std::vector<std::size_t>{4, 1, 1}));
  }

  EXPECT_EQ(any.size(), 4U);
}

TEST(SampleProgram, DealsAStepWithItsChance) {
  const Scenario scenario = Parsed(R"([[workers]]
role = "a"
[[phases]]
steps = [{ who = "a", call = "put", bytes = 30, chance_percent = 25 }]
)");
  std::uint32_t dealt = 0;

  for (std::uint64_t round = 0; round < 1000; ++round) {
    dealt += Sampled(scenario, round).workers[0].step_count;
  }

  EXPECT_GT(dealt, 200U);
  EXPECT_LT(dealt, 300U);
}

TEST(SampleProgram, RepeatsAStepForEveryWorkerOfARole) {
  const Scenario scenario = Parsed(R"([[workers]]
role = "writer"
[[workers]]
role = "reader"
count = [1, 8]
[[phases]]
steps = [{ who = "writer", call = "put", bytes = 30, repeat = 2, repeat_per = "reader" }]
)");

  for (std::uint64_t round = 0; round < 20; ++round) {
    const Program program = Sampled(scenario, round);

    EXPECT_EQ(program.workers[0].steps[0].repeat, 2 * CountOf(program, 1));
  }
}

TEST(SampleProgram, TriesEveryArgument) {
  const auto scenario = ParseScenario(
      "# Hard.\nfacilities = [\"lane\"]\npromises = [\"xfer.related-only\"]\n[[workers]]\n"
      "role = \"a\"\n[[phases]]\nsteps = [{ who = \"a\", call = \"probe\", argument = { each = [3, "
      "5] } }]\n",
      "x.toml");
  ASSERT_TRUE(scenario.has_value());

  const Program program = Sampled(*scenario, 0);

  std::vector<std::uint64_t> arguments;
  for (const Step& step : StepsOf(program.workers[0])) arguments.push_back(step.argument);
  EXPECT_EQ(arguments, (std::vector<std::uint64_t>{3, 4, 5}));
}

TEST(SampleProgram, WritesAReleaseDownWithAWorkerThatIsNotKilled) {
  const Scenario scenario = Parsed(R"(maker_keeps = true
[[workers]]
role = "mortal"
[[workers]]
role = "other"
[[phases]]
steps = [{ who = "other", call = "put", bytes = 30 }, { who = "mortal", fault = "kill" }]
[[phases]]
steps = [{ maker = "release" }]
[[phases]]
steps = [{ who = "other", call = "put", bytes = 30 }]
)");

  const Program program = Sampled(scenario, 0);

  EXPECT_EQ(program.workers[0].step_count, 1U);
  std::vector<StepKind> kinds;
  for (const Step& step : StepsOf(program.workers[1])) kinds.push_back(step.kind);
  EXPECT_EQ(kinds, (std::vector{StepKind::kCall, StepKind::kRelease, StepKind::kCall}));
}

TEST(SampleProgram, KeepsAWorkerThatAStepNames) {
  const Scenario scenario = Parsed(R"([[workers]]
role = "writer"
count = 3
[[phases]]
steps = [{ who = "writer.2", call = "put", bytes = 30 }]
)");

  const Program program = Sampled(scenario, 0, CrewSize{.writers = 1, .readers = 0});

  EXPECT_EQ(program.workers.size(), 3U);
}

}  // namespace
}  // namespace parley

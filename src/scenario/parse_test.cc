// What a scenario file may say.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "src/scenario/scenario.h"
#include "src/scenario/testing.h"

namespace parley {
namespace {

constexpr std::string_view kHead = R"(# Hard.
facilities = ["lane"]
promises = ["xfer.conservation"]
)";

constexpr std::string_view kWriter = R"([[workers]]
role = "writer"
ends = "write"
calls = { put = 1 }
operations = 10
message_bytes = 64
)";

constexpr std::string_view kReader = R"([[workers]]
role = "reader"
ends = "read"
calls = { take = 1 }
buffer_bytes = 4096
)";

constexpr std::string_view kScriptWriter = R"([[workers]]
role = "writer"
ends = "write"
)";

// The head has three lines: what follows begins in line 4.
std::string File(std::string_view a, std::string_view b = {}, std::string_view c = {}) {
  return fmt::format("{}{}{}{}", kHead, a, b, c);
}

TEST(ParseScenario, ReadsASmallOne) {
  const auto scenario = ParseScenario(File(kWriter, kReader), "folder/small.toml");

  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  EXPECT_EQ(scenario->name, "small");
  EXPECT_EQ(scenario->summary, "Hard.");
  EXPECT_EQ(scenario->facilities, std::vector<std::string>{"lane"});
  EXPECT_EQ(scenario->promises, std::vector<std::string>{"xfer.conservation"});
  EXPECT_EQ(scenario->rounds, 0U);
  ASSERT_EQ(scenario->rules.roles.size(), 2U);
  EXPECT_TRUE(scenario->rules.roles[0].puts);
  EXPECT_TRUE(scenario->rules.roles[1].takes);
}

TEST(ParseScenario, ReadsEverythingThatARoleCanSay) {
  const auto scenario = ParseScenario(File(R"([[workers]]
role = "writer"
count = [2, 8]
topology = ["related", "forked"]
ends = "write"
creator = true
fresh = true
calls = { put = 8, puts = 1 }
operations = [10, 20]
message_bytes = { among = [24, 100], range = [512, 4096] }
pieces = [1, 64]
bodies = ["counter", "magic"]
overwrites = true
broken_pipe = "caught"
interrupts = { interval_us = [200, 2000], restart = true }
jitter = { yield = 1, spin = [0, 2], sleep = 3, move = 4, pause_us = [5, 6] }
)"),
                                      "x.toml");

  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  const RoleRule& role = scenario->rules.roles[0];
  EXPECT_EQ(role.count.low, 2U);
  EXPECT_EQ(role.count.high, 8U);
  EXPECT_EQ(role.topologies, (std::vector{Topology::kRelated, Topology::kForked}));
  EXPECT_EQ(role.ends, Ends::kWrite);
  EXPECT_TRUE(role.creator);
  EXPECT_TRUE(role.fresh);
  ASSERT_EQ(role.calls.size(), 2U);
  EXPECT_EQ(role.calls[0].call, "put");
  EXPECT_EQ(role.calls[0].weight, 8U);
  EXPECT_EQ(role.operations.high, 20U);
  EXPECT_EQ(role.sizes.sizes.count, 3U);
  EXPECT_EQ(role.sizes.sizes.Largest(), 4096U);
  EXPECT_EQ(role.pieces, Sizes::Range(1, 64));
  EXPECT_EQ(role.bodies, 1U | 1U << static_cast<unsigned>(Body::kMagic));
  EXPECT_TRUE(role.overwrites);
  EXPECT_EQ(role.ignores_broken_pipe, std::vector<bool>{false});
  EXPECT_EQ(role.interrupt_us.low, 200U);
  EXPECT_TRUE(role.restart);
  EXPECT_EQ(role.jitter.spin.high, 2U);
  EXPECT_EQ(role.jitter.pause_us.low, 5U);
}

TEST(ParseScenario, ReadsAnObjectAndWhatOneFacilityChangesOfIt) {
  const auto scenario = ParseScenario(R"(# Hard.
facilities = ["lane", "street"]
promises = ["xfer.conservation"]
maker_keeps = true
[object]
capacity_bytes = { among = ["default", 4096] }
nonblocking = true
exists = false
[object.street]
capacity_bytes = "default"
)" + std::string(kWriter),
                                      "x.toml");

  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  EXPECT_TRUE(scenario->rules.maker_keeps);
  EXPECT_EQ(scenario->rules.object.capacity_bytes.count, 2U);
  EXPECT_EQ(scenario->rules.object.capacity_bytes.Smallest(), 0U);
  EXPECT_FALSE(scenario->rules.object.exists);
  EXPECT_EQ(scenario->rules.facility_objects.at("street").capacity_bytes.Largest(), 0U);
  EXPECT_TRUE(scenario->rules.facility_objects.at("street").nonblocking);
}

TEST(ParseScenario, ReadsFaults) {
  const auto scenario = ParseScenario(File(kWriter, R"([[faults]]
kind = "stop"
target = "writer.0"
where = "either"
count = [1, 2]
per_thousand_operations = 0.5
respawn = false
duration_us = [100, 200]
)"),
                                      "x.toml");

  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  const FaultRule& fault = scenario->rules.faults[0];
  EXPECT_EQ(fault.kind, FaultKind::kStop);
  EXPECT_EQ(fault.only, 0U);
  EXPECT_EQ(fault.where, FaultPlace::kEither);
  EXPECT_EQ(fault.count.high, 2U);
  EXPECT_EQ(fault.per_thousand_operations, 0.5);
  EXPECT_FALSE(fault.respawn);
  EXPECT_EQ(fault.duration_us.high, 200U);
}

TEST(ParseScenario, ReadsPhases) {
  const auto scenario = ParseScenario(File("maker_keeps = true\ncycles = [2, 3]\n", kScriptWriter,
                                           R"([[phases]]
cycle = true
steps = [
  { who = "writer", call = "put", bytes = [24, 64], handle = 2, repeat = [1,3], delay_us = [0,9] },
  { who = "writer.0", call = "close", chance_percent = 50, repeat_per = "writer" },
  { who = "writer.any", fault = "kill" },
  { maker = "release", delay_us = 5 },
]
[[phases]]
steps = [{ who = "writer", call = "probe", argument = { each = [3, 9] } }]
)"),
                                      "x.toml");

  ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
  const Rules& rules = scenario->rules;
  EXPECT_EQ(rules.cycles.high, 3U);
  ASSERT_EQ(rules.phases.size(), 2U);
  EXPECT_TRUE(rules.phases[0].cycle);
  ASSERT_EQ(rules.phases[0].steps.size(), 4U);
  EXPECT_EQ(rules.phases[0].steps[0].handle, 2U);
  EXPECT_EQ(rules.phases[0].steps[0].delay_us.high, 9U);
  EXPECT_EQ(rules.phases[0].steps[1].who, Who::kOnly);
  EXPECT_EQ(rules.phases[0].steps[1].chance_percent, 50U);
  EXPECT_EQ(rules.phases[0].steps[1].repeat_per, 0U);
  EXPECT_EQ(rules.phases[0].steps[2].who, Who::kAny);
  EXPECT_EQ(rules.phases[0].steps[2].kind, StepKind::kKill);
  EXPECT_EQ(rules.phases[0].steps[3].kind, StepKind::kRelease);
  EXPECT_TRUE(rules.phases[1].steps[0].each_argument);
  EXPECT_EQ(rules.phases[1].steps[0].argument.high, 9U);
}

}  // namespace
}  // namespace parley

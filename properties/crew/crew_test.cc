// What is sampled is what runs, and what a replay line brings back.
#include "properties/crew/crew.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>

#include "properties/crew/crew_gen.h"
#include "properties/crew/crew_runner.h"
#include "src/facility/facility.h"
#include "src/scenario/scenario.h"

namespace parley {
namespace {

SampledCrew TwoWriters() {
  return {.facility = "pipe",
          .promises = {"pipe.atomic-write"},
          .capacity_bytes = 8192,
          .nonblocking = true,
          .roles = {{.count = 2, .calls = {"writev"}, .operations = 7, .bytes = {512}, .pieces = 3},
                    {.name = "resizer", .count = 0, .calls = {"set_capacity"}, .bytes = {4096}},
                    {.name = "reader", .ends = "read", .calls = {"read"}, .bytes = {100, 4096}}},
          .faults = {{.kind = "kill", .target = "writer", .count = 1},
                     {.kind = "stop", .target = "reader", .count = 0}},
          .seed = 5};
}

SampledCrew SampleCrew() {
  const CrewRole writers = *RoleLike({.calls = {"write", "writev"}, .pauses_high = 9});
  const CrewRole readers = *OneReader({"related", "forked"});
  const CrewFault fault = *Faults("writer", {"stop", "kill"}, 3);
  return {.facility = "pipe",
          .promises = {"pipe.order"},
          .capacity_bytes = *OneOf(CapacityBytes()),
          .roles = {writers, readers},
          .faults = {fault},
          .seed = *rc::gen::arbitrary<std::uint32_t>()};
}

TEST(ProgramOf, HasTheWorkersAndTheObjectThatWereSampled) {
  const auto program = ProgramOf(TwoWriters(), 0);

  ASSERT_TRUE(program.has_value()) << program.error().message;
  EXPECT_EQ(program->object.capacity_bytes, 8192U);
  EXPECT_TRUE(program->object.nonblocking);
  EXPECT_EQ(program->roles, (std::vector<std::string>{"writer", "reader"}));
  ASSERT_EQ(program->workers.size(), 3U);
  EXPECT_EQ(program->workers[0].stream.operations, 7U);
  EXPECT_EQ(program->workers[0].stream.sizes.Largest(), 512U);
  EXPECT_EQ(program->workers[0].stream.pieces.Largest(), 3U);
  EXPECT_EQ(program->workers[2].stream.sizes.Smallest(), 100U);
  ASSERT_EQ(program->faults.size(), 1U);
  EXPECT_EQ(program->faults[0].kind, FaultKind::kKill);
}

TEST(ProgramOf, HasTheStepsThatWereSampled) {
  SampledCrew crew{.facility = "pipe", .promises = {"pipe.eof-exact"}};
  crew.roles = {{.count = 2}, {.name = "reader", .ends = "read"}};
  crew.phases = {{{.who = "writer.1", .call = "write", .bytes = 24, .repeat = 3}},
                 {},
                 {{.who = "writer.1", .fault = "kill", .delay_us = 9},
                  {.who = "reader", .call = "set_nonblock", .argument = 1}}};

  const auto program = ProgramOf(crew, 0);

  ASSERT_TRUE(program.has_value()) << program.error().message;
  EXPECT_EQ(program->phases, 2U);
  EXPECT_EQ(program->workers[0].step_count, 0U);
  ASSERT_EQ(program->workers[1].step_count, 2U);
  EXPECT_EQ(program->workers[1].steps[0].bytes, 24U);
  EXPECT_EQ(program->workers[1].steps[0].repeat, 3U);
  EXPECT_EQ(program->workers[1].steps[1].kind, StepKind::kKill);
  EXPECT_EQ(program->workers[1].steps[1].delay_us, 9U);
  EXPECT_EQ(program->workers[2].steps[0].argument, 1U);
}

TEST(ProgramOf, SaysWhatIsWrongWithACrewThatIsNone) {
  SampledCrew crew = TwoWriters();
  crew.roles[0].topology = "married";

  const auto program = ProgramOf(crew, 0);

  ASSERT_FALSE(program.has_value());
  EXPECT_NE(program.error().message.find("married"), std::string::npos);
}

// What `parley replay TOKEN --scenario FILE` makes of the text.
RC_GTEST_PROP(ScenarioText, BringsTheSameProgramBack, ()) {
  const SampledCrew crew = SampleCrew();
  const std::uint64_t round = *rc::gen::inRange(0, 100);
  const std::string path = ArtifactPath(".toml");
  std::ofstream(path) << ScenarioText(crew);

  const auto scenario = LoadScenario(path);

  RC_ASSERT(scenario.has_value());
  const auto run = ProgramOf(crew, round);
  RC_ASSERT(run.has_value());
  const Program again = SampleProgram(*scenario, *FindFacility("pipe"), crew.seed, round);
  RC_ASSERT(again.workers == run->workers);
  RC_ASSERT(again.faults == run->faults);
  RC_ASSERT(again.object.capacity_bytes == run->object.capacity_bytes);
}

}  // namespace
}  // namespace parley

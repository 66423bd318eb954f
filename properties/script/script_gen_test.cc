#include "properties/script/script_gen.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "src/facility/facility.h"
#include "src/program/check_program.h"

namespace parley {
namespace {

ScriptShape WritersAndReader() {
  return {
      .capacities = {4096, 0},
      .roles = {{.count_low = 2, .calls = {"write", "writev", "set_capacity"}, .bytes = {1, 4096}},
                {.name = "reader",
                 .ends = Ends::kRead,
                 .count_high = 1,
                 .calls = {"read", "poll_read"},
                 .calls_low = 3,
                 .bytes = {100}}},
      .kill = 32};
}

RC_GTEST_PROP(Scripts, CanBeRun, ()) {
  const Program program = *Scripts(WritersAndReader());
  const auto checked = CheckProgram(program);

  if (!checked) RC_FAIL(checked.error().message);
  RC_ASSERT(program.workers.size() >= 3U);
  RC_ASSERT(program.workers.size() <= 4U);
  const WorkerPlan& reader = program.workers.back();
  RC_ASSERT(reader.ends == Ends::kRead);
  RC_ASSERT(reader.step_count >= 3U);
  RC_ASSERT(program.stepped->kill <= 32);
  RC_ASSERT(program.stepped->signal == 0);
}

RC_GTEST_PROP(Scripts, HaveOneSizeOfRecordsWhereThatIsAsked, ()) {
  ScriptShape shape = WritersAndReader();
  shape.records = {24, 512};
  const Program program = *Scripts(shape);

  std::set<std::uint32_t> sizes;
  for (const WorkerPlan& worker : program.workers) {
    for (std::uint32_t i = 0; i < worker.step_count; ++i) {
      const Effect effect = FindFacility("pipe")->Calls()[worker.steps[i].call].effect;
      if (effect == Effect::kPut || effect == Effect::kTake) sizes.insert(worker.steps[i].bytes);
    }
  }
  RC_ASSERT(sizes.size() <= 1U);
}

RC_GTEST_PROP(Scripts, BeginWithACallThatIsToComeFirst, ()) {
  const Program program = *Scripts({.facility = "fifo",
                                    .roles = {{.ends = Ends::kNone,
                                               .topologies = {Topology::kUnrelated},
                                               .first = {"open_both"},
                                               .calls = {"write"}}}});

  RC_ASSERT(CheckProgram(program).has_value());
  const std::uint8_t first = program.workers.front().steps[0].call;
  RC_ASSERT(FindFacility("fifo")->Calls()[first].name == "open_both");
}

TEST(Scripts, AreShownByTheirSize) {
  Program program{.facility = "pipe", .stepped = SteppedPlan{}};
  program.workers.resize(2);
  std::ostringstream os;

  showValue(program, os);

  EXPECT_EQ(os.str(), "a program for a pipe: 2 workers, 0 calls, 0 entries of schedule");
}

}  // namespace
}  // namespace parley

// What the passes that let one call do for several make of small programs.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "src/facility/facility.h"
#include "src/shrink/passes.h"

namespace parley {
namespace {

struct Line {
  std::string_view call;
  std::uint32_t bytes = 0;
  std::uint64_t argument = 0;
};

std::uint8_t CallOf(const std::string& facility, std::string_view name) {
  const auto calls = FindFacility(facility)->Calls();
  return static_cast<std::uint8_t>(std::ranges::find(calls, name, &CallTraits::name) -
                                   calls.begin());
}

// One worker for each script.
Program ProgramOf(const std::string& facility, const std::vector<std::vector<Line>>& scripts) {
  Program program{.facility = facility, .roles = {"worker"}, .stepped = SteppedPlan{}};
  for (const auto& script : scripts) {
    WorkerPlan worker{.bodies = 1};
    for (const Line& line : script) {
      worker.steps[worker.step_count++] = {
          .call = CallOf(facility, line.call), .bytes = line.bytes, .argument = line.argument};
    }
    program.workers.push_back(worker);
  }
  return program;
}

// "open_both, read 100" of each worker, after the edit.
std::vector<std::string> After(const Edit& edit, Program program) {
  edit.apply(program);
  std::vector<std::string> texts;
  for (const WorkerPlan& worker : program.workers) {
    std::string text;
    for (std::uint32_t i = 0; i < worker.step_count; ++i) {
      const Step& step = worker.steps[i];
      text += text.empty() ? "" : ", ";
      text += FindFacility(program.facility)->Calls()[step.call].name;
      if (step.bytes > 0) text += " " + std::to_string(step.bytes);
    }
    texts.push_back(text);
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST(JoinEnds, OpensBothEndsWhereAWorkerOpenedOneAfterTheOther) {
  const Program program =
      ProgramOf("fifo", {{{"open_read"}, {"read", 9}, {"open_write"}}, {{"open_write"}}});

  const auto edits = JoinEnds(program);

  std::vector<Texts> found;
  for (const Edit& edit : edits) found.push_back(After(edit, program));
  EXPECT_EQ(found.size(), 10U);
  EXPECT_EQ(found.front(), (Texts{"open_both, read 9", "open_write"}));
  // Of two workers, one opens both and needs no partner.
  EXPECT_NE(std::ranges::find(found, Texts{"read 9, open_write", "open_both"}), found.end());
}

TEST(MergeCrew, LetsWhoWouldWaitForHimselfOpenBothEnds) {
  const Program program = ProgramOf("fifo", {{{"open_write"}}, {{"open_read"}, {"read", 9}}});

  const auto edits = MergeCrew(program);

  ASSERT_EQ(edits.size(), 4U);
  EXPECT_EQ(After(edits[0], program), Texts{"open_write, open_read, read 9"});
  EXPECT_EQ(After(edits[1], program), Texts{"open_both, open_both, read 9"});
}

TEST(FillAsMade, FillsTheObjectInPlaceOfMakingItSmall) {
  const Program program = ProgramOf(
      "fifo", {{{"set_capacity", 0, 8193}, {"write", 12801}, {"write", 100}, {"read", 15000}}});

  std::vector<Texts> found;
  for (const Edit& edit : FillAsMade(program)) found.push_back(After(edit, program));

  // As much room as there was: 16384 - 12801 bytes.
  EXPECT_NE(std::ranges::find(found, Texts{"write 61953, write 100, read 69632"}), found.end());
  EXPECT_NE(std::ranges::find(found, Texts{"write 65536, write 100, read 69632"}), found.end());
}

TEST(ResizeAtStart, MakesAPipeOfTheCapacityThatACallGaveIt) {
  Program program = ProgramOf("pipe", {{{"write", 9}, {"set_capacity", 0, 8193}}});

  const auto edits = ResizeAtStart(program);

  ASSERT_EQ(edits.size(), 1U);
  EXPECT_EQ(After(edits.front(), program), Texts{"write 9"});
  edits.front().apply(program);
  EXPECT_EQ(program.object.capacity_bytes, 16384U);
}

TEST(JoinSteps, FillsAsManyPagesAsTheCallsThatItJoins) {
  const Program program = ProgramOf("pipe", {{{"write", 4097}, {"write", 1}, {"write", 8192}}});

  std::vector<Texts> found;
  for (const Edit& edit : JoinSteps(program)) found.push_back(After(edit, program));

  EXPECT_NE(std::ranges::find(found, Texts{"write 20480"}), found.end());
}

TEST(JoinSteps, LeavesAsMuchRoomInTheLastPageAsTheCallsThatItJoins) {
  const Program program =
      ProgramOf("pipe", {{{"write", 50917}, {"write", 10524}, {"read", 62978}}});

  std::vector<Texts> found;
  for (const Edit& edit : JoinSteps(program)) found.push_back(After(edit, program));

  // 10524 = 2 * 4096 + 2332 do not fit into what 50917 left: 15 pages and 2332 bytes.
  EXPECT_NE(std::ranges::find(found, Texts{"write 63772, read 67868"}), found.end());
}

TEST(JoinEnds, PutsWhoKeepsBothEndsFirstIfNeedBe) {
  const Program program =
      ProgramOf("fifo", {{{"open_write"}, {"write", 1}}, {{"open_read"}, {"read", 1}}});
  std::size_t first = 0;

  for (const Edit& edit : JoinEnds(program)) {
    Program smaller = program;
    edit.apply(smaller);
    const auto& schedule = smaller.stepped->schedule;
    if (!schedule.empty() && schedule.front() == ScheduleEntry{.worker = 1}) ++first;
  }

  EXPECT_EQ(first, 1U);
}

}  // namespace
}  // namespace parley

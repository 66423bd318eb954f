#include "src/shrink/editing.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "src/base/seed.h"
#include "src/facility/facility.h"
#include "src/program/random_program.h"
#include "src/shrink/toy.h"

namespace parley {
namespace {

// What a step of the toy machine was, without the repeats that its script has left.
struct Deed {
  ScheduleKind kind = ScheduleKind::kStart;
  std::uint16_t worker = 0;
  Step step;
  bool operator==(const Deed&) const = default;
};

std::vector<Deed> DeedsOf(const Program& program) {
  std::vector<Deed> deeds;
  for (const Played& played : Play(program)) {
    deeds.push_back({played.kind, played.worker, played.step});
    deeds.back().step.repeat = 1;
  }
  return deeds;
}

// Without successors: which calls they repeat depends on what else is in the script.
Program AnyProgram(std::uint64_t seed) {
  Program program =
      RandomProgram(seed, *FindFacility("pipe"), {.workers = 4, .steps = 8, .entries = 60});
  std::erase_if(program.stepped->schedule,
                [](const ScheduleEntry& entry) { return entry.kind == ScheduleKind::kRespawn; });
  return program;
}

// With every call in the schedule, and nothing else.
Program WhollyScheduled(std::uint64_t seed) {
  Program program = AnyProgram(seed);
  auto& schedule = program.stepped->schedule;
  std::erase_if(schedule,
                [](const ScheduleEntry& entry) { return entry.kind != ScheduleKind::kStart; });
  std::vector<ScheduleEntry> whole;
  for (const Deed& deed : DeedsOf(program)) whole.push_back({.worker = deed.worker});
  schedule = std::move(whole);
  return program;
}

RC_GTEST_PROP(RemoveCalls, LeavesAllOthersWhereTheyWere, ()) {
  const Program program = AnyProgram(*rc::gen::arbitrary<std::uint64_t>());
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  std::vector<CallAt> gone;
  std::vector<Deed> expected;
  std::map<std::uint16_t, std::uint32_t> numbers;
  for (const Deed& deed : DeedsOf(program)) {
    const bool call = deed.kind == ScheduleKind::kStart;
    const CallAt at{.worker = deed.worker, .number = call ? numbers[deed.worker]++ : 0};
    if (call && random.Chance(1, 3)) {
      gone.push_back(at);
    } else {
      expected.push_back(deed);
    }
  }
  Program smaller = program;

  RemoveCalls(smaller, gone);

  RC_ASSERT(DeedsOf(smaller) == expected);
}

RC_GTEST_PROP(RemoveWorkers, LeavesTheOthersAtTheirCalls, ()) {
  const Program program = AnyProgram(*rc::gen::arbitrary<std::uint64_t>());
  const auto first = *rc::gen::inRange<std::uint16_t>(0, 4);
  const auto count = *rc::gen::inRange<std::uint16_t>(1, static_cast<std::uint16_t>(5 - first));
  std::vector<Deed> expected;
  for (Deed deed : DeedsOf(program)) {
    if (deed.worker >= first && deed.worker < first + count) continue;
    if (deed.worker >= first) deed.worker = static_cast<std::uint16_t>(deed.worker - count);
    expected.push_back(deed);
  }
  Program smaller = program;

  RemoveWorkers(smaller, first, count);

  RC_ASSERT(DeedsOf(smaller) == expected);
}

RC_GTEST_PROP(MergeWorkers, LetsOneMakeTheCallsOfBothInTheirOrder, ()) {
  const Program program = WhollyScheduled(*rc::gen::arbitrary<std::uint64_t>());
  const auto into = *rc::gen::inRange<std::uint16_t>(0, 4);
  const auto from = static_cast<std::uint16_t>((into + *rc::gen::inRange(1, 4)) % 4);
  std::vector<Deed> expected = DeedsOf(program);
  for (Deed& deed : expected) {
    if (deed.worker == from) deed.worker = into;
    if (deed.worker > from) --deed.worker;
  }
  Program smaller = program;

  const bool merged = MergeWorkers(smaller, into, from);

  RC_ASSERT(merged);
  RC_ASSERT(DeedsOf(smaller) == expected);
}

TEST(MergeWorkers, MakesNoCallEarlierThanTheDefaultPolicyDid) {
  Program program = RandomProgram(1, *FindFacility("pipe"), {.workers = 3, .steps = 2});
  program.stepped->schedule.clear();
  std::vector<std::uint16_t> order;
  for (const std::uint16_t worker : WorkersOf(program)) {
    for (std::uint32_t step = 0; step < program.workers[worker].step_count; ++step) {
      order.insert(order.end(), program.workers[worker].steps[step].repeat, worker);
    }
  }

  ASSERT_TRUE(MergeWorkers(program, 0, 2));

  std::ranges::replace(order, std::uint16_t{2}, std::uint16_t{0});
  std::vector<std::uint16_t> scheduled;
  for (const CallAt& call : ScheduledCalls(program)) scheduled.push_back(call.worker);
  EXPECT_EQ(scheduled, order);
}

TEST(MergeWorkers, RefusesAScriptThatWouldBeTooLong) {
  Program program = RandomProgram(1, *FindFacility("pipe"), {.workers = 2, .steps = kMaxSteps});

  EXPECT_FALSE(MergeWorkers(program, 0, 1));
  EXPECT_EQ(program.workers.size(), 2U);
}

RC_GTEST_PROP(ReorderWorkers, ChangesNumbersOnly, ()) {
  const Program program = WhollyScheduled(*rc::gen::arbitrary<std::uint64_t>());
  const std::vector<std::uint16_t> order{2, 0, 3, 1};
  std::vector<Deed> expected = DeedsOf(program);
  for (Deed& deed : expected) {
    deed.worker = static_cast<std::uint16_t>(std::ranges::find(order, deed.worker) - order.begin());
  }
  Program reordered = program;

  ReorderWorkers(reordered, order);

  RC_ASSERT(DeedsOf(reordered) == expected);
}

TEST(ScheduledCalls, AreRepeatedWhereASuccessorOpensAgain) {
  const auto calls = FindFacility("fifo")->Calls();
  const auto named = [&](std::string_view name) {
    return static_cast<std::uint8_t>(std::ranges::find(calls, name, &CallTraits::name) -
                                     calls.begin());
  };
  WorkerPlan writer{.step_count = 2};
  writer.steps[0] = {.call = named("open_write")};
  writer.steps[1] = {.call = named("write"), .repeat = 3, .bytes = 24};
  Program program{.facility = "fifo", .workers = {writer}};
  const ScheduleEntry start;
  program.stepped = SteppedPlan{.schedule = {start,
                                             start,
                                             {.kind = ScheduleKind::kKill},
                                             start,  // of a dead one
                                             {.kind = ScheduleKind::kRespawn},
                                             start,
                                             start}};
  std::vector<std::uint32_t> numbers;

  for (const CallAt& call : ScheduledCalls(program)) numbers.push_back(call.number);

  EXPECT_EQ(numbers, (std::vector<std::uint32_t>{0, 1, 0, 2}));

  RemoveSteps(program, std::vector<StepPlace>{{.worker = 0, .step = 0}});

  EXPECT_EQ(program.stepped->schedule.size(), 5U);
}

TEST(SegmentsOf, AreRunsOfEqualEntries) {
  const std::vector<ScheduleEntry> schedule{
      {.worker = 1}, {.worker = 1}, {.kind = ScheduleKind::kKill, .worker = 1}, {.worker = 1}};

  const auto segments = SegmentsOf(schedule);

  ASSERT_EQ(segments.size(), 3U);
  EXPECT_EQ(segments[0].count, 2U);
  EXPECT_EQ(segments[1].entry.kind, ScheduleKind::kKill);
  EXPECT_EQ(segments[2].first, 3U);
}

}  // namespace
}  // namespace parley

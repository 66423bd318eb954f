#include "src/shrink/schedule.h"

#include <gtest/gtest.h>

#include "src/check/history_builder.h"

namespace parley {
namespace {

CallSpec In(std::uint64_t step) {
  return {.from = step * kStepNs, .to = step * kStepNs + kReturnNs, .bytes = 8};
}

// Worker 2 is the maker; it closes its ends in the set-up and, when it keeps them, at the end.
History Round() {
  History history = HistoryBuilder()
                        .Worker("writer")
                        .Worker("reader")
                        .Worker("maker")
                        .OpenWrite(0, {.from = 1, .to = 1})
                        .OpenRead(1, {.from = 1, .to = 1})
                        .Take(1, {.from = 1 * kStepNs, .to = 3 * kStepNs + kReturnNs, .bytes = 8})
                        .Put(0, In(3))
                        .Put(0, {.from = 4 * kStepNs, .bytes = 70000})
                        .Kill(0, 6 * kStepNs, 6 * kStepNs + kReturnNs)
                        .Close(2, In(7))
                        .Build();
  history.faults.push_back(
      {.kind = FaultKind::kSignalRestart, .worker = 1, .invoked_ns = 2 * kStepNs});
  history.faults.push_back({.kind = FaultKind::kSignal, .worker = 0, .invoked_ns = 5 * kStepNs});
  return history;
}

TEST(ScheduleOf, IsWhatHappenedStepByStep) {
  EXPECT_EQ(ScheduleOf(Round()),
            (std::vector<ScheduleEntry>{{.worker = 1},
                                        {.kind = ScheduleKind::kSignalRestart, .worker = 1},
                                        {.worker = 0},
                                        {.worker = 0},
                                        {.kind = ScheduleKind::kSignal, .worker = 0},
                                        {.kind = ScheduleKind::kKill, .worker = 0},
                                        {.worker = 2}}));
}

TEST(ScheduleOf, NamesThePlaceOfASuccessor) {
  // Worker 2 is the maker, worker 3 takes the place of the writer, worker 4 that of worker 3.
  HistoryBuilder built;
  for (const char* role : {"writer", "reader", "maker", "writer", "writer"}) built.Worker(role);
  const auto respawn = [](std::uint16_t gone, std::uint64_t step) {
    return Fault{.kind = FaultKind::kRespawn, .worker = gone, .invoked_ns = step * kStepNs};
  };
  History history = built.Kill(0, 1 * kStepNs, 1 * kStepNs + kReturnNs)
                        .OpenWrite(3, In(2))
                        .Put(3, In(3))
                        .Kill(3, 4 * kStepNs, 4 * kStepNs + kReturnNs)
                        .Put(4, In(6))
                        .Build();
  history.faults.push_back(respawn(0, 2));
  history.faults.push_back(respawn(3, 5));

  EXPECT_EQ(ScheduleOf(history), (std::vector<ScheduleEntry>{{.kind = ScheduleKind::kKill},
                                                             {.kind = ScheduleKind::kRespawn},
                                                             {},
                                                             {.kind = ScheduleKind::kKill},
                                                             {.kind = ScheduleKind::kRespawn},
                                                             {}}));
}

TEST(WithScheduleOf, LeavesNothingToChance) {
  Program program{.workers = std::vector<WorkerPlan>(2)};
  program.stepped = SteppedPlan{
      .strategy = {.kind = StrategyKind::kPos, .seed = 7}, .signal = 1, .kill = 2, .rescues = 3};

  const Program written_down = WithScheduleOf(program, Round());

  ASSERT_TRUE(written_down.stepped);
  EXPECT_EQ(written_down.stepped->schedule.size(), 6U);  // without the maker's
  EXPECT_EQ(written_down.stepped->strategy, StrategyPlan{});
  EXPECT_EQ(written_down.stepped->kill, 0U);
  EXPECT_EQ(written_down.stepped->rescues, 0U);
}

TEST(ScheduleOf, OfAnEmptyRoundIsEmpty) { EXPECT_TRUE(ScheduleOf(History{}).empty()); }

}  // namespace
}  // namespace parley

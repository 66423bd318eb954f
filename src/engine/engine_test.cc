#include "src/engine/engine.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <vector>

#include "src/base/clock.h"
#include "src/engine/leader.h"

namespace parley {
namespace {

std::uint8_t CallNamed(const Facility& facility, std::string_view name) {
  const auto calls = facility.Calls();
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].name == name) return static_cast<std::uint8_t>(i);
  }
  ADD_FAILURE() << "no call " << name;
  return 0;
}

WorkerPlan Stream(const Facility& facility, Ends ends, std::string_view call,
                  std::uint64_t operations, std::uint32_t bytes) {
  WorkerPlan plan;
  plan.ends = ends;
  plan.role = ends == Ends::kWrite ? 0 : 1;
  plan.stream.calls[0] = {.call = CallNamed(facility, call), .weight = 1};
  plan.stream.call_count = 1;
  plan.stream.operations = operations;
  plan.stream.sizes = Sizes::Range(bytes, bytes);
  plan.stream.pieces = Sizes::Range(1, 1);
  return plan;
}

Program Crew(std::string_view name, int writers, int readers, std::uint64_t operations,
             std::uint32_t bytes) {
  const Facility& facility = *FindFacility(name);
  Program program;
  program.facility = name;
  program.roles = {"writer", "reader"};
  for (int i = 0; i < writers; ++i) {
    program.workers.push_back(Stream(facility, Ends::kWrite, "write", operations, bytes));
  }
  for (int i = 0; i < readers; ++i) {
    program.workers.push_back(Stream(facility, Ends::kRead, "read", 0, bytes));
  }
  for (std::size_t i = 0; i < program.workers.size(); ++i) program.workers[i].seed = i + 1;
  return program;
}

std::unique_ptr<Engine> Start(EngineOptions options = {}) {
  auto engine = Engine::Start(options);
  EXPECT_TRUE(engine.has_value()) << (engine ? "" : engine.error().message);
  return engine ? std::move(*engine) : nullptr;
}

std::uint64_t Total(const History& history, Effect effect) {
  std::uint64_t bytes = 0;
  for (const Operation& op : history.operations) {
    if (history.effect(op) == effect && op.result > 0)
      bytes += static_cast<std::uint64_t>(op.result);
  }
  return bytes;
}

const Interrupted kNever_ = [] { return false; };

class EngineRuns : public testing::TestWithParam<const char*> {};

TEST_P(EngineRuns, EveryByteThatWasWrittenIsRead) {
  const auto engine = Start();
  ASSERT_NE(engine, nullptr);

  const auto history = engine->Run(Crew(GetParam(), 4, 2, 200, 64), {}, kNever_);

  ASSERT_TRUE(history.has_value()) << history.error().message;
  EXPECT_EQ(Total(*history, Effect::kPut), 4U * 200 * 64);
  EXPECT_EQ(Total(*history, Effect::kTake), 4U * 200 * 64);
  EXPECT_TRUE(history->header.drained);
  EXPECT_TRUE(history->header.complete);
  EXPECT_TRUE(history->residue.empty());
  for (const Extent& extent : history->extents) EXPECT_EQ(extent.kind, 0);
}

TEST_P(EngineRuns, UnrelatedWorkersFindTheNamedObject) {
  if (!FindFacility(GetParam())->named()) GTEST_SKIP() << "unnamed";
  const auto engine = Start();
  ASSERT_NE(engine, nullptr);
  Program program = Crew(GetParam(), 2, 1, 50, 64);
  for (WorkerPlan& worker : program.workers) worker.topology = Topology::kUnrelated;

  const auto history = engine->Run(program, {}, kNever_);

  ASSERT_TRUE(history.has_value()) << history.error().message;
  EXPECT_EQ(Total(*history, Effect::kTake), 2U * 50 * 64);
}

TEST_P(EngineRuns, AKilledReaderIsReplacedAndTheRestIsRead) {
  const auto engine = Start();
  ASSERT_NE(engine, nullptr);
  // More than the object holds: the writers cannot be done before the reader is killed.
  Program program = Crew(GetParam(), 2, 1, 400, 512);
  program.faults.push_back({.kind = FaultKind::kKill,
                            .where = KillWhere::kInside,
                            .worker = 2,
                            .respawn = true,
                            .after_operations = 50});

  const auto history = engine->Run(program, {}, kNever_);

  ASSERT_TRUE(history.has_value()) << history.error().message;
  ASSERT_EQ(history->faults.size(), 1U);
  EXPECT_EQ(history->workers.size(), 5U);
  EXPECT_GE(Total(*history, Effect::kTake) + 512, 2U * 400 * 512);
}

WorkerPlan Script(const Facility& facility, Ends ends, std::string_view open,
                  std::string_view call) {
  WorkerPlan plan;
  plan.role = ends == Ends::kWrite ? 0 : 1;
  if (facility.named()) {
    plan.steps[plan.step_count++] = {.call = CallNamed(facility, open)};
  } else {
    plan.ends = ends;
  }
  plan.steps[plan.step_count++] = {.call = CallNamed(facility, call), .repeat = 2, .bytes = 24};
  return plan;
}

TEST_P(EngineRuns, AStepLetsASuccessorGoOnWhereAKilledReaderStopped) {
  const auto engine = Start();
  ASSERT_NE(engine, nullptr);
  const Facility& facility = *FindFacility(GetParam());
  Program program{.facility = GetParam(), .roles = {"writer", "reader"}};
  program.maker_keeps = !facility.named();
  program.workers = {Script(facility, Ends::kWrite, "open_write", "write"),
                     Script(facility, Ends::kRead, "open_read", "read")};
  const ScheduleEntry write{.worker = 0};
  const ScheduleEntry read{.worker = 1};
  program.stepped = SteppedPlan{.schedule = {write, read, write, write, read}};
  auto& schedule = program.stepped->schedule;
  if (!facility.named()) schedule = {write, write, read};
  schedule.push_back({.kind = ScheduleKind::kKill, .worker = 1});
  schedule.push_back({.kind = ScheduleKind::kRespawn, .worker = 1});

  const auto history = engine->Run(program, {}, kNever_);

  ASSERT_TRUE(history.has_value()) << history.error().message;
  ASSERT_EQ(history->faults.size(), 2U);
  EXPECT_EQ(history->faults[1].kind, FaultKind::kRespawn);
  EXPECT_EQ(history->faults[1].worker, 1U);
  ASSERT_EQ(history->workers.size(), 4U) << "writer, reader, maker, successor";
  std::vector<std::uint16_t> readers;
  for (const Operation& op : history->operations) {
    if (history->effect(op) == Effect::kTake && op.result == 24) readers.push_back(op.worker);
  }
  EXPECT_EQ(readers, (std::vector<std::uint16_t>{1, 3}));
}

TEST_P(EngineRuns, TheFallbackLeavesNothingBehind) {
  const auto engine = Start({.containment = Containment::kManifest});
  ASSERT_NE(engine, nullptr);

  const auto history = engine->Run(Crew(GetParam(), 1, 1, 100, 64), {}, kNever_);

  ASSERT_TRUE(history.has_value()) << history.error().message;
  EXPECT_EQ(engine->containment(), "manifest");
}

INSTANTIATE_TEST_SUITE_P(Facilities, EngineRuns, testing::Values("pipe", "fifo"));

}  // namespace
}  // namespace parley

int main(int argc, char** argv) {
  if (const auto code = parley::RunAsCrew(argc, argv)) return *code;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

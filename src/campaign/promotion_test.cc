// Promotion against the real pipe, and against a double of it that loses every third write.
#include "src/campaign/promotion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "src/base/clock.h"
#include "src/check/checker.h"
#include "src/engine/engine.h"
#include "src/engine/leader.h"
#include "src/scenario/scenario.h"
#include "src/shrink/shrink.h"

namespace parley {
namespace {

const Facility& Pipe() { return *FindFacility("pipe"); }

class LosingPort final : public Port {
 public:
  explicit LosingPort(std::unique_ptr<Port> port) : port_(std::move(port)) {}

  Reply Perform(const Request& request) override {
    const bool puts = Pipe().Calls()[request.call].effect == Effect::kPut;
    if (puts && ++puts_ % 3 == 0) {
      return {.result = static_cast<std::int64_t>(request.pieces[0].iov_len),
              .handle = Resolve(request)};
    }
    return port_->Perform(request);
  }
  std::uint16_t Resolve(const Request& request) const override { return port_->Resolve(request); }
  void Adopt(FileDescriptor read_fd, FileDescriptor write_fd, bool nonblocking) override {
    port_->Adopt(std::move(read_fd), std::move(write_fd), nonblocking);
  }
  void CloseAll() override {
    puts_ = 0;
    port_->CloseAll();
  }

 private:
  std::unique_ptr<Port> port_;
  int puts_ = 0;
};

class LosingPipe final : public Facility {
 public:
  std::string_view Name() const override { return "losing-pipe"; }
  std::string_view Summary() const override { return "A pipe that loses every third write."; }
  Family GetFamily() const override { return Pipe().GetFamily(); }
  std::span<const CallTraits> Calls() const override { return Pipe().Calls(); }
  std::span<const Binding> Bindings() const override { return Pipe().Bindings(); }
  std::uint64_t AtomicBytes(const std::string& directory) const override {
    return Pipe().AtomicBytes(directory);
  }
  std::uint64_t DefaultCapacityBytes() const override { return Pipe().DefaultCapacityBytes(); }
  bool named() const override { return false; }
  Result<void> Probe(const std::string& directory) const override {
    return Pipe().Probe(directory);
  }
  Result<std::unique_ptr<Object>> Make(const ObjectPlan& plan, const std::string& directory,
                                       const std::string& name) const override {
    return Pipe().Make(plan, directory, name);
  }
  std::unique_ptr<Port> Attach(const std::string& name) const override {
    return std::make_unique<LosingPort>(Pipe().Attach(name));
  }
};

const LosingPipe kLosingPipe;
const FacilityRegistration kRegistration(kLosingPipe);

constexpr std::uint64_t kSeed = 3;

// A free round of the shipped scenario, and its operations that the clause blames.
struct FreeRound {
  Scenario scenario = *LoadScenario("conservation");
  std::unique_ptr<Engine> engine = *Engine::Start({});
  Program program;
  History history;
  std::vector<std::uint32_t> witness;

  explicit FreeRound(const Facility& facility, Clause clause)
      : program(SampleProgram(scenario, facility, kSeed, 0)) {
    auto ran = engine->Run(program, {.scenario = scenario.name, .seed = kSeed}, Never);
    EXPECT_TRUE(ran.has_value()) << ran.error().message;
    history = std::move(*ran);
    for (const Judgement& judgement : Judge(history)) {
      if (judgement.clause == clause) witness = judgement.witness;
    }
  }
  static bool Never() { return false; }
};

TEST(Promote, SeesALossOfAFreeRoundCallByCall) {
  FreeRound free(kLosingPipe, Clause::kLost);
  ASSERT_TRUE(BrokenAgain(Judge(free.history), Clause::kLost));

  const Promoted promoted = Promote(*free.engine,
                                    {.scenario = free.scenario,
                                     .facility = kLosingPipe,
                                     .program = free.program,
                                     .history = free.history,
                                     .clause = Clause::kLost,
                                     .witness = free.witness,
                                     .crew = std::nullopt},
                                    10 * kNsPerS, FreeRound::Never);

  ASSERT_TRUE(promoted.round.has_value()) << promoted.tried << " rounds tried";
  EXPECT_EQ(promoted.round->history.header.mode, "stepped");
  EXPECT_TRUE(BrokenAgain(Judge(promoted.round->history), Clause::kLost));
}

TEST(Promote, SaysHowLongItLookedForWhatIsNotThere) {
  FreeRound free(Pipe(), Clause::kLost);

  const Promoted promoted = Promote(*free.engine,
                                    {.scenario = free.scenario,
                                     .facility = Pipe(),
                                     .program = free.program,
                                     .history = free.history,
                                     .clause = Clause::kLost,
                                     .witness = {},
                                     .crew = std::nullopt},
                                    kNsPerS / 10, FreeRound::Never);

  EXPECT_FALSE(promoted.round.has_value());
  EXPECT_GT(promoted.tried, 0U);
}

TEST(Promote, LeavesAloneWhatRunsInFreeModeOnly) {
  FreeRound free(Pipe(), Clause::kLost);
  free.scenario.modes = {Mode::kFree};

  const Promoted promoted = Promote(*free.engine,
                                    {.scenario = free.scenario,
                                     .facility = Pipe(),
                                     .program = free.program,
                                     .history = free.history,
                                     .clause = Clause::kLost,
                                     .witness = {},
                                     .crew = std::nullopt},
                                    kNsPerS, FreeRound::Never);

  EXPECT_EQ(promoted.tried, 0U);
}

// Two streams of a pipe: worker 0 writes four times, worker 1 reads twice after the second write.
struct TwoStreams {
  Program program;
  History history;

  TwoStreams() {
    program.facility = "pipe";
    program.roles = {"writer", "reader"};
    program.workers.resize(2);
    for (std::uint16_t i = 0; i < 2; ++i) {
      WorkerPlan& plan = program.workers[i];
      plan.role = static_cast<std::uint8_t>(i);
      plan.ends = i == 0 ? Ends::kWrite : Ends::kRead;
      plan.stream.call_count = 1;
      plan.stream.calls[0] = {.call = CallOf(i == 0 ? "write" : "read"), .weight = 1};
      plan.stream.operations = 100;
    }
    for (const CallTraits& call : Pipe().Calls()) {
      history.calls.push_back({.name = std::string(call.name), .effect = call.effect});
    }
    history.workers.resize(2);
    for (const std::uint64_t at : {10, 20, 50, 60}) Add(0, at, 100 + static_cast<int>(at));
    for (const std::uint64_t at : {30, 40}) Add(1, at, 4096);
  }

  static std::uint8_t CallOf(std::string_view name) {
    return static_cast<std::uint8_t>(std::ranges::find(Pipe().Calls(), name, &CallTraits::name) -
                                     Pipe().Calls().begin());
  }
  void Add(std::uint16_t worker, std::uint64_t at, int bytes) {
    history.operations.push_back({.invoked_ns = at,
                                  .returned_ns = at + 5,
                                  .result = bytes,
                                  .requested = static_cast<std::uint32_t>(bytes),
                                  .worker = worker,
                                  .call = CallOf(worker == 0 ? "write" : "read")});
  }
};

TEST(Neighbour, MakesTheCallsThatTheStreamsMade) {
  const TwoStreams streams;
  const std::uint32_t witness[] = {5};

  const Program program = Neighbour(streams.program, Pipe(), streams.history, witness, 1);

  ASSERT_TRUE(program.stepped.has_value());
  ASSERT_EQ(program.workers.size(), 2U);
  const WorkerPlan& writer = program.workers[0];
  EXPECT_EQ(writer.stream.call_count, 0U);
  // What began after the witness had ended is no part of it; its end is closed at last.
  ASSERT_EQ(writer.step_count, 3U);
  EXPECT_EQ(writer.steps[0].bytes, 110U);
  EXPECT_EQ(writer.steps[1].bytes, 120U);
  EXPECT_EQ(Pipe().Calls()[writer.steps[2].call].effect, Effect::kClose);
  // So few calls are all left to the strategy.
  EXPECT_TRUE(program.stepped->schedule.empty());
}

TEST(Neighbour, KeepsTheOrderOfAllButTheLastCalls) {
  TwoStreams streams;
  for (std::uint64_t i = 0; i < kNeighbourTail; ++i) {
    streams.Add(static_cast<std::uint16_t>(i % 2), 100 + 10 * i, 1);
  }

  const Program program = Neighbour(streams.program, Pipe(), streams.history, {}, 1);

  // Twelve of each are left, of which the last twenty have no place.
  std::vector<std::uint16_t> order;
  for (const ScheduleEntry& entry : program.stepped->schedule) order.push_back(entry.worker);
  EXPECT_EQ(order, (std::vector<std::uint16_t>{1, 1, 0, 0}));
}

}  // namespace
}  // namespace parley

int main(int argc, char** argv) {
  if (const auto code = parley::RunAsCrew(argc, argv)) return *code;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

// Every scenario that ships is read and sampled, and together they exercise what they have to.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <span>

#include "src/promise/promise.h"
#include "src/scenario/embedded.h"
#include "src/scenario/scenario.h"

namespace parley {
namespace {

constexpr std::uint64_t kRounds = 1000;
constexpr std::uint64_t kRoundsOfOtherCrews = 50;

// The rows of the cross-facility promises that pipes and FIFOs have to show.
constexpr std::string_view kCrossRows[] = {
    "xfer.any-bytes",         "xfer.copy-semantics",  "xfer.destructive-read",
    "xfer.conservation",      "xfer.flow-control",    "xfer.wake-receiver",
    "xfer.wake-sender",       "xfer.eintr-no-effect", "xfer.kill-atomic",
    "xfer.death-before-wait", "xfer.related-only",    "xfer.unrelated-by-name",
    "xfer.restart-matrix",
};

bool Declares(std::string_view promise, std::string_view facility) {
  return std::ranges::any_of(ShippedScenarios(), [&](const Scenario& scenario) {
    return std::ranges::find(scenario.promises, promise) != scenario.promises.end() &&
           std::ranges::find(scenario.facilities, facility) != scenario.facilities.end();
  });
}

bool Binds(std::string_view facility, std::string_view promise) {
  const auto bindings = FindFacility(facility)->Bindings();
  return std::ranges::find(bindings, promise, &Binding::promise) != bindings.end();
}

std::uint32_t LeastMessage(Encoding encoding, const Facility& facility) {
  const bool framed = encoding == Encoding::kFramed && facility.GetFamily() == Family::kByteStream;
  return framed ? kHeaderBytes : 1;
}

void CheckMessages(const Sizes& sizes, Encoding encoding, const Facility& facility) {
  for (std::uint32_t i = 0; i < sizes.count; ++i) {
    const auto [low, high] = sizes.choices[i];
    EXPECT_LE(low, high);
    EXPECT_LE(high, kMaxMessageBytes);
    EXPECT_TRUE(high == 0 || low >= LeastMessage(encoding, facility)) << low << ".." << high;
  }
}

void CheckStream(const StreamPlan& stream, const WorkerPlan& worker, const Facility& facility) {
  bool puts = false;
  bool takes = false;
  for (std::uint32_t i = 0; i < stream.call_count; ++i) {
    ASSERT_LT(stream.calls[i].call, facility.Calls().size());
    EXPECT_GT(stream.calls[i].weight, 0U);
    const Effect effect = facility.Calls()[stream.calls[i].call].effect;
    puts = puts || effect == Effect::kPut;
    takes = takes || effect == Effect::kTake;
  }
  if (stream.call_count == 0) return;
  EXPECT_TRUE(takes || stream.operations > 0);
  if (puts) CheckMessages(stream.sizes, worker.encoding, facility);
  if (takes) {
    EXPECT_GT(stream.sizes.Smallest(), 0U);
  }
  EXPECT_LE(stream.pieces.Largest(), kMaxPieces);
}

void CheckSteps(const WorkerPlan& worker, const Program& program, const Facility& facility) {
  ASSERT_LE(worker.step_count, kMaxSteps);
  EXPECT_TRUE(worker.step_count == 0 || worker.stream.call_count == 0);
  for (std::uint32_t i = 0; i < worker.step_count; ++i) {
    const Step& step = worker.steps[i];
    EXPECT_LT(step.phase, program.phases);
    EXPECT_TRUE(i == 0 || worker.steps[i - 1].phase <= step.phase);
    if (step.kind != StepKind::kCall) continue;
    ASSERT_LT(step.call, facility.Calls().size());
    EXPECT_GT(step.repeat, 0U);
    const Effect effect = facility.Calls()[step.call].effect;
    if (effect == Effect::kPut) {
      CheckMessages(Sizes::Range(step.bytes, step.bytes), worker.encoding, facility);
    }
    if (effect == Effect::kTake) {
      EXPECT_GT(step.bytes, 0U);
    }
  }
}

bool Puts(const WorkerPlan& worker, const Facility& facility) {
  const auto puts = [&](std::uint8_t call) {
    return facility.Calls()[call].effect == Effect::kPut;
  };
  return std::ranges::any_of(std::span(worker.stream.calls).first(worker.stream.call_count), puts,
                             &CallChoice::call) ||
         std::ranges::any_of(std::span(worker.steps).first(worker.step_count), [&](auto& step) {
           return step.kind == StepKind::kCall && puts(step.call);
         });
}

void CheckProgram(const Program& program, const Facility& facility) {
  ASSERT_GE(program.workers.size(), 1U);
  ASSERT_LE(program.workers.size(), kMaxWorkers);
  std::set<std::uint8_t> identities;
  for (const WorkerPlan& worker : program.workers) {
    ASSERT_LT(worker.role, program.roles.size());
    EXPECT_EQ(worker.encoding, program.workers.front().encoding);
    EXPECT_NE(worker.bodies, 0);
    EXPECT_LT(worker.bodies, 1U << static_cast<unsigned>(Body::kCount));
    EXPECT_LT(worker.identity, kMaxIdentities);
    EXPECT_TRUE(facility.named() || worker.topology != Topology::kUnrelated ||
                worker.ends == Ends::kNone);
    CheckStream(worker.stream, worker, facility);
    CheckSteps(worker, program, facility);
    if (worker.encoding == Encoding::kSelfIdentifying && Puts(worker, facility)) {
      EXPECT_TRUE(identities.insert(worker.identity).second);
    }
  }
  for (const FaultPlan& fault : program.faults) {
    ASSERT_LT(fault.worker, program.workers.size());
    EXPECT_GT(program.workers[fault.worker].stream.call_count, 0U);
  }
}

// Several streams that receive at once must find whole records.
void CheckReadersFindWholeRecords(const Program& program, const Facility& facility) {
  if (facility.GetFamily() == Family::kMessages) return;
  std::set<std::uint32_t> sizes;
  std::size_t takers = 0;
  for (const WorkerPlan& worker : program.workers) {
    if (worker.stream.call_count == 0) continue;
    const Effect effect = facility.Calls()[worker.stream.calls[0].call].effect;
    if (effect != Effect::kPut && effect != Effect::kTake) continue;
    sizes.insert(worker.stream.sizes.Smallest());
    sizes.insert(worker.stream.sizes.Largest());
    takers += effect == Effect::kTake ? 1 : 0;
  }
  if (takers > 1) {
    EXPECT_EQ(sizes.size(), 1U);
    EXPECT_LE(*sizes.begin(), 4096U);
  }
}

// Others may cut into a write above PIPE_BUF: its bytes must tell whose they are, and a header of
// its must not be cut.
void CheckLargeWritesCanBeTold(const Program& program, const Facility& facility) {
  if (facility.GetFamily() == Family::kMessages) return;
  for (const WorkerPlan& worker : program.workers) {
    const StreamPlan& stream = worker.stream;
    if (stream.call_count == 0 || facility.Calls()[stream.calls[0].call].effect != Effect::kPut) {
      continue;
    }
    if (worker.encoding != Encoding::kFramed || program.workers.size() < 3) continue;
    for (std::uint32_t i = 0; i < stream.sizes.count; ++i) {
      const auto [low, high] = stream.sizes.choices[i];
      if (high <= 4096) continue;
      EXPECT_EQ(worker.bodies, 1);
      EXPECT_EQ(low, high);
      EXPECT_TRUE(high % 4096 == 0 || high % 4096 >= kHeaderBytes) << high;
    }
  }
}

void CheckRounds(const Scenario& scenario, std::uint64_t rounds, std::optional<CrewSize> crew) {
  for (const std::string& name : scenario.facilities) {
    const Facility& facility = *FindFacility(name);
    for (std::uint64_t round = 0; round < rounds && !testing::Test::HasFailure(); ++round) {
      SCOPED_TRACE(fmt::format("{} on {}, round {}", scenario.name, name, round));
      const Program program = SampleProgram(scenario, facility, 7, round, crew);
      CheckProgram(program, facility);
      CheckReadersFindWholeRecords(program, facility);
      CheckLargeWritesCanBeTold(program, facility);
    }
  }
}

TEST(ShippedScenarios, AreAllReadAndSortedByName) {
  for (const EmbeddedScenario& file : EmbeddedScenarios()) {
    const auto scenario = ParseScenario(file.toml, file.path);
    EXPECT_TRUE(scenario.has_value()) << (scenario ? "" : scenario.error().message);
  }

  EXPECT_EQ(ShippedScenarios().size(), EmbeddedScenarios().size());
  EXPECT_GT(ShippedScenarios().size(), 0U);
  EXPECT_TRUE(std::ranges::is_sorted(ShippedScenarios(), {}, &Scenario::name));
}

TEST(ShippedScenarios, KeepTheLimitsInAThousandRoundsEach) {
  for (const Scenario& scenario : ShippedScenarios()) CheckRounds(scenario, kRounds, std::nullopt);
}

TEST(ShippedScenarios, KeepTheLimitsWithAnyCrew) {
  const CrewSize crews[] = {{1, 1}, {64, 1}, {1, 64}, {64, 64}, {3, 0}, {0, 5}};

  for (const Scenario& scenario : ShippedScenarios()) {
    for (const CrewSize& crew : crews) CheckRounds(scenario, kRoundsOfOtherCrews, crew);
  }
}

TEST(ShippedScenarios, DeclareOnlyWhatSomeFacilityOfTheirsCanTell) {
  for (const Scenario& scenario : ShippedScenarios()) {
    for (const std::string& promise : scenario.promises) {
      const bool told = std::ranges::any_of(scenario.facilities, [&](const std::string& facility) {
        return Binds(facility, promise) || promise == "xfer.unrelated-by-name";
      });
      EXPECT_TRUE(told) << scenario.name << " declares " << promise;
    }
  }
}

TEST(ShippedScenarios, ExerciseEveryRowOfPipesAndFifosThatFreeModeCan) {
  for (const Promise& promise : Catalogue()) {
    const bool pipe = promise.id.starts_with("pipe.");
    if (!pipe && !promise.id.starts_with("fifo.")) continue;
    const bool wanted =
        promise.priority == "P0" || (promise.priority == "P1" && promise.mode != "stepped");
    EXPECT_TRUE(!wanted || Declares(promise.id, pipe ? "pipe" : "fifo")) << promise.id;
  }
}

TEST(ShippedScenarios, ExerciseTheCrossFacilityRowsWhereTheyApply) {
  for (const std::string_view row : kCrossRows) {
    ASSERT_NE(FindPromise(row), nullptr) << row;
    for (const std::string_view facility : {"pipe", "fifo"}) {
      const bool applies = row == "xfer.related-only"        ? facility == "pipe"
                           : row == "xfer.unrelated-by-name" ? facility == "fifo"
                                                             : true;
      EXPECT_TRUE(!applies || Declares(row, facility)) << row << "@" << facility;
    }
  }
}

TEST(LoadScenario, FindsAShippedOneByName) {
  const Scenario& first = ShippedScenarios().front();

  const auto loaded = LoadScenario(first.name);

  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded->summary, first.summary);
}

TEST(LoadScenario, NamesTheNearestOfAnUnknownName) {
  const auto loaded = LoadScenario("atomic_wrote");

  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().blame, Blame::kInput);
  EXPECT_EQ(loaded.error().message, "no scenario \"atomic_wrote\"; did you mean \"atomic_write\"?");
}

TEST(LoadScenario, SaysWhyAFileCannotBeRead) {
  const auto loaded = LoadScenario("no/such/folder/x.toml");

  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().blame, Blame::kInput);
  EXPECT_EQ(loaded.error().message,
            "open(\"no/such/folder/x.toml\"): ENOENT (No such file or directory)");
}

TEST(LoadScenario, RefusesWhatIsNoRegularFile) {
  const auto loaded = LoadScenario("/");

  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().message, "/: not a regular file; that is no scenario");
}

}  // namespace
}  // namespace parley

// From rules to programs.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "src/base/check.h"
#include "src/scenario/scenario.h"
#include "src/scenario/testing.h"

namespace parley {
namespace {

constexpr std::size_t kGoldenWorkers = 4;
constexpr std::uint64_t kGoldenSeed = 15078324436852368129U;
constexpr std::uint64_t kGoldenOperations = 115;

constexpr std::string_view kStream = R"([[workers]]
role = "writer"
count = [2, 6]
ends = "write"
topology = ["related", "forked"]
calls = { put = 3, puts = 1 }
operations = [100, 200]
message_bytes = { among = [24, 100], range = [512, 600] }
jitter = { yield = [0, 500] }
[[workers]]
role = "reader"
ends = "read"
calls = { take = 1 }
buffer_bytes = [1, 4096]
)";

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

bool Same(const Program& a, const Program& b) {
  return a.facility == b.facility && a.roles == b.roles && a.workers == b.workers &&
         a.faults == b.faults && a.phases == b.phases && a.maker_keeps == b.maker_keeps &&
         a.object.capacity_bytes == b.object.capacity_bytes;
}

std::size_t CountOf(const Program& program, std::uint8_t role) {
  return static_cast<std::size_t>(std::ranges::count(program.workers, role, &WorkerPlan::role));
}

RC_GTEST_PROP(SampleProgram, IsAFunctionOfSeedAndRound, ()) {
  const Scenario scenario = Parsed(kStream);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto round = *rc::gen::arbitrary<std::uint64_t>();

  const Program one = SampleProgram(scenario, LaneForTests(), seed, round);
  const Program two = SampleProgram(scenario, LaneForTests(), seed, round);

  RC_ASSERT(Same(one, two));
}

TEST(SampleProgram, DrawsAnewForEveryRoundAndSeed) {
  const Scenario scenario = Parsed(kStream);

  const Program first = SampleProgram(scenario, LaneForTests(), 1, 0);
  const Program next_round = SampleProgram(scenario, LaneForTests(), 1, 1);
  const Program next_seed = SampleProgram(scenario, LaneForTests(), 2, 0);

  EXPECT_FALSE(Same(first, next_round));
  EXPECT_FALSE(Same(first, next_seed));
}

// A token must mean the same program on every machine and in every build of one version.
TEST(SampleProgram, GivesThisProgramForSeedOneRoundZero) {
  const Program program = Sampled(Parsed(kStream), 0);

  EXPECT_EQ(program.workers.size(), kGoldenWorkers);
  EXPECT_EQ(program.workers[0].seed, kGoldenSeed);
  EXPECT_EQ(program.workers[0].stream.operations, kGoldenOperations);
}

TEST(SampleProgram, DrawsCountsFromTheWholeRange) {
  const Scenario scenario = Parsed(kStream);
  std::set<std::size_t> counts;

  for (std::uint64_t round = 0; round < 200; ++round) {
    counts.insert(CountOf(Sampled(scenario, round), 0));
  }

  EXPECT_EQ(counts, (std::set<std::size_t>{2, 3, 4, 5, 6}));
}

TEST(SampleProgram, ResolvesCallsForEachFacility) {
  const Scenario scenario = Parsed(kStream);

  const Program lane = SampleProgram(scenario, LaneForTests(), 1, 0);
  const Program street = SampleProgram(scenario, StreetForTests(), 1, 0);

  EXPECT_EQ(lane.workers.back().stream.calls[0].call, 2);    // take
  EXPECT_EQ(street.workers.back().stream.calls[0].call, 0);  // take
}

TEST(SampleProgram, TakesAFacilitysOwnObject) {
  const Scenario scenario =
      Parsed("[object]\ncapacity_bytes = 4096\n[object.street]\ncapacity_bytes = \"default\"\n" +
             std::string(kStream));

  EXPECT_EQ(SampleProgram(scenario, LaneForTests(), 1, 0).object.capacity_bytes, 4096U);
  EXPECT_EQ(SampleProgram(scenario, StreetForTests(), 1, 0).object.capacity_bytes, 0U);
}

TEST(SampleProgram, GivesSendersAndReceiversOneRecordSizeARound) {
  const Scenario scenario = Parsed(R"(record_bytes = { among = [24, 100, 512] }
[[workers]]
role = "writer"
ends = "write"
calls = { put = 1 }
operations = 10
message_bytes = "record"
[[workers]]
role = "reader"
count = 3
ends = "read"
calls = { take = 1 }
buffer_bytes = "record"
)");
  std::set<std::uint32_t> sizes;

  for (std::uint64_t round = 0; round < 100; ++round) {
    const Program program = Sampled(scenario, round);
    const Sizes& first = program.workers[0].stream.sizes;
    for (const WorkerPlan& worker : program.workers) EXPECT_EQ(worker.stream.sizes, first);
    EXPECT_EQ(first.Smallest(), first.Largest());
    sizes.insert(first.Largest());
  }

  EXPECT_EQ(sizes, (std::set<std::uint32_t>{24, 100, 512}));
}

TEST(SampleProgram, TakesTheCrewThatIsAskedFor) {
  const Program program = Sampled(Parsed(kStream), 0, CrewSize{.writers = 64, .readers = 1});

  EXPECT_EQ(CountOf(program, 0), 64U);
  EXPECT_EQ(CountOf(program, 1), 1U);
}

TEST(SampleProgram, LeavesACountThatIsNotAskedFor) {
  const Scenario scenario = Parsed(kStream);

  const Program asked = Sampled(scenario, 0, CrewSize{.writers = 0, .readers = 2});

  EXPECT_EQ(CountOf(asked, 0), CountOf(Sampled(scenario, 0), 0));
  EXPECT_EQ(CountOf(asked, 1), 2U);
}

TEST(SampleProgram, SharesTheWorkAmongALargerCrew) {
  const Program program = Sampled(Parsed(kStream), 0, CrewSize{.writers = 60, .readers = 0});

  EXPECT_GE(program.workers[0].stream.operations, 10U);
  EXPECT_LE(program.workers[0].stream.operations, 20U);
}

TEST(SampleProgram, GivesSeveralReadersRecordsOfOneSize) {
  const Program program = Sampled(Parsed(kStream), 0, CrewSize{.writers = 0, .readers = 3});

  const Sizes& first = program.workers[0].stream.sizes;
  EXPECT_EQ(first.Smallest(), first.Largest());
  for (const WorkerPlan& worker : program.workers) EXPECT_EQ(worker.stream.sizes, first);
}

TEST(SampleProgram, FramesTheRecordsOfMoreWritersThanIdentities) {
  const Scenario scenario = Parsed(R"(encoding = "self-identifying"
[[workers]]
role = "writer"
count = 8
ends = "write"
calls = { put = 1 }
operations = 10
message_bytes = { among = [1, 13, 4096, 4097, 65560], range = [1, 100] }
)");

  const Program few = Sampled(scenario, 0);
  const Program many = Sampled(scenario, 0, CrewSize{.writers = 9, .readers = 0});

  EXPECT_EQ(few.workers[0].encoding, Encoding::kSelfIdentifying);
  EXPECT_EQ(few.workers[7].identity, 7U);
  EXPECT_EQ(many.workers[0].encoding, Encoding::kFramed);
  const auto& framed = many.workers[0].stream.sizes.choices;
  EXPECT_EQ(framed[0], (Sizes::Choice{kHeaderBytes, kHeaderBytes}));
  EXPECT_EQ(framed[1], (Sizes::Choice{kHeaderBytes, kHeaderBytes}));
  EXPECT_EQ(framed[2], (Sizes::Choice{4096, 4096}));
  EXPECT_EQ(framed[3], (Sizes::Choice{4096 + kHeaderBytes, 4096 + kHeaderBytes}));
  EXPECT_EQ(framed[4], (Sizes::Choice{65560, 65560}));
  EXPECT_EQ(framed[5], (Sizes::Choice{kHeaderBytes, 100}));
}

TEST(SampleProgram, FramesTheRecordsThatSeveralReadersCompeteFor) {
  const Scenario scenario = Parsed(R"(encoding = "self-identifying"
[[workers]]
role = "writer"
count = 2
ends = "write"
calls = { put = 1 }
operations = 10
message_bytes = 7
[[workers]]
role = "reader"
count = 1
ends = "read"
calls = { take = 1 }
buffer_bytes = 100
)");

  const Program one = Sampled(scenario, 0);
  const Program two = Sampled(scenario, 0, CrewSize{.writers = 0, .readers = 2});

  EXPECT_EQ(one.workers[0].encoding, Encoding::kSelfIdentifying);
  EXPECT_EQ(two.workers[0].encoding, Encoding::kFramed);
  for (const WorkerPlan& worker : two.workers) {
    EXPECT_EQ(worker.stream.sizes, Sizes::Range(kHeaderBytes, kHeaderBytes));
  }
}

TEST(SampleProgram, PlacesFaultsInsideTheOperationsOfTheirTargets) {
  const Scenario scenario = Parsed(std::string(kStream) + R"([[faults]]
kind = "kill"
target = "writer"
where = "either"
count = [0, 3]
per_thousand_operations = 5
)");
  std::size_t faults = 0;
  std::set<KillWhere> places;

  for (std::uint64_t round = 0; round < 100; ++round) {
    const Program program = Sampled(scenario, round);
    for (const FaultPlan& fault : program.faults) {
      ++faults;
      places.insert(fault.where);
      EXPECT_EQ(program.workers[fault.worker].role, 0);
      EXPECT_LT(fault.after_operations,
                program.workers[fault.worker].stream.operations + program.faults.size());
    }
  }

  EXPECT_EQ(places.size(), 2U);
  // 1.5 on average, and 5 in a thousand of 4 x 150 operations.
  EXPECT_GT(faults, 300U);
  EXPECT_LT(faults, 600U);
}

TEST(SampleProgram, NeverPlacesTwoFaultsOfAWorkerAtOnePlace) {
  const Scenario scenario = Parsed(std::string(kStream) + R"([[faults]]
kind = "kill"
target = "reader"
count = 200
)");

  const Program program = Sampled(scenario, 0);

  ASSERT_EQ(program.faults.size(), 200U);
  std::set<std::uint64_t> places;
  for (const FaultPlan& fault : program.faults) places.insert(fault.after_operations);
  EXPECT_EQ(places.size(), 200U);
}

TEST(SampleProgram, KillsAWorkerThatIsNotReplacedOnlyOnce) {
  const Scenario scenario = Parsed(std::string(kStream) + R"([[faults]]
kind = "kill"
target = "writer"
count = 50
respawn = false
)");

  const Program program = Sampled(scenario, 0);

  std::set<std::uint16_t> killed;
  for (const FaultPlan& fault : program.faults) killed.insert(fault.worker);
  EXPECT_EQ(program.faults.size(), CountOf(program, 0));
  EXPECT_EQ(killed.size(), program.faults.size());
}

}  // namespace
}  // namespace parley

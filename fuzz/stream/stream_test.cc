// What all stream targets rest on.  One is enough: what differs between them is a table.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "fuzz/stream/coverage.h"
#include "fuzz/stream/execution.h"
#include "fuzz/stream/mutator.h"
#include "src/history/message_calls.h"

namespace parley::fuzz {
namespace {

constexpr std::string_view kCalls[] = {"send_nowait", "receive_nowait", "receive_type_nowait",
                                       "copy",        "unread",         "receive"};
enum Calls : std::uint8_t { kSend, kReceive, kReceiveType, kCopy, kUnread, kReceiveWaiting };
constexpr std::string_view kOpenings[] = {"open_both"};
constexpr std::uint32_t kLengths[] = {0, 24, 64};
constexpr std::uint32_t kTypes[] = {1, 2, 3};

constexpr StreamTarget kTarget{.facility = "sysv-msg",
                               .calls = kCalls,
                               .openings = kOpenings,
                               .plan = {.capacity_bytes = 200},
                               .lengths = kLengths,
                               .arguments = kTypes,
                               .bytes_max = 300};

Execution& TheExecution() {
  static Execution execution(kTarget, *Workshop::Open(*FindFacility("sysv-msg")));
  return execution;
}

MutationRules Rules() {
  MutationRules rules{
      .bounds = TheExecution().bounds(), .calls = {}, .lengths = kLengths, .arguments = kTypes};
  for (std::uint8_t call = 0; call < std::size(kCalls); ++call) {
    rules.calls.push_back(TheExecution().traits({.call = call}));
  }
  return rules;
}

// Any bytes.
std::vector<std::uint8_t> Bytes(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  std::vector<std::uint8_t> bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.Below(256));
  return bytes;
}

Stream SendsAndReceives() {
  return {{.call = kSend, .argument = 1, .bytes = 24},
          {.call = kSend, .worker = 1, .argument = 2, .bytes = 64},
          {.call = kReceive, .bytes = 300},
          {.call = kReceiveType, .argument = 2, .bytes = 300}};
}

TEST(Operations, AnyBytesAreAStreamThatComesBackFromWhatIsWrittenOfIt) {
  const Bounds bounds{.calls = 7, .bytes_max = 8192, .argument_max = 40000};
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Stream stream = Decode(Bytes(seed, seed), bounds);
    const auto written = Encode(stream);

    EXPECT_EQ(stream.size(), std::min<std::size_t>(seed / kCellBytes, kOperationsMax));
    EXPECT_EQ(Decode(written, bounds), stream);
    EXPECT_EQ(Encode(Decode(written, bounds)), written);
  }
}

TEST(Operations, TheLargestClassesThereAreCanBeWritten) {
  const Bounds bounds{.calls = 1, .argument_max = 9};
  const auto cell = Encode({{.argument = kClassMax}});
  EXPECT_EQ(Decode(cell, bounds).front().argument, kClassMax);
}

TEST(Coverage, WritesToCountersAreSeen) { EXPECT_TRUE(CountersAreSeen()); }

TEST(Mutator, MakesEachChangeThatThereIs) {
  Mutator mutator(Rules());
  for (std::size_t i = 0; i < kMutations; ++i) {
    bool changed = false;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      Stream stream = SendsAndReceives();
      Random random(seed);
      const bool said = mutator.Apply(static_cast<Mutation>(i), stream, {}, random);
      changed = changed || (said && stream != SendsAndReceives());
    }
    EXPECT_TRUE(changed) << MutationName(static_cast<Mutation>(i));
  }
}

TEST(Mutator, SplitsAndMergesMessagesOfTheSameBytes) {
  Mutator mutator(Rules());
  for (const Mutation mutation : {Mutation::kSplit, Mutation::kMerge}) {
    Stream stream = SendsAndReceives();
    for (std::uint64_t seed = 0; stream == SendsAndReceives(); ++seed) {
      Random random(seed);
      mutator.Apply(mutation, stream, {}, random);
    }
    std::uint32_t sent = 0;
    for (const FuzzOperation& one : stream) sent += one.call == kSend ? one.bytes : 0;
    EXPECT_EQ(sent, 24U + 64U);
    EXPECT_EQ(stream.size(), mutation == Mutation::kSplit ? 5U : 3U);
  }
}

TEST(Mutator, IsAFunctionOfTheSeedAndKeepsTheBounds) {
  Mutator mutator(Rules());
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Stream a = SendsAndReceives();
    Stream b = a;
    mutator.Mutate(a, {}, seed, 30);
    mutator.Mutate(b, {}, seed, 30);

    EXPECT_EQ(a, b);
    EXPECT_LE(a.size(), 30U);
    EXPECT_EQ(Decode(Encode(a), Rules().bounds), a);
  }
}

TEST(Mutator, OffersMoreWhereAnObjectIsEmptyThanWhereItIsFull) {
  Mutator mutator(Rules());
  std::array<int, 2> sends{};
  for (const Situation situation : {Situation::kEmpty, Situation::kFull}) {
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
      Stream stream;
      Random random(seed);
      mutator.Apply(Mutation::kInsert, stream, std::array{situation}, random);
      sends[situation == Situation::kFull ? 1 : 0] += stream.front().call == kSend;
    }
  }
  EXPECT_GT(sends[0], 2 * sends[1]);
}

// No change can cause a false alarm: the history that the model judges holds what was mutated.
TEST(Execution, TheModelSeesWhatTheMutatorMade) {
  Mutator mutator(Rules());
  Execution& execution = TheExecution();
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Stream stream = SendsAndReceives();
    mutator.Mutate(stream, {}, seed, kOperationsMax);
    const auto finding = execution.Run(stream);

    ASSERT_FALSE(finding) << *finding;
    ASSERT_FALSE(execution.AskCheckers());
    ASSERT_EQ(execution.performed().size(), stream.size());
    for (std::size_t i = 0; i < stream.size(); ++i) {
      if (execution.performed()[i] == Execution::kLeftOut) continue;
      const Operation& op = execution.history().operations[execution.performed()[i]];
      const FuzzOperation& made = stream[i];
      EXPECT_EQ(execution.history().calls[op.call].name, kCalls[made.call]);
      EXPECT_EQ(op.worker, made.worker);
      if (made.call == kUnread) continue;
      EXPECT_EQ(op.requested, made.bytes);
      EXPECT_EQ(UnpackClass(op.argument).asked, made.argument);
    }
  }
}

TEST(Execution, LeavesOutWhatWouldWaitAndNothingElse) {
  Execution& execution = TheExecution();
  const Stream stream = {{.call = kReceiveWaiting, .bytes = 300},
                         {.call = kSend, .argument = 1, .bytes = 24},
                         {.call = kReceiveWaiting, .bytes = 300}};

  EXPECT_FALSE(execution.Run(stream));
  EXPECT_EQ(execution.performed()[0], Execution::kLeftOut);
  EXPECT_NE(execution.performed()[2], Execution::kLeftOut);
  EXPECT_EQ(execution.history().operations.back().result, 24);
}

}  // namespace
}  // namespace parley::fuzz

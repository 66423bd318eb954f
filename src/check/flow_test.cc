#include <gtest/gtest.h>

#include <cerrno>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

constexpr std::uint16_t kFirst = 0;
constexpr std::uint16_t kSecond = 1;
constexpr std::uint16_t kReader = 2;

HistoryBuilder Crew() {
  return HistoryBuilder().Worker("writer").Worker("writer").Worker("reader").CapacityBytes(100);
}

TEST(CheckFlow, RefusesMoreThanTheCapacity) {
  const History history = Crew()
                              .Put(kFirst, {.from = 1, .to = 2, .bytes = 100})
                              .Put(kSecond, {.from = 3, .to = 4, .bytes = 1})
                              .Build();

  const auto judgement = JudgementOf(Clause::kOverfull, history);

  EXPECT_EQ(judgement->verdict, Verdict::kBroken);
  EXPECT_EQ(judgement->witness, (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(judgement->reason, "101 bytes were accepted and unreceived, the capacity is 100");
}

TEST(CheckFlow, AcceptsAFullObject) {
  const History history = Crew().Put(kFirst, {.from = 1, .to = 2, .bytes = 100}).Build();

  const auto judgement = JudgementOf(Clause::kOverfull, history);

  EXPECT_EQ(judgement->verdict, Verdict::kKept);
  EXPECT_EQ(judgement->chances, 1U);
}

TEST(CheckFlow, AcceptsRoomThatATakeUnderWayMayHaveMade) {
  const auto with_take_from = [](std::uint64_t from) {
    return Crew()
        .Put(kFirst, {.from = 1, .to = 2, .bytes = 100})
        .Put(kSecond, {.from = 3, .to = 4, .bytes = 50})
        .Take(kReader, {.from = from, .to = 9, .bytes = 50}, {Written(0, 0, 50)})
        .Build();
  };

  EXPECT_EQ(VerdictOf(Clause::kOverfull, with_take_from(4)), "kept");
  EXPECT_EQ(VerdictOf(Clause::kOverfull, with_take_from(5)), "broken");
}

TEST(CheckFlow, TakesStampsWithinTheSlackForConcurrent) {
  HistoryBuilder builder =
      Crew()
          .Put(kFirst, {.from = 1, .to = 2, .bytes = 100})
          .Put(kSecond, {.from = 3, .to = 4, .bytes = 50})
          .Take(kReader, {.from = 7, .to = 9, .bytes = 50}, {Written(0, 0, 50)});

  EXPECT_EQ(VerdictOf(Clause::kOverfull, builder.ClockSlackNs(2).Build()), "broken");
  EXPECT_EQ(VerdictOf(Clause::kOverfull, builder.ClockSlackNs(3).Build()), "kept");
}

TEST(CheckFlow, AcceptsRoomThatAKilledReaderMayHaveMade) {
  const auto with_killed_take_of = [](std::uint32_t bytes) {
    return Crew()
        .Put(kFirst, {.from = 1, .to = 2, .bytes = 100})
        .Take(kReader, {.from = 3, .bytes = bytes})
        .Kill(kReader, 4, 5)
        .Put(kSecond, {.from = 6, .to = 7, .bytes = 50})
        .Build();
  };

  EXPECT_EQ(VerdictOf(Clause::kOverfull, with_killed_take_of(50)), "kept");
  EXPECT_EQ(VerdictOf(Clause::kOverfull, with_killed_take_of(49)), "broken");
}

TEST(CheckFlow, GoesByTheLargestCapacityThatTheObjectHad) {
  HistoryBuilder builder = Crew()
                               .Put(kFirst, {.from = 1, .to = 2, .bytes = 100})
                               .Put(kSecond, {.from = 3, .to = 4, .bytes = 50});
  HistoryBuilder refused = builder;
  HistoryBuilder killed = builder;
  HistoryBuilder elsewhere = builder;

  EXPECT_EQ(VerdictOf(Clause::kOverfull,
                      builder.Resize(kReader, {.from = 1, .to = 2, .argument = 150}).Build()),
            "kept");
  EXPECT_EQ(
      VerdictOf(
          Clause::kOverfull,
          refused.Resize(kReader, {.from = 1, .to = 2, .error = EPERM, .argument = 150}).Build()),
      "broken");
  EXPECT_EQ(
      VerdictOf(Clause::kOverfull,
                killed.Resize(kReader, {.from = 1, .argument = 150}).Kill(kReader, 2, 3).Build()),
      "inconclusive");
  EXPECT_EQ(
      VerdictOf(
          Clause::kOverfull,
          elsewhere.Resize(kReader, {.from = 1, .to = 2, .argument = 150, .object = 1}).Build()),
      "broken");
}

TEST(CheckFlow, DoubtsItWhenALogWasFull) {
  const History history =
      Crew().Put(kFirst, {.from = 1, .to = 2, .bytes = 101}).Incomplete().Build();

  EXPECT_EQ(VerdictOf(Clause::kOverfull, history), "inconclusive");
}

TEST(CheckFlow, SaysNothingWithoutACapacity) {
  const History history =
      Crew().CapacityBytes(0).Put(kFirst, {.from = 1, .to = 2, .bytes = 101}).Build();

  EXPECT_EQ(VerdictOf(Clause::kOverfull, history), "none");
}

}  // namespace
}  // namespace parley

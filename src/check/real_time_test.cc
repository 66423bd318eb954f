#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

using Ids = std::vector<std::uint32_t>;

constexpr std::uint16_t kFirst = 0;
constexpr std::uint16_t kSecond = 1;
constexpr std::uint16_t kReader = 2;
constexpr std::uint16_t kOther = 3;

HistoryBuilder Crew() {
  return HistoryBuilder().Worker("writer").Worker("writer").Worker("reader").Worker("reader");
}

// The first writer's put (operation 0) returns before the second's (operation 1) begins.
HistoryBuilder OneAfterAnother() {
  return Crew()
      .Put(kFirst, {.from = 10, .to = 20, .bytes = 8})
      .Put(kSecond, {.from = 30, .to = 40, .bytes = 8});
}

TEST(CheckRealTime, RefusesTheSecondWriteReadFirst) {
  const History history = OneAfterAnother()
                              .Take(kReader, {.from = 50, .to = 60, .bytes = 8}, {Written(1, 0, 8)})
                              .Take(kReader, {.from = 70, .to = 80, .bytes = 8}, {Written(0, 0, 8)})
                              .Build();

  const auto judgement = JudgementOf(Clause::kRealTimeOrder, history);

  EXPECT_EQ(judgement->verdict, Verdict::kBroken);
  EXPECT_EQ(judgement->witness, (Ids{0, 1, 2, 3}));
  EXPECT_EQ(judgement->reason,
            "bytes 0..7 of worker 0 were put before bytes 0..7 of worker 1 were, and received "
            "after them");
}

// Two objects of one name, one after the other: two queues.
TEST(CheckRealTime, DoesNotCompareAcrossAMakingOfTheName) {
  const auto with = [](int makings) {
    HistoryBuilder history = Crew();
    for (int i = 0; i < makings; ++i) history.MakeName(kOther, {.from = 1, .to = 1});
    return history.Put(kFirst, {.from = 10, .to = 20, .bytes = 8})
        .Put(kSecond, {.from = 30, .to = 40, .bytes = 8})
        .Take(kReader, {.from = 50, .to = 60, .bytes = 8}, {Written(1, 0, 8)})
        .Take(kReader, {.from = 70, .to = 80, .bytes = 8}, {Written(0, 0, 8)})
        .Build();
  };

  EXPECT_EQ(JudgementOf(Clause::kRealTimeOrder, with(1))->verdict, Verdict::kBroken);
  EXPECT_FALSE(JudgementOf(Clause::kRealTimeOrder, with(2)).has_value());
}

TEST(CheckRealTime, RefusesTheWrongOrderWithinOneTake) {
  const History history =
      OneAfterAnother()
          .Take(kReader, {.from = 50, .to = 60, .bytes = 16}, {Written(1, 0, 8), Written(0, 0, 8)})
          .Build();

  EXPECT_EQ(JudgementOf(Clause::kRealTimeOrder, history)->witness, (Ids{0, 1, 2}));
}

TEST(CheckRealTime, RefusesAFirstWriteThatNeverComesThoughTheSecondCame) {
  const History history = OneAfterAnother()
                              .Take(kReader, {.from = 50, .to = 60, .bytes = 8}, {Written(1, 0, 8)})
                              .Drained()
                              .Build();

  EXPECT_EQ(JudgementOf(Clause::kRealTimeOrder, history)->witness, (Ids{0, 1, 2}));
}

TEST(CheckRealTime, AcceptsThatAKilledReaderTookTheFirst) {
  const History history = OneAfterAnother()
                              .Take(kReader, {.from = 41, .bytes = 8})
                              .Kill(kReader, 45, 46)
                              .Take(kOther, {.from = 50, .to = 60, .bytes = 8}, {Written(1, 0, 8)})
                              .Drained()
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kRealTimeOrder, history), "kept");
}

TEST(CheckRealTime, RefusesAKilledWritersRecordOverwritten) {
  const History history =
      Crew()
          .Put(kFirst, {.from = 10, .bytes = 8})
          .Kill(kFirst, 12, 20)
          .Put(kSecond, {.from = 30, .to = 40, .bytes = 8})
          .Take(kReader, {.from = 50, .to = 60, .bytes = 16}, {Written(1, 0, 8), Written(0, 0, 8)})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kRealTimeOrder, history), "broken");
}

TEST(CheckRealTime, AcceptsAnyOrderOfConcurrentWrites) {
  const History history =
      Crew()
          .Put(kFirst, {.from = 10, .to = 30, .bytes = 8})
          .Put(kSecond, {.from = 30, .to = 40, .bytes = 8})
          .Take(kReader, {.from = 50, .to = 60, .bytes = 16}, {Written(1, 0, 8), Written(0, 0, 8)})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kRealTimeOrder, history), "none");
}

TEST(CheckRealTime, TakesStampsWithinTheSlackForConcurrent) {
  HistoryBuilder builder = OneAfterAnother().Take(kReader, {.from = 50, .to = 60, .bytes = 16},
                                                  {Written(1, 0, 8), Written(0, 0, 8)});

  EXPECT_EQ(VerdictOf(Clause::kRealTimeOrder, builder.ClockSlackNs(9).Build()), "broken");
  EXPECT_EQ(VerdictOf(Clause::kRealTimeOrder, builder.ClockSlackNs(10).Build()), "none");
}

TEST(CheckRealTime, AcceptsConcurrentTakesInEitherOrder) {
  const History history = OneAfterAnother()
                              .Take(kReader, {.from = 50, .to = 60, .bytes = 8}, {Written(1, 0, 8)})
                              .Take(kOther, {.from = 55, .to = 80, .bytes = 8}, {Written(0, 0, 8)})
                              .Build();

  const auto judgement = JudgementOf(Clause::kRealTimeOrder, history);

  EXPECT_EQ(judgement->verdict, Verdict::kKept);
  EXPECT_EQ(judgement->chances, 1U);
}

TEST(CheckRealTime, RefusesOrderedTakesOfConcurrentReaders) {
  const History history = OneAfterAnother()
                              .Put(kFirst, {.from = 30, .to = 40, .bytes = 8})
                              .Take(kReader, {.from = 50, .to = 60, .bytes = 8}, {Written(1, 0, 8)})
                              .Take(kReader, {.from = 65, .to = 90, .bytes = 8}, {Written(0, 8, 8)})
                              .Take(kOther, {.from = 70, .to = 80, .bytes = 8}, {Written(0, 0, 8)})
                              .Build();

  EXPECT_EQ(JudgementOf(Clause::kRealTimeOrder, history)->witness, (Ids{0, 1, 3, 5}));
}

TEST(CheckRealTime, LeavesWhatCameTwiceToExactlyOnce) {
  const History history = OneAfterAnother()
                              .Take(kReader, {.from = 50, .to = 60, .bytes = 24},
                                    {Written(1, 0, 8), Written(0, 0, 8), Written(1, 0, 8)})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kRealTimeOrder, history), "kept");
}

}  // namespace
}  // namespace parley

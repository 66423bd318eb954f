#include <gtest/gtest.h>

#include <cerrno>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

using Ids = std::vector<std::uint32_t>;
using Names = std::vector<std::string_view>;

constexpr std::uint16_t kFirst = 0;   // a writer
constexpr std::uint16_t kSecond = 1;  // another
constexpr std::uint16_t kReader = 2;
constexpr std::uint16_t kOther = 3;  // another reader

// Two writers, two readers; at most 100 bytes are indivisible.
HistoryBuilder Crew() {
  return HistoryBuilder()
      .Worker("writer")
      .Worker("writer")
      .Worker("reader")
      .Worker("reader")
      .AtomicBytes(100);
}

// Of the first writer's put at most 100 bytes, bytes of the second in between.
HistoryBuilder Torn(CallSpec put = {.from = 1, .to = 4, .bytes = 64}) {
  return Crew()
      .Put(kFirst, put)
      .Put(kSecond, {.from = 2, .to = 3, .bytes = 10})
      .Take(kReader, {.from = 5, .to = 6, .bytes = 4096},
            {Written(kFirst, 0, 32), Written(kSecond, 0, 10), Written(kFirst, 32, 32)});
}

TEST(CheckRecords, RefusesARecordSplitByAnother) {
  const History history = Torn().Build();

  const auto judgement = JudgementOf(Clause::kTorn, history);

  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->verdict, Verdict::kBroken);
  EXPECT_EQ(judgement->witness, (Ids{0, 1, 2}));
  EXPECT_EQ(judgement->chances, 2U);
  EXPECT_EQ(judgement->reason,
            "10 bytes of worker 1 lie inside bytes 0..63 of worker 0, which one call wrote");
  EXPECT_EQ(Broken("records", history), (Names{"torn"}));
}

TEST(CheckRecords, RefusesARecordSplitOverSeveralTakesOfAReader) {
  const History history =
      Crew()
          .Put(kFirst, {.from = 1, .to = 4, .bytes = 64})
          .Put(kSecond, {.from = 2, .to = 3, .bytes = 10})
          .Take(kReader, {.from = 5, .to = 6, .bytes = 32}, {Written(0, 0, 32)})
          .Take(kReader, {.from = 7, .to = 8, .bytes = 10}, {Written(1, 0, 10)})
          .Take(kReader, {.from = 9, .to = 10, .bytes = 32}, {Written(0, 32, 32)})
          .Build();

  EXPECT_EQ(JudgementOf(Clause::kTorn, history)->witness, (Ids{0, 1, 2, 3, 4}));
}

TEST(CheckRecords, BlamesTheKindOfWriteThatWasTorn) {
  const CallSpec nonblocking{.from = 1, .to = 4, .bytes = 64, .nonblocking = true};
  const CallSpec gathering{.from = 1, .to = 4, .bytes = 64, .pieces = 3, .gathers = true};

  EXPECT_EQ(Broken("records", Torn(nonblocking).Build()), (Names{"torn-nonblocking"}));
  EXPECT_EQ(Broken("records", Torn(gathering).Build()), (Names{"torn-gather"}));
  EXPECT_EQ(Broken("records", Torn().CapacityBytes(4096).Build()), (Names{"torn-resized"}));
  EXPECT_EQ(Broken("records", Torn().Resize(2, {.from = 7, .to = 8, .argument = 4096}).Build()),
            (Names{"torn-resized"}));
  EXPECT_EQ(Broken("records", Torn().Resize(2, {.from = 7, .to = 8, .error = EBUSY}).Build()),
            (Names{"torn"}));
}

TEST(CheckRecords, RefusesATornRecordOfAKilledWriter) {
  const History history = Torn({.from = 1, .bytes = 64}).Kill(kFirst, 3, 4).Build();

  EXPECT_EQ(VerdictOf(Clause::kTorn, history), "broken");
}

TEST(CheckRecords, AcceptsRecordsCutByTakesOnly) {
  const History history =
      Crew()
          .Put(kFirst, {.from = 1, .to = 4, .bytes = 64})
          .Put(kSecond, {.from = 2, .to = 3, .bytes = 10})
          .Take(kReader, {.from = 5, .to = 6, .bytes = 40}, {Written(0, 0, 40)})
          .Take(kReader, {.from = 7, .to = 8, .bytes = 40}, {Written(0, 40, 24), Written(1, 0, 10)})
          .Drained()
          .Build();

  const auto judgement = JudgementOf(Clause::kTorn, history);

  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->verdict, Verdict::kKept);
  EXPECT_EQ(judgement->chances, 2U);
  EXPECT_EQ(Broken("records", history), Names{});
}

TEST(CheckRecords, AcceptsALargeWriteSplitByAnother) {
  const History history = Torn({.from = 1, .to = 4, .bytes = 101, .result = 64}).Build();

  EXPECT_EQ(Broken("records", history), Names{});
}

TEST(CheckRecords, HasNoChanceOfATornRecordWithOneWriter) {
  const History history = Crew()
                              .Put(kFirst, {.from = 1, .to = 2, .bytes = 64})
                              .Take(kReader, {.from = 5, .to = 6, .bytes = 64}, {Written(0, 0, 64)})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kTorn, history), "none");
}

TEST(CheckRecords, LeavesARecordReceivedTwiceToExactlyOnce) {
  const History history = Crew()
                              .Put(kFirst, {.from = 1, .to = 4, .bytes = 64})
                              .Put(kSecond, {.from = 2, .to = 3, .bytes = 10})
                              .Take(kReader, {.from = 5, .to = 6, .bytes = 4096},
                                    {Written(0, 0, 64), Written(1, 0, 10), Written(0, 32, 32)})
                              .Build();

  EXPECT_EQ(Broken("records", history), Names{});
}

TEST(CheckRecords, RefusesARecordSplitWithinOneTakeOfConcurrentReaders) {
  const History history =
      Torn()
          .Put(kFirst, {.from = 5, .to = 6, .bytes = 5})
          .Take(kOther, {.from = 5, .to = 6, .bytes = 4096}, {Written(0, 64, 5)})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kTorn, history), "broken");
}

TEST(CheckRecords, CannotTellWhatConcurrentReadersCut) {
  const History history =
      Crew()
          .Put(kFirst, {.from = 1, .to = 4, .bytes = 64})
          .Put(kSecond, {.from = 2, .to = 3, .bytes = 10})
          .Take(kReader, {.from = 5, .to = 9, .bytes = 42}, {Written(0, 0, 32), Written(1, 0, 10)})
          .Take(kOther, {.from = 6, .to = 8, .bytes = 42}, {Written(0, 32, 32)})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kTorn, history), "inconclusive");
}

TEST(CheckRecords, CannotTellWhatConcurrentReadersDoNotIdentify) {
  const History history =
      Crew()
          .Put(kFirst, {.from = 1, .to = 4, .bytes = 64})
          .Put(kSecond, {.from = 2, .to = 3, .bytes = 10})
          .Take(kReader, {.from = 5, .to = 9, .bytes = 10}, {Written(1, 0, 10)})
          .Take(kOther, {.from = 6, .to = 8, .bytes = 64}, {Written(0, 0, 64), Unidentified(3)})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kTorn, history), "inconclusive");
  EXPECT_EQ(VerdictOf(Clause::kContentChanged, history), "inconclusive");
}

TEST(CheckRecords, RefusesAShortNonblockingRecord) {
  const CallSpec put{.from = 1, .to = 2, .bytes = 64, .result = 60, .nonblocking = true};
  const History history = Crew().Put(kFirst, put).Build();

  const auto judgement = JudgementOf(Clause::kShortNonblocking, history);

  EXPECT_EQ(judgement->verdict, Verdict::kBroken);
  EXPECT_EQ(judgement->witness, (Ids{0}));
}

TEST(CheckRecords, AcceptsAWholeOrALargeNonblockingWrite) {
  const History history =
      Crew()
          .Put(kFirst, {.from = 1, .to = 2, .bytes = 64, .nonblocking = true})
          .Put(kFirst, {.from = 3, .to = 4, .bytes = 64, .error = EAGAIN, .nonblocking = true})
          .Put(kFirst, {.from = 5, .to = 6, .bytes = 101, .result = 50, .nonblocking = true})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kShortNonblocking, history), "kept");
}

TEST(CheckRecords, AcceptsAnyLargeWriteThatInterleaves) {
  const CallSpec large{.from = 1, .to = 6, .bytes = 200};
  const History history = Crew()
                              .Put(kFirst, large)
                              .Put(kSecond, large)
                              .Take(kReader, {.from = 3, .to = 8, .bytes = 4096},
                                    {Written(0, 0, 100), Written(1, 0, 200), Written(0, 100, 100)})
                              .Build();

  const auto judgement = JudgementOf(Clause::kInterleaveUnseen, history);

  EXPECT_EQ(judgement->verdict, Verdict::kKept);
  EXPECT_EQ(judgement->chances, 1U);
  EXPECT_EQ(Broken("records", history), Names{});
}

TEST(CheckRecords, CallsAWorkloadWeakInWhichLargeWritesNeverInterleave) {
  const CallSpec large{.from = 1, .to = 6, .bytes = 200};
  const std::vector<Extent> whole{Written(0, 0, 200), Written(1, 0, 200)};
  const CallSpec take{.from = 3, .to = 8, .bytes = 4096};

  const History weak =
      Crew().Put(kFirst, large).Put(kSecond, large).Take(kReader, take, whole).Build();
  const History one_after_another = Crew()
                                        .Put(kFirst, {.from = 1, .to = 2, .bytes = 200})
                                        .Put(kSecond, {.from = 3, .to = 4, .bytes = 200})
                                        .Take(kReader, {.from = 5, .to = 6, .bytes = 4096}, whole)
                                        .Build();

  EXPECT_EQ(VerdictOf(Clause::kInterleaveUnseen, weak), "inconclusive");
  EXPECT_EQ(VerdictOf(Clause::kInterleaveUnseen, one_after_another), "none");
}

}  // namespace
}  // namespace parley

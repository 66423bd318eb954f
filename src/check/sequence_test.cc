#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

using Ids = std::vector<std::uint32_t>;

constexpr std::uint16_t kWriter = 0;
constexpr std::uint16_t kReader = 1;
constexpr std::uint16_t kOther = 2;

// Two puts of 10 bytes, operations 0 and 1, and two readers.
HistoryBuilder TwoPuts() {
  return HistoryBuilder()
      .Worker("writer")
      .Worker("reader")
      .Worker("reader")
      .Put(kWriter, {.from = 1, .to = 2, .bytes = 10})
      .Put(kWriter, {.from = 3, .to = 4, .bytes = 10});
}

TEST(CheckSequence, RefusesALaterWriteBeforeAnEarlierOne) {
  const History history =
      TwoPuts()
          .Take(kReader, {.from = 5, .to = 6, .bytes = 10}, {Written(0, 10, 10)})
          .Take(kReader, {.from = 7, .to = 8, .bytes = 10}, {Written(0, 0, 10)})
          .Build();

  const auto judgement = JudgementOf(Clause::kProgramOrder, history);

  EXPECT_EQ(judgement->verdict, Verdict::kBroken);
  EXPECT_EQ(judgement->witness, (Ids{0, 1, 2, 3}));
  EXPECT_EQ(judgement->reason,
            "a reader received bytes 0..9 of worker 0 after bytes 10..19 of worker 0");
}

TEST(CheckSequence, RefusesTheWrongOrderWithinOneTake) {
  const History history =
      TwoPuts()
          .Take(kReader, {.from = 5, .to = 6, .bytes = 20}, {Written(0, 10, 10), Written(0, 0, 10)})
          .Build();

  EXPECT_EQ(JudgementOf(Clause::kProgramOrder, history)->witness, (Ids{0, 1, 2}));
}

TEST(CheckSequence, RefusesAnIndivisibleWriteBackToFront) {
  const History history = TwoPuts()
                              .Take(kReader, {.from = 5, .to = 6, .bytes = 20},
                                    {Written(0, 5, 5), Written(0, 0, 5), Written(0, 10, 10)})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kProgramOrder, history), "broken");
}

TEST(CheckSequence, LeavesTheBytesOfOneLargeWriteToAnother) {
  const History history = TwoPuts()
                              .AtomicBytes(8)
                              .Take(kReader, {.from = 5, .to = 6, .bytes = 20},
                                    {Written(0, 5, 5), Written(0, 0, 5), Written(0, 10, 10)})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kProgramOrder, history), "kept");
}

TEST(CheckSequence, LeavesWhatCameTwiceToExactlyOnce) {
  const History history = TwoPuts()
                              .Take(kReader, {.from = 5, .to = 6, .bytes = 20}, {Written(0, 0, 20)})
                              .Take(kReader, {.from = 7, .to = 8, .bytes = 10}, {Written(0, 0, 10)})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kProgramOrder, history), "none");
}

TEST(CheckSequence, AcceptsProgramOrder) {
  const History history =
      TwoPuts()
          .Take(kReader, {.from = 5, .to = 6, .bytes = 10}, {Written(0, 0, 10)})
          .Take(kReader, {.from = 7, .to = 8, .bytes = 10}, {Written(0, 10, 10)})
          .Build();

  const auto judgement = JudgementOf(Clause::kProgramOrder, history);

  EXPECT_EQ(judgement->verdict, Verdict::kKept);
  EXPECT_EQ(judgement->chances, 1U);
}

TEST(CheckSequence, JudgesEachReaderByItself) {
  const History history = TwoPuts()
                              .Take(kOther, {.from = 5, .to = 6, .bytes = 10}, {Written(0, 10, 10)})
                              .Take(kReader, {.from = 5, .to = 8, .bytes = 10}, {Written(0, 0, 10)})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kProgramOrder, history), "none");
}

TEST(CheckSequence, KeepsObjectsApart) {
  const History history =
      HistoryBuilder()
          .Worker("writer")
          .Worker("reader")
          .Put(kWriter, {.from = 1, .to = 2, .bytes = 10})
          .Put(kWriter, {.from = 3, .to = 4, .bytes = 10})
          .Put(kWriter, {.from = 5, .to = 6, .bytes = 10, .object = 1})
          .Take(kReader, {.from = 7, .to = 8, .bytes = 10}, {Written(0, 0, 20)})
          .Take(kReader, {.from = 9, .to = 10, .bytes = 10, .object = 1}, {Written(0, 0, 10)})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kProgramOrder, history), "kept");
}

}  // namespace
}  // namespace parley

#include <gtest/gtest.h>

#include <cerrno>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

using Ids = std::vector<std::uint32_t>;

constexpr std::uint16_t kWriter = 0;
constexpr std::uint16_t kReader = 1;
constexpr std::uint16_t kOther = 2;

// Two puts of 10 bytes, operations 0 and 1, by splice() when `argument` says so; two readers.
HistoryBuilder TwoPuts(std::uint64_t argument = 0) {
  return HistoryBuilder()
      .Worker("writer")
      .Worker("reader")
      .Worker("reader")
      .Put(kWriter, {.from = 1, .to = 2, .bytes = 10, .argument = argument})
      .Put(kWriter, {.from = 3, .to = 4, .bytes = 10, .argument = argument});
}

// tee() of up to 20 bytes, operation 2.
HistoryBuilder Copied(std::vector<Extent> extents) {
  return TwoPuts().Do(Effect::kPeek, kReader,
                      {.from = 5, .to = 6, .bytes = 20, .argument = kBySplice}, std::move(extents));
}

TEST(CheckSplices, AcceptsCopiesOfWhatIsReceivedNext) {
  const History history =
      Copied({Written(0, 0, 12)})
          .Take(kReader, {.from = 7, .to = 8, .bytes = 5}, {Written(0, 0, 5)})
          .Do(Effect::kPeek, kReader, {.from = 9, .to = 10, .bytes = 20, .argument = kBySplice},
              {Written(0, 5, 15)})
          .Take(kReader, {.from = 11, .to = 12, .bytes = 20, .argument = kBySplice},
                {Written(0, 5, 15)})
          .Build();

  const auto copies = JudgementOf(Clause::kCopyDiffers, history);
  const auto splices = JudgementOf(Clause::kSpliceMisplaced, history);

  EXPECT_EQ(copies->verdict, Verdict::kKept);
  EXPECT_EQ(copies->chances, 2U);
  EXPECT_EQ(splices->verdict, Verdict::kKept);
  EXPECT_EQ(splices->chances, 1U);
}

TEST(CheckSplices, RefusesACopyThatWasConsumed) {
  const History history =
      Copied({Written(0, 0, 10)})
          .Take(kReader, {.from = 7, .to = 8, .bytes = 10}, {Written(0, 10, 10)})
          .Build();

  const auto judgement = JudgementOf(Clause::kCopyDiffers, history);

  EXPECT_EQ(judgement->verdict, Verdict::kBroken);
  EXPECT_EQ(judgement->witness, (Ids{2, 3}));
  EXPECT_EQ(judgement->reason,
            "what tee() had copied was left unread, and other bytes came in its place");
}

TEST(CheckSplices, RefusesNothingWhereThereWasACopy) {
  const auto then = [](CallSpec take) {
    return VerdictOf(Clause::kCopyDiffers, Copied({Written(0, 0, 20)}).Take(kReader, take).Build());
  };

  EXPECT_EQ(then({.from = 7, .to = 8, .bytes = 9, .result = 0}), "broken");
  EXPECT_EQ(then({.from = 7, .to = 8, .bytes = 9, .error = EAGAIN}), "broken");
  EXPECT_EQ(then({.from = 7, .to = 8, .bytes = 9, .error = EINTR}), "kept");
  EXPECT_EQ(then({.from = 7, .to = 8, .bytes = 0, .result = 0}), "kept");
}

TEST(CheckSplices, RefusesTwoCopiesThatDiffer) {
  const History history =
      Copied({Written(0, 0, 10)})
          .Do(Effect::kPeek, kReader, {.from = 7, .to = 8, .bytes = 10, .argument = kBySplice},
              {Written(0, 0, 9), Unidentified(1)})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kCopyDiffers, history), "broken");
}

TEST(CheckSplices, TakesWhatCannotBeToldForTheSame) {
  const History history =
      Copied({Written(0, 0, 10)})
          .Take(kReader, {.from = 7, .to = 8, .bytes = 4, .result = 4})
          .Take(kReader, {.from = 9, .to = 10, .bytes = 16, .argument = kBySplice},
                {Written(0, 4, 16)})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kCopyDiffers, history), "kept");
  EXPECT_EQ(VerdictOf(Clause::kSpliceMisplaced, history), "kept");
}

TEST(CheckSplices, RefusesBytesThatASpliceLeftBehind) {
  const History history =
      TwoPuts()
          .Take(kReader, {.from = 5, .to = 6, .bytes = 10, .argument = kBySplice},
                {Written(0, 0, 10)})
          .Take(kReader, {.from = 7, .to = 8, .bytes = 20}, {Written(0, 0, 20)})
          .Build();

  const auto judgement = JudgementOf(Clause::kSpliceMisplaced, history);

  EXPECT_EQ(judgement->verdict, Verdict::kBroken);
  EXPECT_EQ(judgement->witness, (Ids{2, 3}));
  EXPECT_EQ(judgement->reason,
            "bytes 0..19 of worker 0 came where those from 10 on were due, and splice() had moved "
            "them");
}

TEST(CheckSplices, RefusesBytesThatASpliceLostOrPutOutOfOrder) {
  const auto received = [](std::vector<Extent> extents) {
    return VerdictOf(Clause::kSpliceMisplaced,
                     TwoPuts(kBySplice)
                         .Take(kReader, {.from = 5, .to = 6, .bytes = 20}, std::move(extents))
                         .Build());
  };

  EXPECT_EQ(received({Written(0, 0, 5), Written(0, 10, 10)}), "broken");
  EXPECT_EQ(received({Written(0, 10, 10), Written(0, 0, 10)}), "broken");
  EXPECT_EQ(received({Written(0, 0, 20)}), "kept");
}

TEST(CheckSplices, LeavesToOthersWhatNoSpliceMoved) {
  const History history = TwoPuts()
                              .Put(kOther, {.from = 5, .to = 6, .bytes = 10, .argument = kBySplice})
                              .Take(kReader, {.from = 7, .to = 8, .bytes = 30},
                                    {Written(0, 10, 10), Written(0, 0, 10), Written(2, 0, 10)})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kSpliceMisplaced, history), "kept");
}

TEST(CheckSplices, SaysNothingOfSeveralReceiversOrOfAnObjectWithAName) {
  const auto copied = [] { return Copied({Written(0, 0, 10)}); };
  const CallSpec take{.from = 7, .to = 8, .bytes = 10};

  EXPECT_FALSE(
      JudgementOf(Clause::kCopyDiffers, copied().Take(kOther, take, {Written(0, 10, 10)}).Build()));
  EXPECT_FALSE(JudgementOf(Clause::kCopyDiffers, copied()
                                                     .MakeName(kWriter, {.from = 9, .to = 10})
                                                     .Take(kReader, {.from = 11, .to = 12})
                                                     .Build()));
}

TEST(CheckSplices, SaysNothingOfHistoriesWithoutThem) {
  EXPECT_FALSE(JudgementOf(Clause::kSpliceMisplaced, TwoPuts().Build()));
}

}  // namespace
}  // namespace parley

// End-of-file, EPIPE and EAGAIN against who held the other end.
#include <gtest/gtest.h>

#include <cerrno>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

Names Broken(const History& history) { return Broken("code", history); }

// Worker 0 reads, worker 1 writes; both hold their ends from 2 on.
HistoryBuilder Both() {
  return HistoryBuilder()
      .Worker("reader")
      .Worker("writer")
      .OpenRead(0, {.from = 1, .to = 2})
      .OpenWrite(1, {.from = 1, .to = 2});
}

TEST(WriteWithoutReader, IsBrokenWhenAWriteSucceedsAfterTheLastReaderClosed) {
  const History history =
      Both().Close(0, {.from = 5, .to = 6}).Put(1, {.from = 7, .to = 8, .bytes = 10}).Build();

  EXPECT_EQ(Broken(history), Names{"write-without-reader"});
  EXPECT_EQ(JudgementOf(Clause::kWriteWithoutReader, history)->witness,
            (std::vector<std::uint32_t>{3}));
}

TEST(WriteWithoutReader, IsBrokenWhenOnlyAPartWasAccepted) {
  const History history = Both()
                              .Close(0, {.from = 5, .to = 6})
                              .Put(1, {.from = 7, .to = 8, .bytes = 9000, .result = 4096})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kWriteWithoutReader, history), "broken");
}

TEST(WriteWithoutReader, IsKeptByEpipe) {
  const History history = Both()
                              .Close(0, {.from = 5, .to = 6})
                              .Put(1, {.from = 7, .to = 8, .bytes = 10, .error = EPIPE})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kWriteWithoutReader, history), "kept");
  EXPECT_EQ(JudgementOf(Clause::kWriteWithoutReader, history)->chances, 1u);
  EXPECT_EQ(Broken(history), Names{});
}

TEST(WriteWithoutReader, LeavesTheDoubtToACloseUnderWay) {
  const History history =
      Both().Close(0, {.from = 5, .to = 7}).Put(1, {.from = 7, .to = 8, .bytes = 10}).Build();

  EXPECT_EQ(VerdictOf(Clause::kWriteWithoutReader, history), "none");
}

TEST(WriteWithoutReader, LeavesTheDoubtToAKillWhoseDeathIsNotReported) {
  const History history = Both().Kill(0, 5, 9).Put(1, {.from = 7, .to = 8, .bytes = 10}).Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(WriteWithoutReader, IsBrokenOnceTheDeathIsReported) {
  const History history = Both().Kill(0, 5, 6).Put(1, {.from = 7, .to = 8, .bytes = 10}).Build();

  EXPECT_EQ(Broken(history), Names{"write-without-reader"});
}

TEST(WriteWithoutReader, LeavesTheDoubtToClocksThatDiffer) {
  const History history = Both()
                              .Close(0, {.from = 5, .to = 6})
                              .Put(1, {.from = 7, .to = 8, .bytes = 10})
                              .ClockSlackNs(1)
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(WriteWithoutReader, SeesAReaderThatOpensDuringTheCall) {
  const History history = Both()
                              .Close(0, {.from = 5, .to = 6})
                              .Put(1, {.from = 7, .to = 9, .bytes = 10})
                              .Worker("second reader")
                              .OpenRead(2, {.from = 8, .to = 20})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(WriteWithoutReader, SeesTheDescriptorThatTheMakerStillHolds) {
  const History history = Both()
                              .Worker("maker")
                              .OpenBoth(2, {.from = 0, .to = 1})
                              .Close(0, {.from = 5, .to = 6})
                              .Put(1, {.from = 7, .to = 8, .bytes = 10})
                              .Close(2, {.from = 9, .to = 10})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(WriteWithoutReader, SaysNothingOfWritesOfNoBytes) {
  const History history =
      Both().Close(0, {.from = 5, .to = 6}).Put(1, {.from = 7, .to = 8, .bytes = 0}).Build();

  EXPECT_EQ(VerdictOf(Clause::kWriteWithoutReader, history), "none");
}

TEST(WriteWithoutReader, IsInconclusiveWhenALogWasFull) {
  const History history = Both()
                              .Close(0, {.from = 5, .to = 6})
                              .Put(1, {.from = 7, .to = 8, .bytes = 10})
                              .Incomplete()
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kWriteWithoutReader, history), "inconclusive");
}

TEST(BrokenPipeEarly, IsBrokenWhenAReaderHeldItsEndAllTheTime) {
  const History history = Both().Put(1, {.from = 7, .to = 8, .bytes = 10, .error = EPIPE}).Build();

  EXPECT_EQ(Broken(history), Names{"broken-pipe-early"});
  EXPECT_EQ(JudgementOf(Clause::kBrokenPipeEarly, history)->witness,
            (std::vector<std::uint32_t>{0, 2}));
}

TEST(BrokenPipeEarly, IsBrokenWhenReadersHeldItInTurn) {
  const History history = Both()
                              .Worker("second reader")
                              .OpenRead(2, {.from = 3, .to = 4})
                              .Close(0, {.from = 10, .to = 11})
                              .Put(1, {.from = 7, .to = 20, .bytes = 10, .error = EPIPE})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"broken-pipe-early"});
}

TEST(BrokenPipeEarly, LeavesTheDoubtToACloseOverlappingTheWrite) {
  const History history = Both()
                              .Put(1, {.from = 7, .to = 9, .bytes = 10, .error = EPIPE})
                              .Close(0, {.from = 8, .to = 12})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kBrokenPipeEarly, history), "kept");
}

TEST(BrokenPipeEarly, LeavesTheDoubtToAKillInFlight) {
  const History history =
      Both().Put(1, {.from = 7, .to = 9, .bytes = 10, .error = EPIPE}).Kill(0, 8, 12).Build();

  EXPECT_EQ(VerdictOf(Clause::kBrokenPipeEarly, history), "kept");
}

TEST(BrokenPipeEarly, LeavesTheDoubtToClocksThatDiffer) {
  const History history = Both()
                              .Put(1, {.from = 7, .to = 9, .bytes = 10, .error = EPIPE})
                              .Close(0, {.from = 11, .to = 12})
                              .ClockSlackNs(2)
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kBrokenPipeEarly, history), "kept");
}

TEST(BrokenPipeEarly, DoesNotCountTheReadersOfANamesake) {
  const History history = HistoryBuilder()
                              .Worker("maker")
                              .Worker("first")
                              .Worker("second")
                              .MakeName(0, {.from = 1, .to = 2})
                              .OpenBoth(1, {.from = 3, .to = 4})
                              .RemoveName(0, {.from = 5, .to = 6})
                              .MakeName(0, {.from = 7, .to = 8})
                              .OpenBoth(2, {.from = 9, .to = 10})
                              .OpenWrite(2, {.from = 11, .to = 12})
                              .Close(2, {.from = 13, .to = 14, .handle = 1})
                              .Put(2, {.from = 15, .to = 16, .bytes = 1, .error = EPIPE})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

// The creator, worker 2, is dead from 6 on.
HistoryBuilder WithoutCreator() {
  return Both()
      .Worker("creator", {.creator = true})
      .OpenBoth(2, {.from = 0, .to = 1, .handle = 60000})
      .Kill(2, 5, 6);
}

TEST(DiedWithCreator, IsBrokenByEndOfFileAfterTheDeath) {
  const History history = WithoutCreator().Take(0, {.from = 7, .to = 8, .bytes = 10}).Build();

  EXPECT_EQ(Broken(history), Names{"died-with-creator"});
}

TEST(DiedWithCreator, IsBrokenByEpipeAfterTheDeath) {
  const History history =
      WithoutCreator().Put(1, {.from = 7, .to = 8, .bytes = 10, .error = EPIPE}).Build();

  EXPECT_EQ(Broken(history), Names{"died-with-creator"});
}

TEST(DiedWithCreator, IsBrokenByEndOfFileBeforeUnreadBytes) {
  const History history = WithoutCreator()
                              .Put(1, {.from = 7, .to = 8, .bytes = 10})
                              .Close(1, {.from = 9, .to = 10})
                              .Take(0, {.from = 11, .to = 12, .bytes = 10})
                              .Take(0, {.from = 13, .to = 14, .bytes = 10}, {Written(1, 0, 10)})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"died-with-creator"});
}

TEST(DiedWithCreator, IsKeptByWritesAndReadsThatGoOn) {
  const History history = WithoutCreator()
                              .Put(1, {.from = 7, .to = 8, .bytes = 10})
                              .Take(0, {.from = 9, .to = 10, .bytes = 10}, {Written(1, 0, 10)})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kDiedWithCreator, history), "kept");
  EXPECT_EQ(JudgementOf(Clause::kDiedWithCreator, history)->chances, 2u);
}

TEST(DiedWithCreator, IsNotBlamedBeforeTheDeathIsReported) {
  const History history = Both()
                              .Worker("creator", {.creator = true})
                              .Kill(2, 5, 7)
                              .Take(0, {.from = 7, .to = 8, .bytes = 10})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"end-of-file-early"});
}

TEST(DiedWithCreator, IsNotBlamedWhenTheCreatorWasOnlyStoppedOrAnotherDied) {
  const History history = Both()
                              .Worker("creator", {.creator = true})
                              .Worker("other")
                              .Stop(2, 3, 4)
                              .Kill(3, 3, 4)
                              .Take(0, {.from = 7, .to = 8, .bytes = 10})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"end-of-file-early"});
}

TEST(DiedWithCreator, IsNotBlamedWhereTheObjectIsItsNames) {
  const History history = WithoutCreator()
                              .MakeName(0, {.from = 2, .to = 3})
                              .Take(0, {.from = 7, .to = 8, .bytes = 10})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"end-of-file-early"});
}

}  // namespace
}  // namespace parley

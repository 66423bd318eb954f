// Who sleeps in a read that could go on.
#include <gtest/gtest.h>

#include <cerrno>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

Names Broken(const History& history) { return Broken("hang", history); }

constexpr std::uint64_t kFrom = 1'000;
constexpr std::uint64_t kUntil = 1'000'001'000;

HistoryBuilder Both() {
  return HistoryBuilder()
      .Worker("reader")
      .Worker("writer")
      .OpenRead(0, {.from = 1, .to = 2})
      .OpenWrite(1, {.from = 1, .to = 2});
}

// The reader is asleep, and the watchdog saw it.
HistoryBuilder ReaderAsleep(std::uint64_t since_ns) {
  return Both().Take(0, {.from = since_ns, .bytes = 100}).SeenAsleep(0, kFrom, kUntil);
}

TEST(ReceiverAsleep, IsBrokenByBytesThatCameWhileItSlept) {
  const History history = ReaderAsleep(5).Put(1, {.from = 10, .to = 11, .bytes = 10}).Build();

  EXPECT_EQ(Broken(history), Names{"receiver-asleep"});
  EXPECT_EQ(JudgementOf(Clause::kReceiverAsleep, history)->witness,
            (std::vector<std::uint32_t>{2, 3}));
}

TEST(ReceiverAsleep, IsBrokenWithDataByBytesThatWereThere) {
  const History history = ReaderAsleep(20).Put(1, {.from = 10, .to = 11, .bytes = 10}).Build();

  EXPECT_EQ(Broken(history), Names{"receiver-asleep-with-data"});
}

TEST(ReceiverAsleep, IsBrokenByTheRestOfAPut) {
  const History history = Both()
                              .Take(0, {.from = 12, .to = 13, .bytes = 9}, {Written(1, 0, 9)})
                              .Take(0, {.from = 20, .bytes = 100})
                              .Put(1, {.from = 10, .to = 11, .bytes = 10})
                              .SeenAsleep(0, kFrom, kUntil)
                              .Build();

  EXPECT_EQ(Broken(history), Names{"receiver-asleep-with-data"});
}

TEST(ReceiverAsleep, IsBrokenEvenIfItAwokeWhenTheRoundWasEnded) {
  const History history =
      Both()
          .Take(0, {.from = 5, .to = kUntil + 10, .bytes = 100}, {Written(1, 0, 10)})
          .Put(1, {.from = 10, .to = 11, .bytes = 10})
          .SeenAsleep(0, kFrom, kUntil)
          .Build();

  EXPECT_EQ(Broken(history), Names{"receiver-asleep"});
}

TEST(ReceiverAsleep, AllowsToSleepWhenEverythingWasRead) {
  const History history = Both()
                              .Take(0, {.from = 12, .to = 13, .bytes = 10}, {Written(1, 0, 10)})
                              .Take(0, {.from = 20, .bytes = 100})
                              .Put(1, {.from = 10, .to = 11, .bytes = 10})
                              .SeenAsleep(0, kFrom, kUntil)
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
  EXPECT_EQ(VerdictOf(Clause::kReceiverAsleepWithData, history), "kept");
}

TEST(ReceiverAsleep, IsKeptByTakesThatWereWoken) {
  const History history = Both()
                              .Take(0, {.from = 5, .to = 12, .bytes = 10}, {Written(1, 0, 10)})
                              .Put(1, {.from = 10, .to = 11, .bytes = 10})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kReceiverAsleep, history), "kept");
  EXPECT_EQ(JudgementOf(Clause::kReceiverAsleep, history)->chances, 1u);
}

TEST(ReceiverAsleep, LeavesTheDoubtToTakesThatWereKilled) {
  const History history = ReaderAsleep(5)
                              .Worker("second reader")
                              .OpenRead(2, {.from = 1, .to = 2})
                              .Take(2, {.from = 12, .bytes = 10})
                              .Kill(2, 13, 14)
                              .Put(1, {.from = 10, .to = 11, .bytes = 10})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(ReceiverAsleep, KnowsWhatAKilledTakeCannotHaveTaken) {
  const History history = ReaderAsleep(5)
                              .Worker("second reader")
                              .OpenRead(2, {.from = 1, .to = 2})
                              .Take(2, {.from = 12, .bytes = 9})
                              .Kill(2, 13, 14)
                              .Put(1, {.from = 10, .to = 11, .bytes = 10})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"receiver-asleep"});
}

TEST(ReceiverAsleep, LeavesTheDoubtToAWriteThatWasKilled) {
  const History history = ReaderAsleep(5).Put(1, {.from = 10, .bytes = 10}).Kill(1, 11, 12).Build();

  EXPECT_EQ(VerdictOf(Clause::kReceiverAsleep, history), "none");
}

TEST(ReceiverAsleep, ForgetsWhatWasDiscardedAtTheLastClose) {
  const History history = Both()
                              .Put(1, {.from = 3, .to = 4, .bytes = 10})
                              .Close(1, {.from = 5, .to = 6})
                              .Close(0, {.from = 5, .to = 6})
                              .OpenBoth(0, {.from = 7, .to = 8})
                              .Take(0, {.from = 9, .bytes = 10})
                              .SeenAsleep(0, kFrom, kUntil)
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kReceiverAsleepWithData, history), "none");
}

TEST(ReceiverAsleep, IsInconclusiveWithoutEvidence) {
  const History history =
      Both().Take(0, {.from = 5, .bytes = 100}).Put(1, {.from = 10, .to = 11, .bytes = 10}).Build();

  EXPECT_EQ(VerdictOf(Clause::kReceiverAsleep, history), "inconclusive");
}

History SightedSo(const Sighting& sighting) {
  return Both()
      .Take(0, {.from = 5, .bytes = 100})
      .Put(1, {.from = 10, .to = 11, .bytes = 10})
      .Sighted(sighting)
      .Build();
}

TEST(ReceiverAsleep, IsInconclusiveWithWeakEvidence) {
  const Sighting good{.from_ns = kFrom,
                      .until_ns = kFrom + 200'000'000,
                      .samples = 20,
                      .heartbeat_gap_ns_max = 50'000'000,
                      .steady = true};
  Sighting moved = good;
  moved.steady = false;
  Sighting few = good;
  few.samples = 19;
  Sighting brief = good;
  brief.until_ns -= 1;
  Sighting blind = good;
  blind.heartbeat_gap_ns_max += 1;
  Sighting other = good;
  other.worker = 1;
  Sighting before = good;
  before.from_ns = 5;

  EXPECT_EQ(VerdictOf(Clause::kReceiverAsleep, SightedSo(good)), "broken");
  for (const Sighting& weak : {moved, few, brief, blind, other, before}) {
    EXPECT_EQ(VerdictOf(Clause::kReceiverAsleep, SightedSo(weak)), "inconclusive");
  }
}

TEST(ReceiverAsleep, IsInconclusiveWhenSomethingHappenedWhileItWasWatched) {
  const History history = ReaderAsleep(5)
                              .Put(1, {.from = 10, .to = 11, .bytes = 10})
                              .Close(1, {.from = kFrom + 50, .to = kFrom + 60})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kReceiverAsleep, history), "inconclusive");
}

TEST(ReceiverAsleep, IsInconclusiveWhenALogWasFull) {
  const History history =
      ReaderAsleep(5).Put(1, {.from = 10, .to = 11, .bytes = 10}).Incomplete().Build();

  EXPECT_EQ(VerdictOf(Clause::kReceiverAsleep, history), "inconclusive");
}

TEST(EndOfFileAsleep, IsBrokenWhenNobodyCanWrite) {
  const History history = ReaderAsleep(5).Close(1, {.from = 10, .to = 11}).Build();

  EXPECT_EQ(Broken(history), Names{"end-of-file-asleep"});
}

TEST(EndOfFileAsleep, IsBrokenWhenTheLastWriterWasKilled) {
  EXPECT_EQ(Broken(ReaderAsleep(5).Kill(1, 10, 11).Build()), Names{"end-of-file-asleep"});
}

TEST(EndOfFileAsleep, AllowsToSleepWhileAWriterIsThere) {
  const History history = ReaderAsleep(5).Build();

  EXPECT_EQ(VerdictOf(Clause::kEndOfFileAsleep, history), "none");
}

TEST(EndOfFileAsleep, AllowsToSleepWhileTheMakerHoldsTheEnd) {
  const History history = ReaderAsleep(5)
                              .Worker("maker")
                              .OpenBoth(2, {.from = 0, .to = 1})
                              .Close(1, {.from = 10, .to = 11})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(EndOfFileAsleep, AllowsToSleepWhileItHoldsTheWritingEndItself) {
  const History history = Both()
                              .OpenWrite(0, {.from = 3, .to = 4})
                              .Close(1, {.from = 10, .to = 11})
                              .Take(0, {.from = 12, .bytes = 1})
                              .SeenAsleep(0, kFrom, kUntil)
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(EndOfFileAsleep, IsKeptByEndOfFile) {
  const History history =
      Both().Take(0, {.from = 5, .to = 12, .bytes = 100}).Close(1, {.from = 10, .to = 11}).Build();

  EXPECT_EQ(VerdictOf(Clause::kEndOfFileAsleep, history), "kept");
}

TEST(EndOfFileAsleep, IsInconclusiveWithoutEvidence) {
  const History history =
      Both().Take(0, {.from = 5, .bytes = 100}).Close(1, {.from = 10, .to = 11}).Build();

  EXPECT_EQ(VerdictOf(Clause::kEndOfFileAsleep, history), "inconclusive");
}

TEST(ReceiverAsleep, IsInconclusiveAroundAKillWhileItWasWatched) {
  HistoryBuilder builder = ReaderAsleep(5);
  builder.Put(1, {.from = 10, .to = 11, .bytes = 10}).Worker("other");

  EXPECT_EQ(VerdictOf(Clause::kReceiverAsleep,
                      HistoryBuilder(builder).Kill(2, kFrom + 5, kUntil + 5).Build()),
            "inconclusive");
  EXPECT_EQ(VerdictOf(Clause::kReceiverAsleep,
                      HistoryBuilder(builder).Kill(2, kFrom - 5, kUntil - 5).Build()),
            "inconclusive");
  EXPECT_EQ(VerdictOf(Clause::kReceiverAsleep,
                      HistoryBuilder(builder).Kill(2, kFrom - 5, kFrom - 1).Build()),
            "broken");
}

TEST(ReceiverAsleep, SaysNothingOfNonblockingTakes) {
  const History history =
      Both()
          .Take(0,
                {.from = 5, .to = kUntil + 10, .bytes = 100, .error = EAGAIN, .nonblocking = true})
          .Put(1, {.from = 10, .to = 11, .bytes = 10})
          .SeenAsleep(0, kFrom, kUntil)
          .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(ReceiverAsleep, SaysNothingOfTakesOfNoBytes) {
  const History history = Both()
                              .Take(0, {.from = 5, .bytes = 0})
                              .Put(1, {.from = 10, .to = 11, .bytes = 10})
                              .SeenAsleep(0, kFrom, kUntil)
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kReceiverAsleep, history), "none");
}

TEST(ReceiverAsleep, LeavesTheDoubtToATakeThatWasNotSeenAsleep) {
  const auto with = [](std::uint32_t bytes) {
    return VerdictOf(Clause::kReceiverAsleep, ReaderAsleep(5)
                                                  .Worker("second reader")
                                                  .OpenRead(2, {.from = 1, .to = 2})
                                                  .Take(2, {.from = 6, .bytes = bytes})
                                                  .Put(1, {.from = 10, .to = 11, .bytes = 10})
                                                  .Build());
  };

  EXPECT_NE(with(10), "broken");
  EXPECT_EQ(with(9), "broken");
}

TEST(ReceiverAsleep, CountsTheBytesOfATakeThatEndedAfterTheWatch) {
  const History history =
      ReaderAsleep(5)
          .Worker("second reader")
          .OpenRead(2, {.from = 1, .to = 2})
          .Take(2, {.from = 12, .to = kUntil + 10, .bytes = 10}, {Written(1, 0, 10)})
          .Put(1, {.from = 10, .to = 11, .bytes = 10})
          .Build();

  EXPECT_NE(VerdictOf(Clause::kReceiverAsleep, history), "broken");
}

TEST(ReceiverAsleep, LeavesTheDoubtToBytesThatCouldNotBeIdentified) {
  const auto with = [](std::uint32_t unidentified) {
    return VerdictOf(Clause::kReceiverAsleepWithData,
                     Both()
                         .Put(1, {.from = 3, .to = 4, .bytes = 10})
                         .Take(0, {.from = 5, .to = 6, .bytes = 10}, {Unidentified(unidentified)})
                         .Take(0, {.from = 7, .bytes = 10})
                         .SeenAsleep(0, kFrom, kUntil)
                         .Build());
  };

  EXPECT_EQ(with(10), "kept");
  EXPECT_EQ(with(9), "broken");
}

}  // namespace
}  // namespace parley

// Who sleeps in a write that could go on.
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

// Worker 0 reads, worker 1 writes; both hold their ends from 2 on.
HistoryBuilder Both() {
  return HistoryBuilder()
      .Worker("reader")
      .Worker("writer")
      .OpenRead(0, {.from = 1, .to = 2})
      .OpenWrite(1, {.from = 1, .to = 2});
}

constexpr std::uint32_t kFull = 65536;

// The pipe was full and was read to the last byte but rest; the writer sleeps in a further put.
HistoryBuilder WriterAsleep(std::uint32_t rest, std::uint32_t requested) {
  return Both()
      .Put(1, {.from = 5, .to = 6, .bytes = kFull})
      .Put(1, {.from = 7, .bytes = requested})
      .Take(0, {.from = 8, .to = 9, .bytes = kFull}, {Written(1, 0, kFull - rest)})
      .SeenAsleep(1, kFrom, kUntil);
}

TEST(SenderAsleep, IsBrokenWhenAllWasRead) {
  const History history = WriterAsleep(0, 4096).Build();

  EXPECT_EQ(Broken(history), Names{"sender-asleep"});
  EXPECT_EQ(JudgementOf(Clause::kSenderAsleep, history)->witness, (std::vector<std::uint32_t>{3}));
}

TEST(SenderAsleep, AllowsToSleepWhileAPageMayBeMissing) {
  EXPECT_EQ(Broken(WriterAsleep(1, 4096).Build()), Names{});
}

TEST(SenderAsleep, IsBrokenWhenTheUnreadPutsLeaveRoomForSure) {
  HistoryBuilder builder = Both();
  builder.Put(1, {.from = 5, .to = 6, .bytes = 4096 * 12});  // 13 pages at most
  builder.Put(1, {.from = 7, .bytes = 4096});                // 2 pages at most
  builder.SeenAsleep(1, kFrom, kUntil);

  EXPECT_EQ(Broken(builder.Build()), Names{"sender-asleep"});
  EXPECT_EQ(Broken(HistoryBuilder(builder).CapacityBytes(4096 * 15).Build()),
            Names{"sender-asleep"});
  EXPECT_EQ(Broken(builder.CapacityBytes(4096 * 14).Build()), Names{});
}

TEST(SenderAsleep, CountsKilledPutsAndThoseUnderWayAsRoomTaken) {
  const History history = WriterAsleep(0, 4096)
                              .CapacityBytes(4096 * 4)
                              .Worker("killed")
                              .OpenWrite(2, {.from = 3, .to = 4})
                              .Put(2, {.from = 7, .bytes = 4096})
                              .Kill(2, 8, 9)
                              .Worker("under way")
                              .OpenWrite(3, {.from = 3, .to = 4})
                              .Put(3, {.from = 7, .bytes = 1})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(SenderAsleep, DoesNotCountPutsThatSleepAsWell) {
  const History history = WriterAsleep(0, 4096)
                              .CapacityBytes(4096 * 4)
                              .Worker("second writer")
                              .OpenWrite(2, {.from = 3, .to = 4})
                              .Put(2, {.from = 7, .bytes = 4096})
                              .SeenAsleep(2, kFrom + 7, kUntil)
                              .Worker("third writer")
                              .OpenWrite(3, {.from = 3, .to = 4})
                              .Put(3, {.from = 7, .bytes = 4096})
                              .SeenAsleep(3, kFrom + 9, kUntil)
                              .Build();

  EXPECT_EQ(Broken(history), Names{"sender-asleep"});
}

TEST(SenderAsleep, BelievesTheSmallestCapacityOnRecord) {
  HistoryBuilder builder = Both();
  builder.Put(1, {.from = 5, .to = 6, .bytes = 4096 * 2});
  builder.Put(1, {.from = 20, .bytes = 4096});
  builder.SeenAsleep(1, kFrom, kUntil);

  EXPECT_EQ(Broken(builder.Build()), Names{"sender-asleep"});
  EXPECT_EQ(
      Broken(HistoryBuilder(builder).Resize(0, {.from = 8, .to = 9, .argument = 4096 * 2}).Build()),
      Names{});
  EXPECT_EQ(Broken(HistoryBuilder(builder)
                       .Do(Effect::kQueryCapacity, 0, {.from = 8, .to = 9, .result = 4096 * 2})
                       .Build()),
            Names{});
  EXPECT_EQ(Broken(HistoryBuilder(builder)
                       .Resize(0, {.from = 8, .argument = 4096 * 2})
                       .Kill(0, 9, kNever)
                       .Build()),
            Names{});
}

// A FIFO of a user who has many is made with two pages.
TEST(SenderAsleep, BelievesOnlyTheSmallestCapacityOfANamedObject) {
  const auto named = [](std::uint32_t unread) {
    return Both()
        .MakeName(0, {.from = 0, .to = 0})
        .Put(1, {.from = 5, .to = 6, .bytes = 100})
        .Take(0, {.from = 7, .to = 8, .bytes = 100}, {Written(1, 0, 100 - unread)})
        .Put(1, {.from = 20, .bytes = 4096})
        .SeenAsleep(1, kFrom, kUntil)
        .Build();
  };

  EXPECT_EQ(Broken(named(1)), Names{});
  EXPECT_EQ(Broken(named(0)), Names{"sender-asleep"});
}

// On a machine with pages of 64 KiB a default pipe has 1 MiB.
TEST(SenderAsleep, TakesThePageFromTheDefaultCapacity) {
  HistoryBuilder builder = Both();
  builder.Put(1, {.from = 5, .to = 6, .bytes = 4096});
  builder.Put(1, {.from = 7, .bytes = 4096});
  builder.SeenAsleep(1, kFrom, kUntil);

  EXPECT_EQ(Broken(HistoryBuilder(builder).CapacityBytes(4 * 65536, 16 * 65536).Build()),
            Names{"sender-asleep"});
  EXPECT_EQ(Broken(builder.CapacityBytes(3 * 65536, 16 * 65536).Build()), Names{});
}

TEST(SenderAsleep, NeedsTheReadToBeOverBeforeTheWatch) {
  const auto with = [](std::uint64_t read_until) {
    return VerdictOf(
        Clause::kSenderAsleep,
        Both()
            .Put(1, {.from = 5, .to = 6, .bytes = kFull})
            .Put(1, {.from = 7, .bytes = 4096})
            .Take(0, {.from = 8, .to = read_until, .bytes = kFull}, {Written(1, 0, kFull)})
            .SeenAsleep(1, kFrom, kUntil)
            .Build());
  };

  EXPECT_EQ(with(kFrom - 1), "broken");
  EXPECT_NE(with(kFrom), "broken");
  EXPECT_NE(with(kUntil + 1), "broken");
}

TEST(SenderAsleep, SaysNothingOfALargePutThatMayHaveFilledItself) {
  EXPECT_EQ(Broken(WriterAsleep(0, kFull + 1).Build()), Names{});
}

TEST(SenderAsleep, IsBrokenWhenAWriterAndAReaderSleepSideBySide) {
  const History history = WriterAsleep(0, kFull * 2)
                              .Take(0, {.from = 20, .bytes = 100})
                              .SeenAsleep(0, kFrom + 5, kUntil)
                              .Build();

  EXPECT_EQ(Broken(history), Names{"sender-asleep"});
}

TEST(SenderAsleep, BlamesTheReaderWhenBytesAreUnread) {
  const History history = WriterAsleep(10, kFull * 2)
                              .Take(0, {.from = 20, .bytes = 100})
                              .SeenAsleep(0, kFrom + 5, kUntil)
                              .Build();

  EXPECT_EQ(Broken(history), Names{"receiver-asleep-with-data"});
}

TEST(SenderAsleep, SaysNothingOfAReaderThatWasNotSeenAsleep) {
  const History history = WriterAsleep(0, kFull * 2).Take(0, {.from = 20, .bytes = 100}).Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(SenderAsleep, IsKeptByWritesThatReturned) {
  const History history = Both().Put(1, {.from = 5, .to = 6, .bytes = 10}).Build();

  EXPECT_EQ(VerdictOf(Clause::kSenderAsleep, history), "kept");
  EXPECT_EQ(JudgementOf(Clause::kSenderAsleep, history)->chances, 1u);
}

TEST(SenderAsleep, IsInconclusiveWithoutEvidence) {
  const History history = Both().Put(1, {.from = 5, .bytes = 10}).Build();

  EXPECT_EQ(VerdictOf(Clause::kSenderAsleep, history), "inconclusive");
}

TEST(SendAsleepWithoutReader, IsBrokenWhenTheLastReaderClosed) {
  const History history = Both()
                              .Put(1, {.from = 5, .bytes = 10})
                              .Close(0, {.from = 7, .to = 8})
                              .SeenAsleep(1, kFrom, kUntil)
                              .Build();

  EXPECT_EQ(Broken(history), Names{"send-asleep-without-reader"});
}

TEST(SendAsleepWithoutReader, IsKeptByEpipe) {
  const History history = Both()
                              .Put(1, {.from = 5, .to = 9, .bytes = 10, .error = EPIPE})
                              .Close(0, {.from = 7, .to = 8})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kSendAsleepWithoutReader, history), "kept");
}

TEST(SendAsleepWithoutReader, LeavesTheDoubtToACloseThatNeverReturned) {
  const History history = Both()
                              .Put(1, {.from = 5, .bytes = kFull})
                              .Close(0, {.from = 7})
                              .SeenAsleep(1, kFrom, kUntil)
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kSendAsleepWithoutReader, history), "none");
}

}  // namespace
}  // namespace parley

// Short counts of blocking writes, EAGAIN of reads.
#include <gtest/gtest.h>

#include <cerrno>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

Names Broken(const History& history) { return Broken("code", history); }

constexpr CallSpec kShort{.from = 10, .to = 20, .bytes = 8192, .result = 4096};

HistoryBuilder Both(bool interrupted = false) {
  return HistoryBuilder()
      .Worker("reader")
      .Worker("writer", {.interrupted = interrupted})
      .OpenRead(0, {.from = 1, .to = 2})
      .OpenWrite(1, {.from = 1, .to = 2});
}

TEST(ShortBlocking, IsBrokenByAPartWithoutACause) {
  const History history = Both().Put(1, kShort).Build();

  EXPECT_EQ(Broken(history), Names{"short-blocking"});
  EXPECT_EQ(JudgementOf(Clause::kShortBlocking, history)->witness,
            (std::vector<std::uint32_t>{0, 2}));
}

TEST(ShortBlocking, IsBrokenByEagain) {
  const History history =
      Both(true).Put(1, {.from = 10, .to = 20, .bytes = 1, .error = EAGAIN}).Build();

  EXPECT_EQ(Broken(history), Names{"short-blocking"});
}

TEST(ShortBlocking, IsBrokenByNothing) {
  const History history =
      Both(true).Put(1, {.from = 10, .to = 20, .bytes = 1, .result = 0}).Build();

  EXPECT_EQ(Broken(history), Names{"short-blocking"});
}

TEST(ShortBlocking, IsKeptByTheWhole) {
  const History history = Both()
                              .Put(1, {.from = 10, .to = 20, .bytes = 8192})
                              .Put(1, {.from = 21, .to = 22, .bytes = 4096})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kShortBlocking, history), "kept");
  EXPECT_EQ(JudgementOf(Clause::kShortBlocking, history)->chances, 1u);
}

TEST(ShortBlocking, ExcusesAnInterruptedWorker) {
  EXPECT_EQ(VerdictOf(Clause::kShortBlocking, Both(true).Put(1, kShort).Build()), "kept");
}

TEST(ShortBlocking, ExcusesAWorkerThatIsStoppedMeanwhile) {
  EXPECT_EQ(Broken(Both().Put(1, kShort).Stop(1, 15, 16).Continue(1, 17, 18).Build()), Names{});
  EXPECT_EQ(Broken(Both().Put(1, kShort).Stop(1, 5, 6).Continue(1, 12, 13).Build()), Names{});
  EXPECT_EQ(Broken(Both().Put(1, kShort).Stop(1, 5, 6).Build()), Names{});
}

TEST(ShortBlocking, ExcusesTheFirstCallAfterAStop) {
  const History history = Both().Put(1, kShort).Stop(1, 5, 6).Continue(1, 7, 8).Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(ShortBlocking, ExcusesAWorkerThatIsStoppedTwice) {
  const History history =
      Both().Put(1, kShort).Stop(1, 3, 4).Stop(1, 5, 6).Continue(1, 18, 30).Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(ShortBlocking, ExcusesTheCallDuringWhichTheSignalBegan) {
  EXPECT_EQ(Broken(Both().Put(1, kShort).Stop(1, 20, 22).Build()), Names{});
  EXPECT_EQ(Broken(Both().Put(1, kShort).Stop(1, 22, 23).ClockSlackNs(2).Build()), Names{});
  EXPECT_EQ(Broken(Both().Put(1, kShort).Stop(1, 22, 23).ClockSlackNs(1).Build()),
            Names{"short-blocking"});
}

// The call before began while the stop may still have been on its way.
TEST(ShortBlocking, CountsTheCallsSinceTheStop) {
  const auto with = [](std::uint64_t continued_ns, std::uint64_t slack_ns) {
    return Broken(Both()
                      .Stop(1, 3, 4)
                      .Continue(1, 5, continued_ns)
                      .Put(1, {.from = 7, .to = 8, .bytes = 1})
                      .Put(1, kShort)
                      .ClockSlackNs(slack_ns)
                      .Build());
  };

  EXPECT_EQ(with(7, 0), Names{});
  EXPECT_EQ(with(6, 1), Names{});
  EXPECT_EQ(with(5, 1), Names{"short-blocking"});
}

TEST(ShortBlocking, ExcusesAReaderThatCameDuringTheCall) {
  const History history = Both()
                              .Put(1, kShort)
                              .Close(0, {.from = 5, .to = 6})
                              .OpenRead(0, {.from = 14, .to = 15})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kShortBlocking, history), "kept");
}

TEST(ShortBlocking, DoesNotExcuseTheSecondCallAfterAStop) {
  const History history = Both()
                              .Stop(1, 3, 4)
                              .Continue(1, 5, 6)
                              .Put(1, {.from = 7, .to = 8, .bytes = 1})
                              .Put(1, kShort)
                              .Build();

  EXPECT_EQ(Broken(history), Names{"short-blocking"});
}

TEST(ShortBlocking, DoesNotExcuseByAnotherWorkersStop) {
  EXPECT_EQ(Broken(Both().Put(1, kShort).Stop(0, 15, 16).Build()), Names{"short-blocking"});
}

TEST(ShortBlocking, DoesNotExcuseByALaterStop) {
  EXPECT_EQ(Broken(Both().Put(1, kShort).Stop(1, 21, 22).Build()), Names{"short-blocking"});
}

TEST(ShortBlocking, ExcusesReadersThatMayBeGone) {
  const History history = Both().Put(1, kShort).Close(0, {.from = 19, .to = 30}).Build();

  EXPECT_EQ(VerdictOf(Clause::kShortBlocking, history), "kept");
}

TEST(ShortBlocking, SaysNothingOnceSomebodyChangesTheBlocking) {
  const History history = Both().Put(1, kShort).SetNonblocking(0, {.from = 30, .to = 31}).Build();

  EXPECT_EQ(VerdictOf(Clause::kShortBlocking, history), "none");
}

TEST(ShortBlocking, AllowsShortCountsOfNonblockingWrites) {
  const History history =
      Both()
          .Put(1, {.from = 10, .to = 20, .bytes = 8192, .result = 4096, .nonblocking = true})
          .Put(1, {.from = 21, .to = 22, .bytes = 1, .error = EAGAIN, .nonblocking = true})
          .Build();

  EXPECT_EQ(Broken(history), Names{});
}

constexpr CallSpec kRefused{
    .from = 10, .to = 20, .bytes = 100, .error = EAGAIN, .nonblocking = true};

TEST(Unavailable, IsBrokenByEagainWhileBytesAreUnread) {
  const History history =
      Both().Put(1, {.from = 5, .to = 6, .bytes = 10}).Take(0, kRefused).Build();

  EXPECT_EQ(Broken(history), Names{"unavailable"});
}

TEST(Unavailable, IsBrokenWhenTakesCannotHaveTakenAll) {
  const History history = Both()
                              .Worker("second reader")
                              .OpenRead(2, {.from = 1, .to = 2})
                              .Put(1, {.from = 5, .to = 6, .bytes = 10})
                              .Take(2, {.from = 15, .to = 30, .bytes = 9}, {Written(1, 0, 9)})
                              .Take(0, kRefused)
                              .Build();

  EXPECT_EQ(Broken(history), Names{"unavailable"});
}

TEST(Unavailable, IsKeptByAnEmptyPipe) {
  const History history = Both()
                              .Put(1, {.from = 5, .to = 6, .bytes = 10})
                              .Take(0, {.from = 7, .to = 8, .bytes = 10}, {Written(1, 0, 10)})
                              .Take(0, kRefused)
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kUnavailable, history), "kept");
  EXPECT_EQ(JudgementOf(Clause::kUnavailable, history)->chances, 1u);
}

TEST(Unavailable, LeavesTheDoubtToAWriteUnderWay) {
  const History history =
      Both().Put(1, {.from = 5, .to = 10, .bytes = 10}).Take(0, kRefused).Build();

  EXPECT_EQ(VerdictOf(Clause::kUnavailable, history), "kept");
}

TEST(Unavailable, LeavesTheDoubtToClocksThatDiffer) {
  const History history =
      Both().Put(1, {.from = 5, .to = 8, .bytes = 10}).Take(0, kRefused).ClockSlackNs(2).Build();

  EXPECT_EQ(VerdictOf(Clause::kUnavailable, history), "kept");
}

TEST(Unavailable, LeavesTheDoubtToATakeUnderWay) {
  const History history = Both()
                              .Worker("second reader")
                              .OpenRead(2, {.from = 1, .to = 2})
                              .Put(1, {.from = 5, .to = 6, .bytes = 10})
                              .Take(2, {.from = 15, .to = 30, .bytes = 10}, {Written(1, 0, 10)})
                              .Take(0, kRefused)
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kUnavailable, history), "kept");
}

TEST(Unavailable, LeavesTheDoubtToAKilledTake) {
  const History history = Both()
                              .Worker("second reader")
                              .OpenRead(2, {.from = 1, .to = 2})
                              .Put(1, {.from = 5, .to = 6, .bytes = 10})
                              .Take(2, {.from = 7, .bytes = 10})
                              .Kill(2, 8, 9)
                              .Take(0, kRefused)
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kUnavailable, history), "kept");
}

TEST(Unavailable, KnowsWhatAKilledTakeCannotHaveTaken) {
  const History history = Both()
                              .Worker("second reader")
                              .OpenRead(2, {.from = 1, .to = 2})
                              .Put(1, {.from = 5, .to = 6, .bytes = 10})
                              .Take(2, {.from = 7, .bytes = 9})
                              .Kill(2, 8, 9)
                              .Take(0, kRefused)
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kUnavailable, history), "broken");
}

// What was put before everybody had closed the FIFO is gone.
TEST(Unavailable, ForgetsWhatWasDiscardedAtTheLastClose) {
  const History history = Both()
                              .Put(1, {.from = 3, .to = 4, .bytes = 10})
                              .Close(1, {.from = 5, .to = 6})
                              .Close(0, {.from = 5, .to = 6})
                              .OpenRead(0, {.from = 7, .to = 8, .nonblocking = true})
                              .OpenWrite(1, {.from = 7, .to = 8})
                              .Take(0, kRefused)
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kUnavailable, history), "kept");
}

TEST(Unavailable, RemembersWhatWasPutSinceTheLastClose) {
  const History history = Both()
                              .Put(1, {.from = 3, .to = 4, .bytes = 10})
                              .Take(0, {.from = 3, .to = 4, .bytes = 9}, {Written(1, 0, 9)})
                              .Close(1, {.from = 5, .to = 6})
                              .Close(0, {.from = 5, .to = 6})
                              .OpenRead(0, {.from = 7, .to = 8, .nonblocking = true})
                              .OpenWrite(1, {.from = 7, .to = 8})
                              .Put(1, {.from = 9, .to = 9, .bytes = 1})
                              .Take(0, kRefused)
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kUnavailable, history), "broken");
}

TEST(Unavailable, LeavesTheDoubtToTakesNearTheEndOfTheCall) {
  const auto with = [](std::uint64_t taken_from, std::uint64_t slack_ns) {
    return VerdictOf(Clause::kUnavailable,
                     Both()
                         .Worker("second reader")
                         .OpenRead(2, {.from = 1, .to = 2})
                         .Put(1, {.from = 5, .to = 6, .bytes = 10})
                         .Take(2, {.from = taken_from, .to = 30, .bytes = 10}, {Written(1, 0, 10)})
                         .Take(0, kRefused)
                         .ClockSlackNs(slack_ns)
                         .Build());
  };

  EXPECT_EQ(with(20, 0), "kept");
  EXPECT_EQ(with(21, 0), "broken");
  EXPECT_EQ(with(21, 1), "kept");
}

TEST(Unavailable, KeepsTheObjectsOfOneNameApart) {
  const auto with = [](std::uint16_t taker) {
    return VerdictOf(
        Clause::kUnavailable,
        HistoryBuilder()
            .Worker("maker")
            .Worker("first")
            .Worker("second")
            .MakeName(0, {.from = 1, .to = 2})
            .OpenBoth(1, {.from = 3, .to = 4})
            .RemoveName(0, {.from = 5, .to = 6})
            .MakeName(0, {.from = 7, .to = 8})
            .OpenBoth(2, {.from = 9, .to = 10})
            .Worker("of either")
            .OpenBoth(3, {.from = 7, .to = 9})
            .Put(3, {.from = 10, .to = 10, .bytes = 7})
            .Put(1, {.from = 11, .to = 12, .bytes = 10})
            .Take(taker, {.from = 15, .to = 16, .bytes = 1, .error = EAGAIN, .nonblocking = true})
            .Build());
  };

  EXPECT_EQ(with(1), "broken");
  EXPECT_EQ(with(2), "kept");
  EXPECT_EQ(with(3), "none");
}

TEST(Unavailable, IsInconclusiveWhenALogWasFull) {
  const History history =
      Both().Put(1, {.from = 5, .to = 6, .bytes = 10}).Take(0, kRefused).Incomplete().Build();

  EXPECT_EQ(VerdictOf(Clause::kUnavailable, history), "inconclusive");
}

}  // namespace
}  // namespace parley

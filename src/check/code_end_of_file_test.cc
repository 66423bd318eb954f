// End-of-file against who held a writing end, and against what was unread.
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

TEST(EndOfFileEarly, IsBrokenWhenAWriterHeldItsEndAllTheTime) {
  const History history = Both().Take(0, {.from = 7, .to = 8, .bytes = 10}).Build();

  EXPECT_EQ(Broken(history), Names{"end-of-file-early"});
  EXPECT_EQ(JudgementOf(Clause::kEndOfFileEarly, history)->witness,
            (std::vector<std::uint32_t>{1, 2}));
}

TEST(EndOfFileEarly, IsKeptAfterTheLastWriterClosed) {
  const History history =
      Both().Close(1, {.from = 5, .to = 6}).Take(0, {.from = 7, .to = 8, .bytes = 10}).Build();

  EXPECT_EQ(VerdictOf(Clause::kEndOfFileEarly, history), "kept");
}

TEST(EndOfFileEarly, LeavesTheDoubtToACloseOverlappingTheRead) {
  const History history =
      Both().Take(0, {.from = 7, .to = 10, .bytes = 10}).Close(1, {.from = 10, .to = 12}).Build();

  EXPECT_EQ(VerdictOf(Clause::kEndOfFileEarly, history), "kept");
}

TEST(EndOfFileEarly, CountsADuplicateThatWasForgotten) {
  const History history = Both()
                              .Duplicate(1, {.from = 3, .to = 4, .argument = 1})
                              .Close(1, {.from = 5, .to = 6, .handle = 1})
                              .Take(0, {.from = 7, .to = 8, .bytes = 10})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kEndOfFileEarly, history), "broken");
}

TEST(EndOfFileEarly, IsBrokenWhenBytesOfBeforeAreReceivedAfterIt) {
  const History history = Both()
                              .Put(1, {.from = 3, .to = 4, .bytes = 10})
                              .Close(1, {.from = 5, .to = 6})
                              .Take(0, {.from = 7, .to = 8, .bytes = 10})
                              .Take(0, {.from = 9, .to = 10, .bytes = 10}, {Written(1, 0, 10)})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"end-of-file-early"});
  EXPECT_EQ(JudgementOf(Clause::kEndOfFileEarly, history)->witness,
            (std::vector<std::uint32_t>{2, 4, 5}));
}

TEST(EndOfFileEarly, FindsTheEndOfFileBetweenOthers) {
  const History history = Both()
                              .Worker("second reader")
                              .OpenRead(2, {.from = 1, .to = 2})
                              .Close(1, {.from = 3, .to = 4})
                              .Take(0, {.from = 5, .to = 6, .bytes = 10})
                              .Worker("second writer")
                              .OpenWrite(3, {.from = 7, .to = 8})
                              .Put(3, {.from = 9, .to = 10, .bytes = 10})
                              .Close(3, {.from = 11, .to = 12})
                              .Take(0, {.from = 13, .to = 14, .bytes = 10})
                              .Take(2, {.from = 13, .to = 30, .bytes = 10})
                              .Take(0, {.from = 20, .to = 21, .bytes = 10}, {Written(3, 0, 10)})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"end-of-file-early"});
}

TEST(EndOfFileEarly, AllowsAFifoToBeReopenedAfterIt) {
  const History history = Both()
                              .Close(1, {.from = 3, .to = 4})
                              .Take(0, {.from = 5, .to = 6, .bytes = 10})
                              .OpenWrite(1, {.from = 7, .to = 8})
                              .Put(1, {.from = 9, .to = 10, .bytes = 10})
                              .Take(0, {.from = 11, .to = 12, .bytes = 10}, {Written(1, 0, 10)})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(EndOfFileEarly, LeavesTheDoubtToAWriteThatOverlapsTheEndOfFile) {
  const History history = Both()
                              .Worker("second writer")
                              .OpenWrite(2, {.from = 6, .to = 7})
                              .Put(2, {.from = 8, .to = 10, .bytes = 10})
                              .Close(1, {.from = 3, .to = 4})
                              .Take(0, {.from = 5, .to = 12, .bytes = 10})
                              .Take(0, {.from = 13, .to = 14, .bytes = 10}, {Written(2, 0, 10)})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(EndOfFileEarly, SaysNothingOfReadsOfNoBytes) {
  const History history = Both().Take(0, {.from = 7, .to = 8, .bytes = 0}).Build();

  EXPECT_EQ(VerdictOf(Clause::kEndOfFileEarly, history), "none");
}

TEST(WriteWithoutReader, SaysNothingOfAWriteThatAcceptedNothing) {
  const History history = Both()
                              .Close(0, {.from = 5, .to = 6})
                              .Put(1, {.from = 7, .to = 8, .bytes = 10, .result = 0})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kWriteWithoutReader, history), "none");
}

TEST(BrokenPipeEarly, LeavesTheDoubtToAReaderOpenedDuringTheWrite) {
  const History history = Both()
                              .Put(1, {.from = 7, .to = 12, .bytes = 10, .error = EPIPE})
                              .Close(0, {.from = 5, .to = 6})
                              .OpenRead(0, {.from = 8, .to = 9})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kBrokenPipeEarly, history), "kept");
}

TEST(BrokenPipeEarly, CountsWritesThatFailedWithEpipe) {
  const History history = Both()
                              .Put(1, {.from = 3, .to = 4, .bytes = 10})
                              .Close(0, {.from = 5, .to = 6})
                              .Put(1, {.from = 7, .to = 8, .bytes = 10, .error = EPIPE})
                              .Build();

  EXPECT_EQ(JudgementOf(Clause::kBrokenPipeEarly, history)->chances, 1u);
}

// One end-of-file at 10..20; a put that returned at 5 and is received by a take from 30 on, but for
// what the specs say.
struct Around {
  CallSpec put{.from = 3, .to = 5, .bytes = 10};
  CallSpec end{.from = 10, .to = 20, .bytes = 10};
  CallSpec take{.from = 30, .to = 31, .bytes = 10};
  std::uint64_t slack_ns = 0;

  std::string_view Verdict() const {
    return VerdictOf(Clause::kEndOfFileEarly, HistoryBuilder()
                                                  .Worker("reader")
                                                  .Worker("writer")
                                                  .Worker("second reader")
                                                  .OpenRead(0, {.from = 1, .to = 2})
                                                  .OpenWrite(1, {.from = 1, .to = 2})
                                                  .OpenRead(2, {.from = 1, .to = 2})
                                                  .Put(1, put)
                                                  .Close(1, {.from = 8, .to = 9})
                                                  .Take(2, end)
                                                  .Take(0, take, {Written(1, 0, 10)})
                                                  .ClockSlackNs(slack_ns)
                                                  .Build());
  }
};

TEST(EndOfFileEarly, NeedsThePutBeforeAndTheTakeAfter) {
  EXPECT_EQ(Around{}.Verdict(), "broken");
  EXPECT_EQ((Around{.put = {.from = 3, .to = 10, .bytes = 10}}.Verdict()), "kept");
  EXPECT_EQ((Around{.take = {.from = 20, .to = 40, .bytes = 10}}.Verdict()), "kept");
  EXPECT_EQ((Around{.take = {.from = 15, .to = 40, .bytes = 10}}.Verdict()), "kept");
  EXPECT_EQ((Around{.put = {.from = 3, .to = 9, .bytes = 10}, .slack_ns = 1}.Verdict()), "kept");
  EXPECT_EQ((Around{.take = {.from = 21, .to = 40, .bytes = 10}, .slack_ns = 1}.Verdict()), "kept");
  EXPECT_EQ((Around{.put = {.from = 3, .to = 8, .bytes = 10},
                    .take = {.from = 22, .to = 40, .bytes = 10},
                    .slack_ns = 1}
                 .Verdict()),
            "broken");
}

TEST(EndOfFileEarly, FindsTheFirstOfSeveralEndsToReturn) {
  const auto with = [](std::uint64_t received_from) {
    return VerdictOf(
        Clause::kEndOfFileEarly,
        HistoryBuilder()
            .Worker("reader")
            .Worker("writer")
            .Worker("second reader")
            .OpenRead(0, {.from = 1, .to = 2})
            .OpenWrite(1, {.from = 1, .to = 2})
            .OpenRead(2, {.from = 1, .to = 2})
            .Put(1, {.from = 3, .to = 4, .bytes = 10})
            .Close(1, {.from = 5, .to = 6})
            .Take(2, {.from = 10, .to = 90, .bytes = 10})
            .Take(0, {.from = 12, .to = 14, .bytes = 10})
            .Take(0, {.from = received_from, .to = 40, .bytes = 10}, {Written(1, 0, 10)})
            .Build());
  };

  EXPECT_EQ(with(15), "broken");
  EXPECT_EQ(with(14), "kept");
}

TEST(EndOfFileEarly, DoesNotMixObjects) {
  const History history =
      HistoryBuilder()
          .Worker("reader")
          .Worker("writer")
          .OpenRead(0, {.from = 1, .to = 2, .handle = 1})
          .OpenRead(0, {.from = 1, .to = 2, .handle = 2, .object = 1})
          .OpenWrite(1, {.from = 1, .to = 2})
          .Put(1, {.from = 3, .to = 4, .bytes = 10})
          .Take(0, {.from = 5, .to = 6, .bytes = 10, .handle = 2, .object = 1})
          .Take(0, {.from = 7, .to = 8, .bytes = 10, .handle = 1}, {Written(1, 0, 10)})
          .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(EndOfFileEarly, SaysNothingOfBytesThatMayHaveBeenPutLater) {
  const History history = Both()
                              .Put(1, {.from = 3, .bytes = 10})
                              .Kill(1, 4, 5)
                              .Take(0, {.from = 7, .to = 8, .bytes = 10})
                              .Take(0, {.from = 9, .to = 10, .bytes = 10}, {Written(1, 0, 10)})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kEndOfFileEarly, history), "kept");
}

// That is O-EXO's finding.
TEST(EndOfFileEarly, SaysNothingOfBytesThatCameTwice) {
  const History history = Both()
                              .Put(1, {.from = 3, .to = 4, .bytes = 10})
                              .Close(1, {.from = 5, .to = 6})
                              .Take(0, {.from = 6, .to = 7, .bytes = 10}, {Written(1, 0, 10)})
                              .Take(0, {.from = 7, .to = 8, .bytes = 10})
                              .Take(0, {.from = 9, .to = 10, .bytes = 10}, {Written(1, 0, 10)})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kEndOfFileEarly, history), "kept");
}

TEST(EndOfFileMissing, IsBrokenByEagainAfterTheLastWriterClosed) {
  const History history =
      Both()
          .Close(1, {.from = 5, .to = 6})
          .Take(0, {.from = 7, .to = 8, .bytes = 10, .error = EAGAIN, .nonblocking = true})
          .Build();

  EXPECT_EQ(Broken(history), Names{"end-of-file-missing"});
}

TEST(EndOfFileMissing, IsBrokenByEagainAfterTheDeathOfTheLastWriterWasReported) {
  const History history =
      Both()
          .Kill(1, 5, 6)
          .Take(0, {.from = 7, .to = 8, .bytes = 10, .error = EAGAIN, .nonblocking = true})
          .Build();

  EXPECT_EQ(Broken(history), Names{"end-of-file-missing"});
}

TEST(EndOfFileMissing, IsKeptByEndOfFile) {
  const History history =
      Both().Kill(1, 5, 6).Take(0, {.from = 7, .to = 8, .bytes = 10, .nonblocking = true}).Build();

  EXPECT_EQ(VerdictOf(Clause::kEndOfFileMissing, history), "kept");
  EXPECT_EQ(JudgementOf(Clause::kEndOfFileMissing, history)->chances, 1u);
}

TEST(EndOfFileMissing, LeavesTheDoubtToAKillInFlight) {
  const History history =
      Both()
          .Kill(1, 5, 8)
          .Take(0, {.from = 7, .to = 9, .bytes = 10, .error = EAGAIN, .nonblocking = true})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kEndOfFileMissing, history), "none");
}

TEST(EndOfFileMissing, LeavesTheDoubtToAWriterOpenedDuringTheCall) {
  const History history =
      Both()
          .Close(1, {.from = 3, .to = 4})
          .Take(0, {.from = 7, .to = 9, .bytes = 10, .error = EAGAIN, .nonblocking = true})
          .Worker("second writer")
          .OpenWrite(2, {.from = 9, .to = 20})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kEndOfFileMissing, history), "none");
}

TEST(EndOfFileMissing, LeavesTheDoubtToAnInterruptedAttemptToOpen) {
  const History history =
      Both()
          .Close(1, {.from = 3, .to = 4})
          .Take(0, {.from = 7, .to = 9, .bytes = 10, .error = EAGAIN, .nonblocking = true})
          .OpenWrite(1, {.from = 5, .to = 8, .error = EINTR})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kEndOfFileMissing, history), "none");
}

TEST(EndOfFileMissing, LeavesTheDoubtToTheMakersDescriptor) {
  const History history =
      Both()
          .Worker("maker")
          .OpenBoth(2, {.from = 0, .to = 1})
          .Close(1, {.from = 5, .to = 6})
          .Take(0, {.from = 7, .to = 8, .bytes = 10, .error = EAGAIN, .nonblocking = true})
          .Build();

  EXPECT_EQ(Broken(history), Names{});
}

}  // namespace
}  // namespace parley

#include <gtest/gtest.h>

#include <cerrno>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

using Ids = std::vector<std::uint32_t>;
using Names = std::vector<std::string_view>;

constexpr std::uint16_t kWriter = 0;
constexpr std::uint16_t kReader = 1;
constexpr std::uint16_t kOther = 2;

HistoryBuilder Crew() {
  return HistoryBuilder().Worker("writer").Worker("reader").Worker("reader").AtomicBytes(100);
}

Names Broken(const History& history) { return Broken("exactly_once", history); }

TEST(CheckExactlyOnce, RefusesARecordReceivedTwice) {
  const History history = Crew()
                              .Put(kWriter, {.from = 1, .to = 2, .bytes = 8})
                              .Take(kReader, {.from = 3, .to = 6, .bytes = 8}, {Written(0, 0, 8)})
                              .Take(kOther, {.from = 4, .to = 5, .bytes = 8}, {Written(0, 0, 8)})
                              .Build();

  const auto judgement = JudgementOf(Clause::kDuplicate, history);

  EXPECT_EQ(judgement->witness, (Ids{0, 1, 2}));
  EXPECT_EQ(judgement->reason, "bytes 0..7 of worker 0 were received twice");
  EXPECT_EQ(Broken(history), (Names{"duplicate"}));
}

TEST(CheckExactlyOnce, RefusesOneByteReceivedTwice) {
  const History history = Crew()
                              .Put(kWriter, {.from = 1, .to = 2, .bytes = 8})
                              .Take(kReader, {.from = 3, .to = 4, .bytes = 8}, {Written(0, 0, 5)})
                              .Take(kReader, {.from = 5, .to = 6, .bytes = 8}, {Written(0, 4, 4)})
                              .Build();

  EXPECT_EQ(JudgementOf(Clause::kDuplicate, history)->reason,
            "bytes 4..4 of worker 0 were received twice");
}

TEST(CheckExactlyOnce, LeavesARepetitionInALargeWriteToOneReaderToAnother) {
  const auto twice = [](std::uint16_t second_reader) {
    return Crew()
        .Put(kWriter, {.from = 1, .to = 9, .bytes = 200})
        .Take(kReader, {.from = 3, .to = 4, .bytes = 200}, {Written(0, 0, 100)})
        .Take(second_reader, {.from = 5, .to = 6, .bytes = 200}, {Written(0, 0, 200)})
        .Build();
  };

  EXPECT_EQ(Broken(twice(kReader)), Names{});
  EXPECT_EQ(Broken(twice(kOther)), (Names{"duplicate"}));
}

TEST(CheckExactlyOnce, BlamesAWriteThatFailedWithEintrForARepetition) {
  const History history =
      Crew()
          .Put(kWriter, {.from = 1, .to = 2, .bytes = 8, .error = EINTR})
          .Put(kWriter, {.from = 3, .to = 4, .bytes = 8})
          .Take(kReader, {.from = 5, .to = 6, .bytes = 16}, {Written(0, 0, 8), Written(0, 0, 8)})
          .Build();

  EXPECT_EQ(Broken(history), (Names{"interrupted-effect"}));
  EXPECT_EQ(JudgementOf(Clause::kInterruptedEffect, history)->witness, (Ids{0, 1, 2}));
}

TEST(CheckExactlyOnce, BlamesAWriteThatFailedWithEintrForWhatNobodySent) {
  const History history = Crew()
                              .Put(kWriter, {.from = 1, .to = 2, .bytes = 8, .error = EINTR})
                              .Take(kReader, {.from = 5, .to = 6, .bytes = 16}, {Written(0, 0, 8)})
                              .Build();

  EXPECT_EQ(Broken(history), (Names{"interrupted-effect"}));
}

TEST(CheckExactlyOnce, BlamesAReadThatFailedWithEintrForALoss) {
  const auto with_interrupted_take_over_at = [](std::uint64_t to) {
    return Crew()
        .Take(kReader, {.from = 1, .to = to, .bytes = 8, .error = EINTR})
        .Put(kWriter, {.from = 3, .to = 4, .bytes = 8})
        .Drained()
        .Build();
  };

  EXPECT_EQ(Broken(with_interrupted_take_over_at(5)), (Names{"interrupted-effect"}));
  EXPECT_EQ(JudgementOf(Clause::kInterruptedEffect, with_interrupted_take_over_at(5))->witness,
            (Ids{0, 1}));
  EXPECT_EQ(Broken(with_interrupted_take_over_at(2)), (Names{"lost"}));
}

TEST(CheckExactlyOnce, AcceptsInterruptedCallsWithoutEffect) {
  const History history = Crew()
                              .Put(kWriter, {.from = 1, .to = 2, .bytes = 8, .error = EINTR})
                              .Put(kWriter, {.from = 3, .to = 4, .bytes = 8})
                              .Take(kReader, {.from = 1, .to = 2, .bytes = 8, .error = EINTR})
                              .Take(kReader, {.from = 5, .to = 6, .bytes = 16}, {Written(0, 0, 8)})
                              .Drained()
                              .Build();

  const auto judgement = JudgementOf(Clause::kInterruptedEffect, history);

  EXPECT_EQ(judgement->verdict, Verdict::kKept);
  EXPECT_EQ(judgement->chances, 2U);
  EXPECT_EQ(Broken(history), Names{});
}

TEST(CheckExactlyOnce, RefusesWhatWasNeverSent) {
  const History beyond = Crew()
                             .Put(kWriter, {.from = 1, .to = 2, .bytes = 8})
                             .Take(kReader, {.from = 5, .to = 6, .bytes = 16}, {Written(0, 0, 9)})
                             .Build();
  const History refused =
      Crew()
          .Put(kWriter, {.from = 1, .to = 2, .bytes = 8, .error = EAGAIN, .nonblocking = true})
          .Take(kReader, {.from = 5, .to = 6, .bytes = 16}, {Written(0, 0, 8)})
          .Build();
  const History of_nobody =
      Crew().Take(kReader, {.from = 5, .to = 6, .bytes = 16}, {Written(77, 0, 8)}).Build();

  EXPECT_EQ(Broken(beyond), (Names{"invented"}));
  EXPECT_EQ(JudgementOf(Clause::kInvented, beyond)->reason,
            "bytes 8..8 of worker 0 were received, never sent");
  EXPECT_EQ(Broken(refused), (Names{"invented"}));
  EXPECT_EQ(Broken(of_nobody), (Names{"invented"}));
}

TEST(CheckExactlyOnce, AcceptsWhatAKilledOrSleepingWriterMayHaveSent) {
  const History killed = Crew()
                             .Put(kWriter, {.from = 1, .bytes = 8})
                             .Kill(kWriter, 2, 3)
                             .Take(kReader, {.from = 5, .to = 6, .bytes = 16}, {Written(0, 0, 8)})
                             .Drained()
                             .Build();
  const History sleeping =
      Crew()
          .Put(kWriter, {.from = 1, .bytes = 200})
          .Take(kReader, {.from = 5, .to = 6, .bytes = 16}, {Written(0, 0, 16)})
          .Build();

  EXPECT_EQ(Broken(killed), Names{});
  EXPECT_EQ(VerdictOf(Clause::kKilledEffect, killed), "kept");
  EXPECT_EQ(Broken(sleeping), Names{});
}

TEST(CheckExactlyOnce, DoubtsWhatWasNeverSentWhenALogWasFull) {
  const History history = Crew()
                              .Take(kReader, {.from = 5, .to = 6, .bytes = 16}, {Written(0, 0, 8)})
                              .Incomplete()
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kInvented, history), "inconclusive");
}

TEST(CheckExactlyOnce, RefusesALossAfterDraining) {
  HistoryBuilder builder = Crew()
                               .Put(kWriter, {.from = 1, .to = 2, .bytes = 8})
                               .Put(kWriter, {.from = 3, .to = 4, .bytes = 8})
                               .Take(kReader, {.from = 5, .to = 6, .bytes = 8}, {Written(0, 0, 8)});

  EXPECT_EQ(VerdictOf(Clause::kLost, builder.Build()), "none");
  EXPECT_EQ(Broken(builder.Drained().Build()), (Names{"lost"}));
  EXPECT_EQ(JudgementOf(Clause::kLost, builder.Build())->witness, (Ids{1}));
  EXPECT_EQ(VerdictOf(Clause::kLost, builder.Incomplete().Build()), "inconclusive");
}

TEST(CheckExactlyOnce, AcceptsALossThatAKilledReaderExplains) {
  const auto with_killed_take_of = [](std::uint32_t bytes) {
    return Crew()
        .Put(kWriter, {.from = 1, .to = 2, .bytes = 8})
        .Take(kReader, {.from = 3, .bytes = bytes})
        .Kill(kReader, 4, 5)
        .Drained()
        .Build();
  };

  EXPECT_EQ(VerdictOf(Clause::kLost, with_killed_take_of(8)), "kept");
  EXPECT_EQ(VerdictOf(Clause::kLost, with_killed_take_of(7)), "broken");
}

TEST(CheckExactlyOnce, AcceptsNoLossFromASleepingReader) {
  const History history = Crew()
                              .Put(kWriter, {.from = 1, .to = 2, .bytes = 8})
                              .Take(kReader, {.from = 3, .bytes = 8})
                              .Drained()
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kLost, history), "broken");
}

TEST(CheckExactlyOnce, CountsBytesThatArrivedChangedAsArrived) {
  const History history =
      Crew()
          .Put(kWriter, {.from = 1, .to = 2, .bytes = 8})
          .Take(kReader, {.from = 3, .to = 4, .bytes = 8}, {Written(0, 0, 4), Unidentified(4)})
          .Drained()
          .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(CheckExactlyOnce, AcceptsWhatIsDiscardedWhenNobodyHoldsTheObjectOpen) {
  const auto closed_at = [](std::uint64_t reader_closes) {
    return Crew()
        .OpenRead(kReader, {.from = 1, .to = 2})
        .OpenWrite(kWriter, {.from = 1, .to = 2})
        .Put(kWriter, {.from = 3, .to = 4, .bytes = 8})
        .Close(kWriter, {.from = 5, .to = 6})
        .OpenRead(kOther, {.from = 20, .to = 21})
        .Close(kReader, {.from = reader_closes, .to = reader_closes + 1})
        .Take(kOther, {.from = 40, .to = 41, .bytes = 8})
        .Drained()
        .Build();
  };

  EXPECT_EQ(Broken(closed_at(7)), Names{});
  EXPECT_EQ(Broken(closed_at(30)), (Names{"lost"}));
}

TEST(CheckExactlyOnce, RefusesAPartOfAKilledWritersRecord) {
  const auto with_put_of = [](std::uint32_t bytes) {
    return Crew()
        .Put(kWriter, {.from = 1, .bytes = bytes})
        .Kill(kWriter, 2, 3)
        .Take(kReader, {.from = 5, .to = 6, .bytes = 200}, {Written(0, 0, 5)})
        .Drained()
        .Build();
  };

  EXPECT_EQ(Broken(with_put_of(8)), (Names{"killed-effect"}));
  EXPECT_EQ(JudgementOf(Clause::kKilledEffect, with_put_of(8))->witness, (Ids{0}));
  EXPECT_EQ(Broken(with_put_of(101)), Names{});
}

TEST(CheckExactlyOnce, RefusesAKilledWritersRecordReceivedTwice) {
  const History history =
      Crew()
          .Put(kWriter, {.from = 1, .bytes = 8})
          .Kill(kWriter, 2, 3)
          .Take(kReader, {.from = 5, .to = 6, .bytes = 200}, {Written(0, 0, 8), Written(0, 0, 8)})
          .Drained()
          .Build();

  EXPECT_EQ(Broken(history), (Names{"killed-effect"}));
}

TEST(CheckExactlyOnce, AcceptsEverythingReceivedOnce) {
  const History history = Crew()
                              .Put(kWriter, {.from = 1, .to = 2, .bytes = 8})
                              .Put(kWriter, {.from = 3, .to = 4, .bytes = 8})
                              .Take(kReader, {.from = 5, .to = 8, .bytes = 8}, {Written(0, 4, 12)})
                              .Take(kOther, {.from = 6, .to = 7, .bytes = 8}, {Written(0, 0, 4)})
                              .Drained()
                              .Build();

  const auto judgement = JudgementOf(Clause::kLost, history);

  EXPECT_EQ(judgement->verdict, Verdict::kKept);
  EXPECT_EQ(judgement->chances, 2U);
  EXPECT_EQ(Broken(history), Names{});
}

}  // namespace
}  // namespace parley

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

// One write of 300 bytes, of which at most 100 would be indivisible; two readers.
HistoryBuilder Large() {
  return HistoryBuilder().Worker("writer").Worker("reader").Worker("reader").AtomicBytes(100).Put(
      kWriter, {.from = 1, .to = 9, .bytes = 300});
}

TEST(CheckBytes, RefusesALowerPositionAfterAHigherOne) {
  const History history =
      Large()
          .Take(kReader, {.from = 2, .to = 3, .bytes = 100}, {Written(0, 200, 100)})
          .Take(kReader, {.from = 4, .to = 5, .bytes = 200}, {Written(0, 0, 200)})
          .Build();

  const auto judgement = JudgementOf(Clause::kBytesMoved, history);

  EXPECT_EQ(judgement->verdict, Verdict::kBroken);
  EXPECT_EQ(judgement->witness, (Ids{0, 1, 2}));
  EXPECT_EQ(judgement->reason,
            "bytes 0..199 of worker 0 were received after bytes 200..299 of worker 0 of the same "
            "write");
}

TEST(CheckBytes, RefusesALowerPositionThatTheNextReaderGets) {
  const History history =
      Large()
          .Take(kReader, {.from = 2, .to = 3, .bytes = 100}, {Written(0, 200, 100)})
          .Take(kOther, {.from = 4, .to = 5, .bytes = 200}, {Written(0, 0, 200)})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kBytesMoved, history), "broken");
}

TEST(CheckBytes, RefusesBytesThatAReaderGetsAgain) {
  const History history =
      Large()
          .Take(kReader, {.from = 2, .to = 3, .bytes = 200}, {Written(0, 0, 200)})
          .Take(kReader, {.from = 4, .to = 5, .bytes = 200}, {Written(0, 150, 150)})
          .Build();

  const auto judgement = JudgementOf(Clause::kBytesMoved, history);

  EXPECT_EQ(judgement->verdict, Verdict::kBroken);
  EXPECT_EQ(judgement->reason,
            "bytes 150..199 of worker 0, of one large write, came twice to one reader");
}

TEST(CheckBytes, LeavesWhatTwoReadersGotToExactlyOnce) {
  const History history =
      Large()
          .Take(kReader, {.from = 2, .to = 3, .bytes = 200}, {Written(0, 0, 200)})
          .Take(kOther, {.from = 4, .to = 5, .bytes = 200}, {Written(0, 150, 150)})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kBytesMoved, history), "kept");
}

TEST(CheckBytes, LeavesARepetitionAfterEintrToExactlyOnce) {
  const History history =
      HistoryBuilder()
          .Worker("writer")
          .Worker("reader")
          .AtomicBytes(100)
          .Put(kWriter, {.from = 1, .to = 2, .bytes = 300, .error = EINTR})
          .Put(kWriter, {.from = 3, .to = 9, .bytes = 300})
          .Take(kReader, {.from = 2, .to = 3, .bytes = 200}, {Written(0, 0, 200)})
          .Take(kReader, {.from = 4, .to = 5, .bytes = 300}, {Written(0, 0, 300)})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kBytesMoved, history), "kept");
}

TEST(CheckBytes, AcceptsBytesInOrderWithOthersInBetween) {
  const History history =
      Large()
          .Worker("writer")
          .Put(3, {.from = 1, .to = 2, .bytes = 5})
          .Take(kReader, {.from = 2, .to = 3, .bytes = 200}, {Written(0, 0, 150), Written(3, 0, 5)})
          .Take(kReader, {.from = 4, .to = 5, .bytes = 200}, {Written(0, 150, 150)})
          .Build();

  const auto judgement = JudgementOf(Clause::kBytesMoved, history);

  EXPECT_EQ(judgement->verdict, Verdict::kKept);
  EXPECT_EQ(judgement->chances, 1U);
}

TEST(CheckBytes, AcceptsAnyOrderAmongConcurrentReaders) {
  const History history =
      Large()
          .Take(kReader, {.from = 2, .to = 5, .bytes = 100}, {Written(0, 200, 100)})
          .Take(kOther, {.from = 3, .to = 4, .bytes = 200}, {Written(0, 0, 200)})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kBytesMoved, history), "kept");
}

TEST(CheckBytes, SaysNothingOfIndivisibleWrites) {
  const History history = HistoryBuilder()
                              .Worker("writer")
                              .Worker("reader")
                              .Put(kWriter, {.from = 1, .to = 2, .bytes = 300})
                              .Take(kReader, {.from = 3, .to = 4, .bytes = 300},
                                    {Written(0, 100, 200), Written(0, 0, 100)})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kBytesMoved, history), "none");
}

}  // namespace
}  // namespace parley

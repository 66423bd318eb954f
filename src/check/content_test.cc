#include "src/check/content.h"

#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

using Ids = std::vector<std::uint32_t>;

constexpr std::uint16_t kWriter = 0;
constexpr std::uint16_t kReader = 1;
constexpr std::uint16_t kNext = 2;  // takes over from the reader

// One writer of 64 bytes, two readers; at most 100 bytes are indivisible.
HistoryBuilder Sent(std::uint32_t bytes = 64) {
  return HistoryBuilder().Worker("writer").Worker("reader").Worker("reader").AtomicBytes(100).Put(
      kWriter, {.from = 1, .to = 2, .bytes = bytes});
}

TEST(CheckContent, RefusesBytesThatNobodySent) {
  const History history =
      Sent()
          .Take(kReader, {.from = 3, .to = 4, .bytes = 4096}, {Written(0, 0, 30), Unidentified(34)})
          .Build();

  const auto judgement = JudgementOf(Clause::kContentChanged, history);

  EXPECT_EQ(judgement->verdict, Verdict::kBroken);
  EXPECT_EQ(judgement->witness, (Ids{1}));
}

TEST(CheckContent, RefusesWhatTheWriterPutInItsBufferAfterTheCall) {
  const History history =
      Sent()
          .Take(kReader, {.from = 3, .to = 4, .bytes = 4096}, {Written(0, 0, 30), Overwritten(34)})
          .Build();

  EXPECT_EQ(Broken("records", history), (std::vector<std::string_view>{"content-overwritten"}));
}

TEST(CheckContent, JudgesOverwritingWhereItWasTried) {
  History history =
      Sent().Take(kReader, {.from = 3, .to = 4, .bytes = 4096}, {Written(0, 0, 64)}).Build();

  EXPECT_EQ(VerdictOf(Clause::kContentOverwritten, history), "none");
  history.header.overwrites = true;
  EXPECT_EQ(VerdictOf(Clause::kContentOverwritten, history), "kept");
}

TEST(CheckContent, AcceptsWhatWasSent) {
  const History history =
      Sent()
          .Take(kReader, {.from = 3, .to = 4, .bytes = 4096}, {Written(0, 0, 64)})
          .Drained()
          .Build();

  const auto judgement = JudgementOf(Clause::kContentChanged, history);

  EXPECT_EQ(judgement->verdict, Verdict::kKept);
  EXPECT_EQ(judgement->chances, 1U);
}

TEST(CheckContent, RefusesARecordReceivedInPart) {
  HistoryBuilder builder =
      Sent().Take(kReader, {.from = 3, .to = 4, .bytes = 4096}, {Written(0, 0, 63)});

  const auto judgement = JudgementOf(Clause::kContentChanged, builder.Drained().Build());

  EXPECT_EQ(judgement->verdict, Verdict::kBroken);
  EXPECT_EQ(judgement->witness, (Ids{0, 1}));
}

TEST(CheckContent, ConcludesNothingFromAPartThatMayStillCome) {
  const History history =
      Sent().Take(kReader, {.from = 3, .to = 4, .bytes = 4096}, {Written(0, 0, 63)}).Build();
  const History full_log =
      Sent()
          .Take(kReader, {.from = 3, .to = 4, .bytes = 4096}, {Written(0, 0, 63)})
          .Drained()
          .Incomplete()
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kContentChanged, history), "kept");
  EXPECT_EQ(VerdictOf(Clause::kContentChanged, full_log), "kept");
}

TEST(CheckContent, AcceptsAPartWhoseRestAKilledReaderTook) {
  const auto with_killed_take_of = [](std::uint32_t bytes) {
    return Sent()
        .Take(kReader, {.from = 3, .to = 4, .bytes = 40}, {Written(0, 0, 40)})
        .Take(kReader, {.from = 5, .bytes = bytes})
        .Kill(kReader, 6, 7)
        .Drained()
        .Build();
  };

  EXPECT_EQ(VerdictOf(Clause::kContentChanged, with_killed_take_of(24)), "kept");
  EXPECT_EQ(VerdictOf(Clause::kContentChanged, with_killed_take_of(23)), "broken");
}

TEST(CheckContent, AcceptsAPartWhoseRestCouldNotBeDecided) {
  const History history =
      Sent()
          .Take(kReader, {.from = 3, .to = 4, .bytes = 64, .result = 64}, {Written(0, 0, 50)})
          .Drained()
          .Build();

  EXPECT_EQ(Broken("records", history), std::vector<std::string_view>{});
}

// The rest of a record of which another reader received the beginning.
History TakenOver(std::uint32_t unidentified_bytes, std::uint32_t put_bytes) {
  return Sent(put_bytes)
      .Put(kWriter, {.from = 2, .to = 3, .bytes = 10})
      .Take(kReader, {.from = 3, .to = 4, .bytes = 10}, {Written(0, 0, 10)})
      .Take(kNext, {.from = 5, .to = 6, .bytes = 4096},
            {Unidentified(unidentified_bytes), Written(0, put_bytes, 10)})
      .Build();
}

TEST(CheckContent, AcceptsTheRestOfARecordThatAnotherReaderBegan) {
  EXPECT_EQ(VerdictOf(Clause::kContentChanged, TakenOver(54, 64)), "kept");
}

TEST(CheckContent, RefusesMoreThanTheRestOfARecordAfterATakeover) {
  EXPECT_EQ(VerdictOf(Clause::kContentChanged, TakenOver(64, 64)), "broken");
}

TEST(CheckContent, CannotTellTheRestOfALargeWriteAfterATakeover) {
  const History history =
      Sent(300)
          .Take(kReader, {.from = 3, .to = 4, .bytes = 10}, {Written(0, 0, 10)})
          .Take(kNext, {.from = 5, .to = 6, .bytes = 4096},
                {Unidentified(20), Written(0, 30, 10), Unidentified(20), Written(0, 60, 240)})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kContentChanged, history), "inconclusive");
}

TEST(CheckContent, RefusesUnidentifiedBytesAmongIdentifiedOnesAfterATakeover) {
  const History history = Sent()
                              .Take(kReader, {.from = 3, .to = 4, .bytes = 10}, {Written(0, 0, 10)})
                              .Take(kNext, {.from = 5, .to = 6, .bytes = 4096},
                                    {Written(0, 10, 10), Unidentified(20), Written(0, 40, 24)})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kContentChanged, history), "broken");
}

TEST(CheckContent, CannotTellPartsThatConcurrentReadersReceived) {
  const History history = Sent()
                              .Take(kReader, {.from = 3, .to = 6, .bytes = 10}, {Written(0, 0, 10)})
                              .Take(kNext, {.from = 4, .to = 5, .bytes = 10}, {Written(0, 10, 10)})
                              .Drained()
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kContentChanged, history), "inconclusive");
}

}  // namespace
}  // namespace parley

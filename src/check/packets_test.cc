// Packet mode: what a read discards is not lost, and what no read has touched is.
#include <gtest/gtest.h>

#include <cerrno>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

constexpr std::uint16_t kWriter = 0;
constexpr std::uint16_t kReader = 1;

// A writer that sets O_DIRECT, unless it does not, and puts two records of 100 bytes.
HistoryBuilder TwoRecords(bool packets = true) {
  HistoryBuilder builder;
  builder.Worker("writer").Worker("reader").OpenWrite(kWriter, {.from = 1, .to = 2});
  builder.OpenRead(kReader, {.from = 1, .to = 2});
  builder.Do(Effect::kSetPackets, kWriter, {.from = 3, .to = 4, .argument = packets ? 1U : 0U});
  return builder.Put(kWriter, {.from = 5, .to = 6, .bytes = 100})
      .Put(kWriter, {.from = 7, .to = 8, .bytes = 100});
}

HistoryBuilder& TakeCut(HistoryBuilder&& builder) {
  return builder.Take(kReader, {.from = 10, .to = 11, .bytes = 9}, {Written(kWriter, 0, 9)});
}

TEST(Packets, LoseTheirRestsByTheRules) {
  const History history =
      TakeCut(TwoRecords())
          .Take(kReader, {.from = 12, .to = 13, .bytes = 200}, {Written(kWriter, 100, 100)})
          .Drained()
          .Build();

  for (const Checker& checker : Checkers()) {
    if (!checker.Judges(history.header.family)) continue;
    EXPECT_EQ(Broken(checker.name, history), std::vector<std::string_view>{}) << checker.name;
  }
}

TEST(Packets, AreNoneWithoutTheFlag) {
  const History history =
      TakeCut(TwoRecords(false))
          .Take(kReader, {.from = 12, .to = 13, .bytes = 200}, {Written(kWriter, 100, 100)})
          .Drained()
          .Build();

  EXPECT_EQ(JudgementOf(Clause::kLost, history)->verdict, Verdict::kBroken);
  EXPECT_EQ(JudgementOf(Clause::kContentChanged, history)->verdict, Verdict::kBroken);
}

TEST(Packets, AreLostWhenNoReadHasTouchedThem) {
  const History history = TakeCut(TwoRecords()).Drained().Build();

  const auto judgement = JudgementOf(Clause::kLost, history);

  EXPECT_EQ(judgement->verdict, Verdict::kBroken);
  EXPECT_EQ(judgement->witness, (std::vector<std::uint32_t>{4}));
}

TEST(Packets, MayBeTheOnesWhoseBytesAreUntold) {
  const Extent untold{.bytes = 3, .kind = static_cast<std::uint16_t>(ExtentKind::kUntold)};
  HistoryBuilder builder = TwoRecords();
  builder.Take(kReader, {.from = 9, .to = 10, .bytes = 3}, {untold});
  const History history = TakeCut(std::move(builder)).Drained().Build();

  EXPECT_EQ(JudgementOf(Clause::kLost, history)->verdict, Verdict::kKept);
  EXPECT_EQ(JudgementOf(Clause::kContentChanged, history)->verdict, Verdict::kKept);
}

TEST(Packets, LeaveRoomAndNothingToRead) {
  HistoryBuilder builder = TwoRecords();
  builder.CapacityBytes(200);
  builder.Take(kReader, {.from = 9, .to = 10, .bytes = 9}, {Written(kWriter, 0, 9)})
      .Take(kReader, {.from = 11, .to = 12, .bytes = 9}, {Written(kWriter, 100, 9)})
      .Take(kReader, {.from = 13, .to = 14, .bytes = 9, .error = EAGAIN, .nonblocking = true})
      .Put(kWriter, {.from = 15, .to = 16, .bytes = 150});

  const History history = builder.Build();

  for (const Checker& checker : Checkers()) {
    if (!checker.Judges(history.header.family)) continue;
    EXPECT_EQ(Broken(checker.name, history), std::vector<std::string_view>{}) << checker.name;
  }
}

TEST(Packets, AreNoDataForAReaderThatSleeps) {
  HistoryBuilder builder = TwoRecords();
  builder.Take(kReader, {.from = 9, .to = 10, .bytes = 9}, {Written(kWriter, 0, 9)})
      .Take(kReader, {.from = 11, .to = 12, .bytes = 9}, {Written(kWriter, 100, 9)})
      .Take(kReader, {.from = 13, .bytes = 9})
      .SeenAsleep(kReader, 1'000'000, 2'000'000);

  EXPECT_EQ(Broken("hang", builder.Build()), std::vector<std::string_view>{});
}

}  // namespace
}  // namespace parley

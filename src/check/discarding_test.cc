#include "src/check/discarding.h"

#include <gtest/gtest.h>

#include "src/check/history_builder.h"

namespace parley {
namespace {

constexpr std::uint16_t kWriter = 0;
constexpr std::uint16_t kReader = 1;

HistoryBuilder Crew() { return HistoryBuilder().Worker("writer").Worker("reader"); }

std::uint64_t DiscardedUntil(const History& history) {
  const ByteStreams streams(history);
  return DiscardedUntilNs(streams, streams.objects()[0]);
}

TEST(DiscardedUntil, IsNeverWithoutHandlesOnRecord) {
  const History history = Crew().Take(kReader, {.from = 50, .to = 60, .bytes = 8}).Build();

  EXPECT_EQ(DiscardedUntil(history), 0U);
}

TEST(DiscardedUntil, IsWhereTheLastUnbrokenHoldBegins) {
  const History history = Crew()
                              .OpenRead(kReader, {.from = 1, .to = 2})
                              .Close(kReader, {.from = 5, .to = 6})
                              .OpenWrite(kWriter, {.from = 10, .to = 12})
                              .OpenRead(kReader, {.from = 20, .to = 22})
                              .Close(kWriter, {.from = 30, .to = 31})
                              .Take(kReader, {.from = 50, .to = 60, .bytes = 8})
                              .Build();

  EXPECT_EQ(DiscardedUntil(history), 12U);
}

TEST(DiscardedUntil, EndsAHoldWhenItsHolderIsKilled) {
  const auto killed_at = [](std::uint64_t from) {
    return Crew()
        .OpenWrite(kWriter, {.from = 1, .to = 2})
        .Kill(kWriter, from, from + 1)
        .OpenRead(kReader, {.from = 20, .to = 22})
        .Take(kReader, {.from = 50, .to = 60, .bytes = 8})
        .Build();
  };

  EXPECT_EQ(DiscardedUntil(killed_at(25)), 2U);
  EXPECT_EQ(DiscardedUntil(killed_at(15)), 22U);
}

TEST(DiscardedUntil, HoldsThroughADuplicate) {
  const History history = Crew()
                              .OpenBoth(kReader, {.from = 1, .to = 2})
                              .Duplicate(kReader, {.from = 3, .to = 4, .argument = 1})
                              .Close(kReader, {.from = 5, .to = 6, .handle = 1})
                              .Take(kReader, {.from = 50, .to = 60, .bytes = 8})
                              .Build();

  EXPECT_EQ(DiscardedUntil(history), 2U);
}

TEST(DiscardedUntil, ShrinksHoldsByTheSlack) {
  HistoryBuilder builder = Crew()
                               .OpenWrite(kWriter, {.from = 1, .to = 2})
                               .Close(kWriter, {.from = 26, .to = 27})
                               .OpenRead(kReader, {.from = 20, .to = 22})
                               .Take(kReader, {.from = 50, .to = 60, .bytes = 8});

  EXPECT_EQ(DiscardedUntil(builder.ClockSlackNs(2).Build()), 4U);
  EXPECT_EQ(DiscardedUntil(builder.ClockSlackNs(3).Build()), 25U);
}

TEST(DiscardedUntil, IsTheLastTakeWhenItsOwnHandleIsNotOnRecord) {
  const History history = Crew()
                              .OpenWrite(kWriter, {.from = 1, .to = 2})
                              .Close(kWriter, {.from = 26, .to = 27})
                              .Take(kReader, {.from = 50, .to = 60, .bytes = 8})
                              .Build();

  EXPECT_EQ(DiscardedUntil(history), 50U);
}

}  // namespace
}  // namespace parley

#include "src/check/byte_streams.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "src/check/history_builder.h"

namespace parley {
namespace {

constexpr std::uint16_t kWriter = 0;
constexpr std::uint16_t kReader = 1;
constexpr std::uint16_t kOther = 2;

HistoryBuilder Crew() {
  return HistoryBuilder().Worker("writer").Worker("reader").Worker("reader");
}

bool Serialised(const History& history) { return ByteStreams(history).objects()[0].serialised; }

TEST(ByteStreams, CutsAnExtentAtTheBordersOfPuts) {
  const History history = Crew()
                              .Put(kWriter, {.from = 1, .to = 2, .bytes = 10})
                              .Put(kWriter, {.from = 3, .to = 4, .bytes = 5})
                              .Take(kReader, {.from = 5, .to = 6, .bytes = 99}, {Written(0, 4, 15)})
                              .Build();

  const ByteStreams streams(history);

  ASSERT_EQ(streams.pieces().size(), 3U);
  EXPECT_EQ(streams.pieces()[0].put, 0U);
  EXPECT_EQ(streams.pieces()[0].offset, 4U);
  EXPECT_EQ(streams.pieces()[0].bytes, 6U);
  EXPECT_EQ(streams.pieces()[1].put, 1U);
  EXPECT_EQ(streams.pieces()[1].bytes, 5U);
  EXPECT_EQ(streams.pieces()[2].put, kNoPut);
  EXPECT_EQ(streams.pieces()[2].bytes, 4U);
  EXPECT_EQ(streams.objects()[0].unsent_bytes, 4U);
}

TEST(ByteStreams, LeavesOutPutsWithoutEffect) {
  const History history = Crew()
                              .Put(kWriter, {.from = 1, .to = 2, .bytes = 0})
                              .Put(kWriter, {.from = 3, .to = 4, .bytes = 5, .error = EAGAIN})
                              .Put(kWriter, {.from = 5, .to = 6, .bytes = 5, .error = EINTR})
                              .Put(kWriter, {.from = 7, .to = 8, .bytes = 5, .result = 3})
                              .Build();

  const ByteStreams streams(history);

  ASSERT_EQ(streams.puts().size(), 1U);
  EXPECT_EQ(streams.puts()[0].id, 3U);
  EXPECT_EQ(streams.puts()[0].position, 0U);
  EXPECT_EQ(streams.puts()[0].bytes, 3U);
  ASSERT_EQ(streams.streams().size(), 1U);
  ASSERT_EQ(streams.streams()[0].interrupted.size(), 1U);
  EXPECT_EQ(streams.streams()[0].InterruptedAt(4), &streams.streams()[0].interrupted[0]);
  EXPECT_EQ(streams.streams()[0].InterruptedAt(5), nullptr);
}

TEST(ByteStreams, IsSerialisedWhenReadersTakeTurns) {
  HistoryBuilder builder = Crew()
                               .Put(kWriter, {.from = 1, .to = 2, .bytes = 10})
                               .Take(kReader, {.from = 3, .to = 5, .bytes = 5}, {Written(0, 0, 5)})
                               .Take(kOther, {.from = 8, .to = 9, .bytes = 5}, {Written(0, 5, 5)});

  EXPECT_TRUE(Serialised(builder.Build()));
  EXPECT_TRUE(Serialised(builder.ClockSlackNs(2).Build()));
  EXPECT_FALSE(Serialised(builder.ClockSlackNs(3).Build()));
}

TEST(ByteStreams, IsNotSerialisedBesideATakeThatMayHaveSwallowed) {
  const History history = Crew()
                              .Put(kWriter, {.from = 1, .to = 2, .bytes = 10})
                              .Take(kReader, {.from = 3, .bytes = 5})
                              .Kill(kReader, 4, 9)
                              .Take(kOther, {.from = 8, .to = 10, .bytes = 5}, {Written(0, 5, 5)})
                              .Build();

  EXPECT_FALSE(Serialised(history));
}

TEST(ByteStreams, IsSerialisedBesideTakesThatReceivedNothing) {
  const History history =
      Crew()
          .Put(kWriter, {.from = 1, .to = 2, .bytes = 10})
          .Take(kReader, {.from = 3, .to = 9, .bytes = 5, .error = EAGAIN, .nonblocking = true})
          .Take(kReader, {.from = 10, .bytes = 5})
          .Take(kOther, {.from = 4, .to = 12, .bytes = 5}, {Written(0, 0, 5)})
          .Build();

  EXPECT_TRUE(Serialised(history));
}

TEST(ByteStreams, PutsTheTakesOfReadersThatTakeTurnsInTheirOrder) {
  const History history = Crew()
                              .Put(kWriter, {.from = 1, .to = 2, .bytes = 15})
                              .Take(kOther, {.from = 5, .to = 6, .bytes = 5}, {Written(0, 5, 5)})
                              .Take(kReader, {.from = 3, .to = 4, .bytes = 5}, {Written(0, 0, 5)})
                              .Take(kReader, {.from = 7, .to = 8, .bytes = 5}, {Written(0, 10, 5)})
                              .Build();

  const ByteStreams streams(history);

  ASSERT_EQ(streams.takes().size(), 3U);
  EXPECT_EQ(streams.takes()[0].id, 2U);
  EXPECT_EQ(streams.takes()[1].id, 1U);
  EXPECT_EQ(streams.takes()[2].id, 3U);
  EXPECT_FALSE(streams.puts()[0].has(Put::kUnordered));
}

TEST(ByteStreams, KeepsObjectsApart) {
  const History history =
      Crew()
          .Put(kWriter, {.from = 1, .to = 2, .bytes = 10, .object = 1})
          .Put(kWriter, {.from = 3, .to = 4, .bytes = 7})
          .Take(kReader, {.from = 5, .to = 6, .bytes = 9, .object = 1}, {Written(0, 0, 9)})
          .Take(kOther, {.from = 5, .to = 6, .bytes = 9}, {Written(0, 0, 7)})
          .Build();

  const ByteStreams streams(history);

  ASSERT_EQ(streams.objects().size(), 2U);
  EXPECT_EQ(streams.puts(streams.objects()[0])[0].bytes, 7U);
  EXPECT_EQ(streams.puts(streams.objects()[0])[0].received, 7U);
  EXPECT_EQ(streams.puts(streams.objects()[1])[0].bytes, 10U);
  EXPECT_EQ(streams.puts(streams.objects()[1])[0].received, 9U);
  EXPECT_TRUE(streams.objects()[0].serialised);
}

TEST(ByteStreams, CountsWhatMayBeMissing) {
  const History history = Crew()
                              .Take(kReader, {.from = 3, .to = 4, .bytes = 50, .result = 20},
                                    {Unidentified(3), Overwritten(4)})
                              .Take(kReader, {.from = 5, .bytes = 100})
                              .Kill(kReader, 6, 7)
                              .Build();

  const ObjectView object = ByteStreams(history).objects()[0];

  EXPECT_EQ(object.unidentified_bytes, 7U);
  EXPECT_EQ(object.unknown_bytes, 13U);
  EXPECT_EQ(object.swallowed_bytes_max, 100U);
  EXPECT_EQ(object.allowance_bytes(), 120U);
}

TEST(ByteStreams, IsEmptyForAnEmptyHistory) {
  const History history;

  const ByteStreams streams(history);

  EXPECT_TRUE(streams.objects().empty());
  EXPECT_TRUE(streams.pieces().empty());
}

}  // namespace
}  // namespace parley

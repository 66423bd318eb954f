#include "src/program/payload.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace parley {
namespace {

constexpr std::uint32_t kTag = 0xabad1dea;

std::vector<std::byte> Framed(std::uint16_t writer, std::uint64_t position, std::uint32_t bytes,
                              Body body = Body::kCounter) {
  std::vector<std::byte> record(bytes);
  EncodeRecord(record, Encoding::kFramed, kTag, writer, 0, body, position);
  return record;
}

void AppendTo(std::vector<std::byte>& stream, std::span<const std::byte> bytes) {
  stream.insert(stream.end(), bytes.begin(), bytes.end());
}

Extent Written(std::uint16_t writer, std::uint64_t position, std::uint32_t bytes) {
  return {.position = position, .bytes = bytes, .writer = writer, .kind = 0};
}

std::vector<Extent> Merge(const std::vector<Extent>& extents) {
  std::vector<Extent> merged;
  for (const Extent& extent : extents) {
    if (!merged.empty() && merged.back().writer == extent.writer &&
        merged.back().kind == extent.kind &&
        merged.back().position + merged.back().bytes == extent.position) {
      merged.back().bytes += extent.bytes;
    } else {
      merged.push_back(extent);
    }
  }
  return merged;
}

std::vector<Extent> DecodeWhole(std::span<const std::byte> stream) {
  Decoder decoder(Encoding::kFramed, kTag);
  std::vector<Extent> extents;
  decoder.Feed(stream, extents);
  decoder.Finish(extents);
  return Merge(extents);
}

TEST(Decoder, FindsRecordsOfSeveralWriters) {
  std::vector<std::byte> stream;
  AppendTo(stream, Framed(1, 0, 64));
  AppendTo(stream, Framed(2, 0, 24));
  AppendTo(stream, Framed(1, 64, 100));

  const auto extents = DecodeWhole(stream);

  EXPECT_EQ(extents, (std::vector{Written(1, 0, 64), Written(2, 0, 24), Written(1, 64, 100)}));
}

TEST(Decoder, FollowsARecordAcrossAnInterruption) {
  const auto a = Framed(1, 0, 1000);
  const auto b = Framed(2, 0, 300);
  std::vector<std::byte> stream;
  AppendTo(stream, std::span(a).first(512));
  AppendTo(stream, b);
  AppendTo(stream, std::span(a).subspan(512));

  const auto extents = DecodeWhole(stream);

  EXPECT_EQ(extents, (std::vector{Written(1, 0, 512), Written(2, 0, 300), Written(1, 512, 488)}));
}

TEST(Decoder, TellsChangedBytesFromWrittenOnes) {
  auto a = Framed(1, 0, 200);
  a[100] ^= std::byte{1};
  std::vector<std::byte> stream;
  AppendTo(stream, a);
  AppendTo(stream, Framed(1, 200, 50));

  const auto extents = DecodeWhole(stream);

  ASSERT_GE(extents.size(), 3U);
  EXPECT_EQ(extents[0], Written(1, 0, 100));
  EXPECT_EQ(extents[1].kind, static_cast<std::uint16_t>(ExtentKind::kUnidentified));
  EXPECT_EQ(extents.back(), Written(1, 200, 50));
}

TEST(Decoder, RecognisesAnOverwrittenBuffer) {
  std::vector<std::byte> stream(64, kOverwrittenByte);
  AppendTo(stream, Framed(3, 64, 64));

  const auto extents = DecodeWhole(stream);

  ASSERT_EQ(extents.size(), 2U);
  EXPECT_EQ(extents[0].kind, static_cast<std::uint16_t>(ExtentKind::kOverwritten));
  EXPECT_EQ(extents[1], Written(3, 64, 64));
}

TEST(Decoder, SeesARecordThatWasCutShort) {
  const auto a = Framed(1, 0, 500);
  std::vector<std::byte> stream(a.begin(), a.begin() + 300);
  AppendTo(stream, Framed(1, 300, 40));

  const auto extents = DecodeWhole(stream);

  EXPECT_EQ(extents, (std::vector{Written(1, 0, 340)}));
}

TEST(Decoder, IgnoresAnotherRoundsRecords) {
  std::vector<std::byte> foreign(64);
  EncodeRecord(foreign, Encoding::kFramed, kTag + 1, 1, 0, Body::kCounter, 0);

  const auto extents = DecodeWhole(foreign);

  ASSERT_EQ(extents.size(), 1U);
  EXPECT_EQ(extents[0].kind, static_cast<std::uint16_t>(ExtentKind::kUnidentified));
}

std::vector<std::byte> Identifying(std::uint8_t identity, std::size_t bytes) {
  std::vector<std::byte> stream(bytes);
  EncodeRecord(stream, Encoding::kSelfIdentifying, kTag, 0, identity, Body::kCounter, 0);
  return stream;
}

std::vector<Extent> DecodeIdentifying(std::span<const std::byte> stream) {
  Decoder decoder(Encoding::kSelfIdentifying, kTag, {10, 11, 12, 13, 14, 15, 16, 17});
  std::vector<Extent> extents;
  decoder.Feed(stream, extents);
  decoder.Finish(extents);
  return Merge(extents);
}

TEST(Decoder, DemultiplexesSelfIdentifyingBytesCutAnywhere) {
  const auto one = Identifying(1, 40);
  const auto two = Identifying(7, 3);
  std::vector<std::byte> stream(one.begin(), one.begin() + 33);
  AppendTo(stream, two);
  AppendTo(stream, std::span(one).subspan(33));

  const auto extents = DecodeIdentifying(stream);

  EXPECT_EQ(extents, (std::vector{Written(11, 0, 33), Written(17, 0, 3), Written(11, 33, 7)}));
}

TEST(Decoder, SeesLossAndRepetitionOfSelfIdentifyingBytes) {
  const auto bytes = Identifying(0, 9000);
  std::vector<std::byte> stream(bytes.begin(), bytes.begin() + 4096);
  AppendTo(stream, std::span(bytes).first(4096));
  AppendTo(stream, std::span(bytes).subspan(8192));

  const auto extents = DecodeIdentifying(stream);

  EXPECT_EQ(extents,
            (std::vector{Written(10, 0, 4096), Written(10, 0, 4096), Written(10, 8192, 808)}));
}

TEST(Decoder, DoesNotKnowAChangedSelfIdentifyingByte) {
  auto bytes = Identifying(2, 100);
  bytes[50] ^= std::byte{1};

  const auto extents = DecodeIdentifying(bytes);

  ASSERT_EQ(extents.size(), 3U);
  EXPECT_EQ(extents[0], Written(12, 0, 50));
  EXPECT_EQ(extents[1].kind, static_cast<std::uint16_t>(ExtentKind::kUnidentified));
  EXPECT_EQ(extents[2], Written(12, 51, 49));
}

// A header torn in the middle, as when a write of one header goes in by halves.
TEST(Decoder, DoesNotJoinHalvesOfTwoHeaders) {
  const auto first = Framed(3, 0, kHeaderBytes);
  const auto second = Framed(3, kHeaderBytes, kHeaderBytes);
  for (std::size_t cut = 5; cut < kHeaderBytes; ++cut) {
    std::vector<std::byte> wire;
    AppendTo(wire, std::span(first).first(cut));
    AppendTo(wire, std::span(second).subspan(cut));

    for (const Extent& extent : DecodeWhole(wire)) {
      EXPECT_EQ(extent.kind, static_cast<std::uint16_t>(ExtentKind::kUnidentified)) << cut;
    }
  }
}

// The next cut at or after `wanted` that leaves the decoder something to hold on to: a header
// whole, and at least 16 bytes on either side of a cut within a record.  Shorter pieces need the
// self-identifying encoding.
std::size_t NextCut(const std::vector<std::size_t>& starts, std::size_t size, std::size_t from,
                    std::size_t wanted) {
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : size;
    if (wanted >= end) continue;
    const std::size_t cut = std::max({wanted, starts[i] + kHeaderBytes, from + 16});
    return end < cut + 16 ? end : cut;
  }
  return size;
}

// However the records are cut into segments that interleave, and however the stream is cut into
// reads, each byte is attributed to its writer and position.
RC_GTEST_PROP(Decoder, AttributesEveryByteOfAnyInterleaving, ()) {
  const auto writers = *rc::gen::inRange<std::uint16_t>(1, 5);
  std::vector<std::vector<std::byte>> streams(writers);
  std::vector<std::vector<std::size_t>> starts(writers);
  for (std::uint16_t w = 0; w < writers; ++w) {
    const auto records = *rc::gen::inRange(0, 6);
    for (int r = 0; r < records; ++r) {
      const auto bytes = *rc::gen::inRange<std::uint32_t>(kHeaderBytes, 700);
      starts[w].push_back(streams[w].size());
      AppendTo(streams[w], Framed(w, streams[w].size(), bytes));
    }
  }
  std::vector<std::byte> wire;
  std::vector<Extent> expected;
  std::vector<std::size_t> sent(writers, 0);
  for (;;) {
    std::vector<std::uint16_t> ready;
    for (std::uint16_t w = 0; w < writers; ++w) {
      if (sent[w] < streams[w].size()) ready.push_back(w);
    }
    if (ready.empty()) break;
    const std::uint16_t w = ready[*rc::gen::inRange<std::size_t>(0, ready.size())];
    const auto wanted = sent[w] + *rc::gen::inRange<std::size_t>(1, 900);
    const std::size_t to = NextCut(starts[w], streams[w].size(), sent[w], wanted);
    AppendTo(wire, std::span(streams[w]).subspan(sent[w], to - sent[w]));
    expected.push_back(Written(w, sent[w], static_cast<std::uint32_t>(to - sent[w])));
    sent[w] = to;
  }
  Decoder decoder(Encoding::kFramed, kTag);
  std::vector<Extent> extents;
  std::size_t at = 0;
  while (at < wire.size()) {
    const auto count = std::min(wire.size() - at, *rc::gen::inRange<std::size_t>(1, 500));
    decoder.Feed(std::span(wire).subspan(at, count), extents);
    at += count;
  }
  decoder.Finish(extents);

  RC_ASSERT(Merge(extents) == Merge(expected));
}

// Bodies that are all alike cannot be told apart in pieces, so these records stay whole.
RC_GTEST_PROP(Decoder, AttributesEveryByteOfWholeRecordsOfAnyBody, ()) {
  const auto records = *rc::gen::inRange(0, 12);
  std::vector<std::byte> wire;
  std::vector<Extent> expected;
  std::vector<std::uint64_t> sent(3, 0);
  for (int r = 0; r < records; ++r) {
    const auto w = *rc::gen::inRange<std::uint16_t>(0, 3);
    const auto bytes = *rc::gen::inRange<std::uint32_t>(kHeaderBytes, 200);
    const auto body = static_cast<Body>(*rc::gen::inRange(0, static_cast<int>(Body::kCount)));
    AppendTo(wire, Framed(w, sent[w], bytes, body));
    expected.push_back(Written(w, sent[w], bytes));
    sent[w] += bytes;
  }

  RC_ASSERT(DecodeWhole(wire) == Merge(expected));
}

std::vector<std::byte> Identifying(std::uint8_t identity, std::uint64_t position,
                                   std::uint32_t bytes) {
  std::vector<std::byte> record(bytes);
  EncodeRecord(record, Encoding::kSelfIdentifying, kTag, identity, identity, Body::kCounter,
               position);
  return record;
}

// What each of the reads gave is, where reads discard.  Writers 0 and 1 have those identities.
std::vector<std::vector<Extent>> DecodeWithGaps(const std::vector<std::vector<std::byte>>& reads) {
  Decoder decoder(Encoding::kSelfIdentifying, kTag, {0, 1}, Decoder::Gaps::kExpected);
  std::vector<std::vector<Extent>> told;
  for (const auto& read : reads) {
    EXPECT_EQ(decoder.Feed(read, told.emplace_back()), read.size());
  }
  std::vector<Extent> none;
  EXPECT_EQ(decoder.Finish(none), 0U);
  return told;
}

TEST(DecoderWithGaps, FindsEachReadsBytesByThemselves) {
  std::vector<std::byte> mixed = Identifying(0, 300, 8);
  AppendTo(mixed, Identifying(1, 50, 100));

  const auto told = DecodeWithGaps(
      {Identifying(0, 0, 10), Identifying(0, 40'000, 9), mixed, Identifying(0, 308, 500)});

  EXPECT_EQ(told, (std::vector<std::vector<Extent>>{{Written(0, 0, 10)},
                                                    {Written(0, 40'000, 9)},
                                                    {Written(0, 300, 8), Written(1, 50, 100)},
                                                    {Written(0, 308, 500)}}));
}

TEST(DecoderWithGaps, LeavesTooFewBytesUntold) {
  const auto told = DecodeWithGaps({Identifying(0, 100, 7)});

  ASSERT_EQ(told[0].size(), 1U);
  EXPECT_EQ(told[0][0].kind, static_cast<std::uint16_t>(ExtentKind::kUntold));
  EXPECT_EQ(told[0][0].bytes, 7U);
}

TEST(DecoderWithGaps, SaysWhatIsNobodys) {
  std::vector<std::byte> garbled = Identifying(0, 0, 30);
  garbled[0] ^= std::byte{1};

  const auto told = DecodeWithGaps({garbled});

  ASSERT_EQ(told[0].size(), 2U);
  EXPECT_EQ(told[0][0].kind, static_cast<std::uint16_t>(ExtentKind::kUnidentified));
  EXPECT_EQ(told[0][1], Written(0, 1, 29));
}

// Wherever packets are cut: what a read gave of a writer is told rightly, or, if short, not at all.
RC_GTEST_PROP(DecoderWithGaps, TellsNoWrongPlace, ()) {
  std::uint64_t position[2] = {};
  std::vector<std::vector<std::byte>> reads;
  std::vector<Extent> sent;
  for (int n = *rc::gen::inRange(1, 30); n > 0; --n) {
    const auto writer = *rc::gen::inRange<std::uint16_t>(0, 2);
    position[writer] += *rc::gen::inRange<std::uint64_t>(0, 5000);
    const auto bytes = *rc::gen::inRange<std::uint32_t>(1, 60);
    reads.push_back(Identifying(static_cast<std::uint8_t>(writer), position[writer], bytes));
    sent.push_back(Written(writer, position[writer], bytes));
    position[writer] += bytes;
  }
  const auto told = DecodeWithGaps(reads);
  for (std::size_t i = 0; i < reads.size(); ++i) {
    RC_ASSERT(told[i].size() == 1U);
    if (sent[i].bytes >= 8) {
      RC_ASSERT(told[i][0] == sent[i]);
    } else {
      RC_ASSERT(told[i][0].kind == static_cast<std::uint16_t>(ExtentKind::kUntold));
    }
  }
}

}  // namespace
}  // namespace parley

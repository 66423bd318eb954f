#include "src/program/message.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "src/program/payload.h"

namespace parley {
namespace {

constexpr std::uint32_t kTag = 7;

std::vector<std::byte> Encoded(std::size_t bytes, std::uint16_t writer, std::uint64_t position,
                               Body body = Body::kCounter, bool last = false) {
  std::vector<std::byte> message(bytes);
  EncodeMessage(message, kTag, writer, body, position, last);
  return message;
}

ExtentKind KindOf(const std::vector<std::byte>& message, std::uint32_t tag = kTag) {
  return static_cast<ExtentKind>(DecodeMessage(message, tag).extent.kind);
}

TEST(Message, SaysWhoseItIs) {
  for (const Body body :
       {Body::kCounter, Body::kZeros, Body::kOnes, Body::kNewlines, Body::kMagic}) {
    for (const std::size_t bytes : {24U, 25U, 100U, 8192U}) {
      const DecodedMessage decoded = DecodeMessage(Encoded(bytes, 3, 4711, body), kTag);

      EXPECT_EQ(
          decoded.extent,
          (Extent{.position = 4711, .bytes = static_cast<std::uint32_t>(bytes), .writer = 3}));
      EXPECT_FALSE(decoded.last);
    }
  }
}

TEST(Message, SaysThatItIsTheLast) {
  EXPECT_TRUE(DecodeMessage(Encoded(24, 1, 0, Body::kCounter, true), kTag).last);
}

TEST(Message, OfFewBytesIsNobodysButChecked) {
  for (std::size_t bytes = 0; bytes < kHeaderBytes; ++bytes) {
    std::vector<std::byte> message = Encoded(bytes, 3, bytes);
    EXPECT_EQ(KindOf(message), ExtentKind::kUntold) << bytes;
    EXPECT_EQ(message, Encoded(bytes, 4, 99)) << bytes;
    if (bytes == 0) continue;
    message.back() ^= std::byte{1};
    EXPECT_EQ(KindOf(message), ExtentKind::kUnidentified) << bytes;
  }
}

TEST(Message, OfWhichAnyBitChangedIsNobodys) {
  const std::vector<std::byte> message = Encoded(64, 3, 4711);
  for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
    std::vector<std::byte> changed = message;
    changed[bit / 8] ^= std::byte{1} << (bit % 8);
    EXPECT_EQ(KindOf(changed), ExtentKind::kUnidentified) << bit;
  }
}

TEST(Message, ThatWasCutIsTheSendersWithFewerBytes) {
  std::vector<std::byte> message = Encoded(100, 3, 4711);
  message.resize(50);

  EXPECT_EQ(DecodeMessage(message, kTag).extent,
            (Extent{.position = 4711, .bytes = 50, .writer = 3}));
}

TEST(Message, WithBytesBehindItIsNobodys) {
  std::vector<std::byte> message = Encoded(100, 3, 4711);
  message.resize(101);

  EXPECT_EQ(KindOf(message), ExtentKind::kUnidentified);
}

TEST(Message, OfAnotherRoundIsNobodys) {
  EXPECT_EQ(KindOf(Encoded(64, 3, 0), kTag + 1), ExtentKind::kUnidentified);
}

TEST(Message, OverwrittenIsToldAsSuch) {
  EXPECT_EQ(KindOf(std::vector<std::byte>(64, kOverwrittenByte)), ExtentKind::kOverwritten);
}

}  // namespace
}  // namespace parley

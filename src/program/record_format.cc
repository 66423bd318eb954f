#include "src/program/record_format.h"

#include <algorithm>
#include <cstring>

#include "src/base/seed.h"

namespace parley {
namespace {

// The body's words are an arithmetic sequence: cheap to make, cheap to compare, and each word of a
// round's records is different from all others with overwhelming probability.
constexpr std::uint64_t kStride = 0x9e3779b97f4a7c15U;
constexpr std::size_t kBlockWords = 64;

// Word number index of a body.
std::uint64_t BodyWord(Body body, std::uint64_t base, std::uint64_t index, std::uint32_t tag) {
  switch (body) {
    case Body::kZeros:
      return 0;
    case Body::kOnes:
      return ~std::uint64_t{0};
    case Body::kNewlines:
      return 0x0a0a0a0a0a0a0a0aU;
    case Body::kMagic: {
      const std::uint64_t magic = kMagic ^ tag;
      return magic << 32 | magic;
    }
    default:
      return base + index * kStride;
  }
}

}  // namespace

std::uint64_t BodyBase(std::uint32_t tag, std::uint16_t writer, std::uint64_t position) {
  return Mix(Mix(position ^ (std::uint64_t{writer} << 48)) ^ tag);
}

std::uint32_t CheckWord(const WireHeader& header, std::uint64_t base) {
  const std::uint64_t rest =
      std::uint64_t{header.bytes} << 16 | std::uint64_t{header.last} << 8 | header.body;
  return static_cast<std::uint32_t>(((base ^ rest) * kStride) >> 32);
}

void FillBody(std::span<std::byte> out, Body body, std::uint64_t base, std::uint32_t tag) {
  const std::size_t words = out.size() / 8;
  if (body == Body::kCounter) {
    for (std::size_t i = 0; i < words; ++i) {
      const std::uint64_t word = base + i * kStride;
      std::memcpy(out.data() + i * 8, &word, 8);
    }
  } else {
    const std::uint64_t word = BodyWord(body, base, 0, tag);
    for (std::size_t i = 0; i < words; ++i) std::memcpy(out.data() + i * 8, &word, 8);
  }
  if (out.size() % 8 == 0) return;
  const std::uint64_t last = BodyWord(body, base, words, tag);
  std::memcpy(out.data() + words * 8, &last, out.size() % 8);
}

std::size_t MatchBody(std::span<const std::byte> bytes, Body body, std::uint64_t base,
                      std::uint64_t offset, std::uint32_t tag) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    std::uint64_t block[kBlockWords];
    const std::uint64_t first = (offset + done) / 8;
    const std::size_t skip = (offset + done) % 8;
    const std::size_t count = std::min(bytes.size() - done, sizeof block - skip);
    const std::size_t words = (skip + count + 7) / 8;
    if (body == Body::kCounter) {
      for (std::size_t i = 0; i < words; ++i) block[i] = base + (first + i) * kStride;
    } else {
      std::fill_n(block, words, BodyWord(body, base, 0, tag));
    }
    const auto* expected = reinterpret_cast<const std::byte*>(block) + skip;
    const std::byte* actual = bytes.data() + done;
    if (std::memcmp(expected, actual, count) != 0) {
      return done + static_cast<std::size_t>(
                        std::mismatch(expected, expected + count, actual).first - expected);
    }
    done += count;
  }
  return done;
}

WireHeader MakeHeader(std::uint32_t tag, std::uint16_t writer, Body body, std::uint32_t bytes,
                      std::uint64_t position, bool last) {
  WireHeader header{.magic = kMagic ^ tag,
                    .position_low = static_cast<std::uint32_t>(position),
                    .writer = writer,
                    .body = static_cast<std::uint8_t>(body),
                    .last = std::uint8_t{last},
                    .bytes = bytes,
                    .position_high = static_cast<std::uint32_t>(position >> 32),
                    .check = 0};
  header.check = CheckWord(header, BodyBase(tag, writer, position));
  return header;
}

bool HeaderHolds(const WireHeader& header, std::uint32_t tag) {
  return header.magic == (kMagic ^ tag) && header.bytes >= kHeaderBytes &&
         header.check == CheckWord(header, BodyBase(tag, header.writer, header.position()));
}

}  // namespace parley

#include "src/check/repeats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "src/base/seed.h"

namespace parley {
namespace {

constexpr std::uint32_t kBytes = 12;
constexpr std::uint32_t kReaders = 3;

// A history of one take for each reader; the pieces of random_pieces are theirs.
History Readers() {
  History history;
  for (std::uint16_t reader = 0; reader < kReaders; ++reader) {
    history.operations.push_back({.worker = reader});
  }
  return history;
}

std::uint32_t DistinctBytes(const std::vector<Piece>& pieces) {
  std::array<bool, kBytes> received{};
  for (const Piece& piece : pieces) {
    std::fill_n(received.begin() + piece.offset, piece.bytes, true);
  }
  return static_cast<std::uint32_t>(std::ranges::count(received, true));
}

// Which bytes of the put are said to have come twice to one reader, and to two.
struct Marks {
  std::array<bool, kBytes> same{};
  std::array<bool, kBytes> other{};
  bool operator==(const Marks&) const = default;
};

Marks Naively(const std::vector<Piece>& pieces) {
  Marks marks;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    for (std::size_t j = i + 1; j < pieces.size(); ++j) {
      for (std::uint32_t byte = 0; byte < kBytes; ++byte) {
        const auto holds = [&](const Piece& p) {
          return p.offset <= byte && byte < p.offset + p.bytes;
        };
        if (holds(pieces[i]) && holds(pieces[j])) {
          (pieces[i].take == pieces[j].take ? marks.same : marks.other)[byte] = true;
        }
      }
    }
  }
  return marks;
}

TEST(FindRepeats, AgreesWithCountingByteByByte) {
  const History history = Readers();
  std::uint64_t repeated = 0;
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    Random random(Derive(7, "repeats", i));
    std::vector<Piece> pieces;
    for (std::uint64_t n = random.Between(1, 6); n > 0; --n) {
      const auto offset = static_cast<std::uint32_t>(random.Below(kBytes));
      pieces.push_back({.put = 0,
                        .offset = offset,
                        .bytes = static_cast<std::uint32_t>(random.Between(1, kBytes - offset)),
                        .take = static_cast<std::uint32_t>(random.Below(kReaders))});
    }
    std::vector<Put> puts{{.bytes = kBytes, .flags = Put::kUnordered}};
    std::vector<Repeat> repeats;

    FindRepeats(history, pieces, puts, repeats);

    Marks marks;
    for (const Repeat& repeat : repeats) {
      for (std::uint32_t byte = repeat.offset; byte < repeat.offset + repeat.bytes; ++byte) {
        (repeat.same_reader ? marks.same : marks.other)[byte] = true;
      }
      const Piece& earlier = pieces[repeat.earlier];
      const Piece& later = pieces[repeat.later];
      EXPECT_LT(repeat.earlier, repeat.later);
      EXPECT_EQ(earlier.take == later.take, repeat.same_reader);
      EXPECT_LE(std::max(earlier.offset, later.offset), repeat.offset);
    }
    ASSERT_EQ(marks, Naively(pieces)) << "case " << i;
    ASSERT_EQ(puts[0].has(Put::kRepeated), !repeats.empty());
    ASSERT_EQ(puts[0].received, DistinctBytes(pieces)) << "case " << i;
    repeated += repeats.empty() ? 0 : 1;
  }
  EXPECT_GT(repeated, 10'000U);
  EXPECT_LT(repeated, 50'000U);
}

}  // namespace
}  // namespace parley

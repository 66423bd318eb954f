#include "src/check/repeats.h"

#include <algorithm>
#include <tuple>

namespace parley {
namespace {

// A piece, gathered for sorting.
struct Gathered {
  std::uint32_t put;
  std::uint32_t offset;
  std::uint32_t end;
  std::uint32_t piece;
  std::uint16_t reader;
};

class Finder {
 public:
  Finder(std::span<Put> puts, std::vector<Repeat>& repeats) : puts_(puts), repeats_(repeats) {}

  // gathered: by put, reader, offset.
  void FindSameReader(std::span<const Gathered> gathered) {
    const Gathered* furthest = nullptr;
    for (const Gathered& g : gathered) {
      if (furthest == nullptr || furthest->put != g.put || furthest->reader != g.reader) {
        furthest = &g;
        continue;
      }
      Add(*furthest, g, true);
      furthest = g.end > furthest->end ? &g : furthest;
    }
  }

  // gathered: by put, offset.  The first piece that brings a second reader to a byte meets the
  // furthest one before it, which holds that byte as well and is not of the same reader: else that
  // reader would not be new to the byte.
  void FindOtherReader(std::span<const Gathered> gathered) {
    const Gathered* furthest = nullptr;
    for (const Gathered& g : gathered) {
      if (furthest == nullptr || furthest->put != g.put) {
        furthest = &g;
        continue;
      }
      if (furthest->reader != g.reader) {
        Add(*furthest, g, false);
      }
      furthest = g.end > furthest->end ? &g : furthest;
    }
  }

  // gathered: by put, offset.
  void CountDistinct(std::span<const Gathered> gathered) {
    std::uint32_t current = kNoPut;
    std::uint32_t end = 0;
    for (const Gathered& g : gathered) {
      if (g.put != current) {
        current = g.put;
        end = 0;
        puts_[g.put].received = 0;
      }
      puts_[g.put].received += g.end > end ? g.end - std::max(g.offset, end) : 0;
      end = std::max(end, g.end);
    }
  }

 private:
  void Add(const Gathered& a, const Gathered& b, bool same_reader) {
    const std::uint32_t end = std::min(a.end, b.end);
    if (b.offset >= end) {
      return;
    }
    puts_[b.put].flags |= Put::kRepeated;
    repeats_.push_back({.put = b.put,
                        .offset = b.offset,
                        .bytes = end - b.offset,
                        .earlier = std::min(a.piece, b.piece),
                        .later = std::max(a.piece, b.piece),
                        .same_reader = same_reader});
  }

  std::span<Put> puts_;
  std::vector<Repeat>& repeats_;
};

}  // namespace

void FindRepeats(const History& history, std::span<const Piece> pieces, std::span<Put> puts,
                 std::vector<Repeat>& repeats) {
  std::vector<Gathered> gathered;
  for (std::uint32_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    if (piece.put != kNoPut && puts[piece.put].has(Put::kUnordered)) {
      gathered.push_back({piece.put, piece.offset, piece.offset + piece.bytes, i,
                          history.operations[piece.take].worker});
    }
  }
  Finder finder(puts, repeats);
  std::ranges::sort(gathered, {}, [](const Gathered& g) {
    return std::tuple(g.put, g.reader, g.offset, g.piece);
  });
  finder.FindSameReader(gathered);
  std::ranges::sort(gathered, {},
                    [](const Gathered& g) { return std::tuple(g.put, g.offset, g.piece); });
  finder.FindOtherReader(gathered);
  finder.CountDistinct(gathered);
  std::ranges::sort(repeats, {}, [](const Repeat& repeat) {
    return std::tuple(repeat.put, repeat.offset, repeat.later);
  });
}

}  // namespace parley

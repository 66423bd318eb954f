// O-SEQ: what one writer put reaches each reader in the order in which it was put.
//
// A put of which bytes came twice is left to O-EXO: which reception is the wrong one cannot be
// told.  Bytes of one large put are left to O-BYTES.
//
// Time O(n), memory O(takes + writers) beyond the view.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/check/byte_streams.h"
#include "src/check/checker.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kProgramOrder};

class OrderJudge {
 public:
  explicit OrderJudge(const ByteStreams& streams) : streams_(streams) {}

  void Judge(std::vector<Judgement>& judgements) {
    for (const ObjectView& object : streams_.objects()) {
      if (!object.one_queue) {
        continue;
      }
      highest_.resize(object.streams.size() > 0 ? streams_.streams(object).back().writer + 1U : 0);
      const TakesByReader grouped = GroupByReader(streams_, object);
      for (std::size_t reader = 0; reader + 1 < grouped.borders.size(); ++reader) {
        std::ranges::fill(highest_, kNoPut);
        for (std::uint32_t i = grouped.borders[reader]; i < grouped.borders[reader + 1]; ++i) {
          const Range pieces = streams_.PiecesOf(grouped.takes[i]);
          for (std::uint32_t piece = pieces.begin; piece < pieces.end; ++piece) {
            Receive(piece);
          }
        }
      }
    }
    tally_.Report(judgements);
  }

 private:
  void Receive(std::uint32_t index) {
    const Piece& piece = streams_.pieces()[index];
    if (piece.put == kNoPut) {
      return;
    }
    const Put& put = streams_.puts()[piece.put];
    if (put.has(Put::kRepeated)) {
      return;
    }
    std::uint32_t& highest = highest_[put.writer];
    if (highest == kNoPut) {
      highest = index;
      return;
    }
    tally_.AddChances(1);
    const Piece& before = streams_.pieces()[highest];
    const bool lower =
        piece.put < before.put || (piece.put == before.put && piece.offset < before.offset);
    if (!lower) {
      highest = index;
    } else if (!tally_.broken() && (piece.put != before.put || streams_.atomic(put))) {
      Break(put, piece, before);
    }
  }

  void Break(const Put& put, const Piece& piece, const Piece& before) {
    const Put& higher = streams_.puts()[before.put];
    tally_.Break(
        fmt::format("a reader received {} after {}",
                    BytesText(put.writer, put.position + piece.offset, piece.bytes),
                    BytesText(higher.writer, higher.position + before.offset, before.bytes)),
        Witness(streams_.history(), {put.id, higher.id, before.take, piece.take}));
  }

  const ByteStreams& streams_;
  std::vector<std::uint32_t> highest_;  // by writer: the piece of the highest position so far
  Tally tally_{Clause::kProgramOrder};
};

void JudgeSequence(const ByteStreams& streams, std::vector<Judgement>& judgements) {
  OrderJudge(streams).Judge(judgements);
}

const CheckerRegistration kRegistration({.name = "sequence",
                                         .oracle = "O-SEQ",
                                         .clauses = kClauses,
                                         .judge = JudgeAlone<JudgeSequence>,
                                         .judge_streams = JudgeSequence});

}  // namespace
}  // namespace parley

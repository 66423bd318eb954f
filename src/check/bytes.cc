// O-BYTES: the bytes of one large write come out in order and once, whatever lies between them.
//
// Time O(n + m log m) for m pieces of large puts that came out of order, memory O(m) beyond the
// view.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "src/check/byte_streams.h"
#include "src/check/checker.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kBytesMoved};

class MovedJudge {
 public:
  explicit MovedJudge(const ByteStreams& streams) : streams_(streams) {}

  void Judge(std::vector<Judgement>& judgements) {
    bool suspicious = false;
    for (const Put& put : streams_.puts()) {
      if (!streams_.atomic(put) && put.received > 0) {
        tally_.AddChances(1);
        suspicious = suspicious || put.has(Put::kUnordered);
      }
    }
    if (suspicious) {
      for (const Repeat& repeat : streams_.repeats()) {
        JudgeRepeat(repeat);
      }
      for (const ObjectView& object : streams_.objects()) {
        JudgeOrder(object);
      }
    }
    tally_.Report(judgements);
  }

 private:
  // A piece of a large put, as its reader saw it.
  struct Seen {
    std::uint32_t put;
    std::uint16_t reader;  // 0 when the readers took turns: then there is one order for all
    std::uint32_t piece;
  };

  // The same bytes twice for one reader.  What a failed or killed call may have done is O-EXO's.
  void JudgeRepeat(const Repeat& repeat) {
    const Put& put = streams_.puts()[repeat.put];
    if (!repeat.same_reader || streams_.atomic(put) || put.has(Put::kMaybe)) {
      return;
    }
    const std::uint64_t position = put.position + repeat.offset;
    if (!InterruptedCoverage(streams_.StreamOf(put), position, repeat.bytes).outside) {
      return;
    }
    const auto pieces = streams_.pieces();
    tally_.Break(fmt::format("{}, of one large write, came twice to one reader",
                             BytesText(put.writer, position, repeat.bytes)),
                 Witness(streams_.history(),
                         {put.id, pieces[repeat.earlier].take, pieces[repeat.later].take}));
  }

  // A lower position after a higher one.  Puts with repeated bytes are left out: which reception is
  // the wrong one cannot be told.
  void JudgeOrder(const ObjectView& object) {
    std::vector<Seen> seen;
    for (std::uint32_t i = object.pieces.begin; i < object.pieces.end; ++i) {
      const Piece& piece = streams_.pieces()[i];
      if (piece.put == kNoPut) {
        continue;
      }
      const Put& put = streams_.puts()[piece.put];
      if (put.has(Put::kUnordered) && !put.has(Put::kRepeated) && !streams_.atomic(put)) {
        const std::uint16_t reader =
            object.serialised ? std::uint16_t{0} : streams_.operation(piece.take).worker;
        seen.push_back({piece.put, reader, i});
      }
    }
    std::ranges::sort(seen, {}, [](const Seen& s) { return std::tuple(s.put, s.reader, s.piece); });
    for (std::size_t i = 1; i < seen.size(); ++i) {
      const Piece& before = streams_.pieces()[seen[i - 1].piece];
      const Piece& after = streams_.pieces()[seen[i].piece];
      if (seen[i - 1].put == seen[i].put && seen[i - 1].reader == seen[i].reader &&
          after.offset < before.offset) {
        const Put& put = streams_.puts()[after.put];
        tally_.Break(fmt::format("{} were received after {} of the same write",
                                 BytesText(put.writer, put.position + after.offset, after.bytes),
                                 BytesText(put.writer, put.position + before.offset, before.bytes)),
                     Witness(streams_.history(), {put.id, before.take, after.take}));
      }
    }
  }

  const ByteStreams& streams_;
  Tally tally_{Clause::kBytesMoved};
};

void JudgeBytes(const ByteStreams& streams, std::vector<Judgement>& judgements) {
  MovedJudge(streams).Judge(judgements);
}

const CheckerRegistration kRegistration({.name = "bytes",
                                         .oracle = "O-BYTES",
                                         .clauses = kClauses,
                                         .judge = JudgeAlone<JudgeBytes>,
                                         .judge_streams = JudgeBytes});

}  // namespace
}  // namespace parley

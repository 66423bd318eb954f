// O-REC: what one write() of at most PIPE_BUF bytes accepted comes out as one piece, unchanged.
//
// Time O(n), memory O(1) beyond the view.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "src/check/byte_streams.h"
#include "src/check/checker.h"
#include "src/check/content.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {
    Clause::kTorn,
    Clause::kTornNonblocking,
    Clause::kTornGather,
    Clause::kTornResized,
    Clause::kShortNonblocking,
    Clause::kContentChanged,
    Clause::kContentOverwritten,
    Clause::kInterleaveUnseen,
};

bool Resized(const History& history) {
  const HistoryHeader& header = history.header;
  if (header.capacity_bytes != 0 && header.default_capacity_bytes != 0 &&
      header.capacity_bytes != header.default_capacity_bytes) {
    return true;
  }
  bool resizes = false;
  for (const Call& call : history.calls) {
    resizes = resizes || call.effect == Effect::kResize;
  }
  return resizes && std::ranges::any_of(history.operations, [&](const Operation& op) {
           return history.effect(op) == Effect::kResize && op.succeeded();
         });
}

// Where a put is split: two pieces of it around a piece of another put.
struct Split {
  std::uint32_t before = 0;
  std::uint32_t intruder = 0;
  std::uint32_t after = 0;
};

std::optional<Split> FindSplit(const ByteStreams& streams, const ObjectView& object,
                               std::uint32_t put) {
  std::uint32_t before = kNoPut;
  std::uint32_t intruder = kNoPut;
  for (std::uint32_t i = object.pieces.begin; i < object.pieces.end; ++i) {
    const Piece& piece = streams.pieces()[i];
    if (!object.serialised && before != kNoPut && streams.pieces()[before].take != piece.take) {
      before = kNoPut;
    }
    if (piece.put == put) {
      if (before != kNoPut && intruder != kNoPut) {
        return Split{before, intruder, i};
      }
      before = i;
      intruder = kNoPut;
    } else if (before != kNoPut && intruder == kNoPut && piece.put != kNoPut) {
      intruder = i;
    }
  }
  return std::nullopt;
}

class TornTallies {
 public:
  explicit TornTallies(const ByteStreams& streams)
      : streams_(streams), resized_(Resized(streams.history())) {}

  void Judge(const ObjectView& object) {
    if (!object.one_queue) {
      return;
    }
    std::uint32_t writers = 0;
    for (const StreamView& stream : streams_.streams(object)) {
      writers += stream.puts.size() > 0 ? 1 : 0;
    }
    const bool blurred = !object.serialised && object.unidentified_bytes > 0 && writers > 1;
    for (std::uint32_t i = object.puts.begin; i < object.puts.end; ++i) {
      const Put& put = streams_.puts()[i];
      if (put.received == 0 || !streams_.atomic(put)) {
        continue;
      }
      Tally& tally = Of(put);
      tally.AddChances(writers > 1 ? 1 : 0);
      if (put.has(Put::kSplit) && !put.has(Put::kRepeated)) {
        Break(tally, object, i);
      } else if (blurred || (writers > 1 && put.has(Put::kCut))) {
        tally.Doubt("several readers at once received parts of one write", {put.id});
      }
    }
  }

  void Report(std::vector<Judgement>& judgements) const {
    for (const Tally* tally : {&torn_, &nonblocking_, &gather_, &resizing_}) {
      tally->Report(judgements);
    }
  }

 private:
  Tally& Of(const Put& put) {
    if (resized_) {
      return resizing_;
    }
    if (put.has(Put::kGathers)) {
      return gather_;
    }
    return put.has(Put::kNonblocking) ? nonblocking_ : torn_;
  }

  void Break(Tally& tally, const ObjectView& object, std::uint32_t index) {
    if (tally.broken()) {
      return;
    }
    const auto split = FindSplit(streams_, object, index);
    if (!split) {
      return;
    }
    const auto pieces = streams_.pieces();
    const Put& put = streams_.puts()[index];
    const Piece& intruder = pieces[split->intruder];
    const Put& other = streams_.puts()[intruder.put];
    tally.Break(fmt::format("{} bytes of worker {} lie inside {}, which one call wrote",
                            intruder.bytes, other.writer, PutText(put)),
                Witness(streams_.history(), {put.id, other.id, pieces[split->before].take,
                                             intruder.take, pieces[split->after].take}));
  }

  const ByteStreams& streams_;
  bool resized_;
  Tally torn_{Clause::kTorn};
  Tally nonblocking_{Clause::kTornNonblocking};
  Tally gather_{Clause::kTornGather};
  Tally resizing_{Clause::kTornResized};
};

void JudgeShort(const ByteStreams& streams, std::vector<Judgement>& judgements) {
  Tally tally(Clause::kShortNonblocking);
  for (const Put& put : streams.puts()) {
    if (!put.has(Put::kNonblocking) || !put.returned() || !streams.atomic(put)) {
      continue;
    }
    tally.AddChances(1);
    if (put.bytes < put.requested && !tally.broken()) {
      tally.Break(
          fmt::format("a non-blocking write of {} bytes, which are indivisible, accepted {}",
                      put.requested, put.bytes),
          {put.id});
    }
  }
  tally.Report(judgements);
}

// Do two writers' puts above the atomic size overlap in time?
bool LargePutsOverlap(const ByteStreams& streams, const ObjectView& object) {
  std::vector<const Operation*> large;
  for (const Put& put : streams.puts(object)) {
    if (!streams.atomic(put)) {
      large.push_back(&streams.operation(put.id));
    }
  }
  std::ranges::sort(large, {}, &Operation::invoked_ns);
  // Were no two of different writers to overlap, neighbours would not either.
  for (std::size_t i = 1; i < large.size(); ++i) {
    if (large[i]->worker != large[i - 1]->worker &&
        !streams.history().precedes(*large[i - 1], *large[i])) {
      return true;
    }
  }
  return false;
}

// A workload in which large writes never interleave says nothing about small ones that do not.
void JudgeInterleaving(const ByteStreams& streams, std::vector<Judgement>& judgements) {
  Tally tally(Clause::kInterleaveUnseen);
  bool overlap = false;
  for (const ObjectView& object : streams.objects()) {
    if (!object.serialised || !LargePutsOverlap(streams, object)) {
      continue;
    }
    overlap = true;
    for (const Put& put : streams.puts(object)) {
      tally.AddChances(!streams.atomic(put) && put.has(Put::kSplit) ? 1 : 0);
    }
  }
  if (overlap && tally.chances() == 0) {
    tally.Doubt(
        "no two concurrent writes above the atomic size interleaved: the workload is too "
        "weak to show that smaller ones may not");
  }
  tally.Report(judgements);
}

void JudgeRecords(const ByteStreams& streams, std::vector<Judgement>& judgements) {
  TornTallies torn(streams);
  for (const ObjectView& object : streams.objects()) {
    torn.Judge(object);
  }
  torn.Report(judgements);
  JudgeShort(streams, judgements);
  JudgeContent(streams, judgements);
  JudgeInterleaving(streams, judgements);
}

const CheckerRegistration kRegistration({.name = "records",
                                         .oracle = "O-REC",
                                         .clauses = kClauses,
                                         .judge = JudgeAlone<JudgeRecords>,
                                         .judge_streams = JudgeRecords});

}  // namespace
}  // namespace parley

// O-RT: of two puts, one of which returned before the other was invoked, the first comes out first.
//
// With both put and removal orders being interval orders, a cycle of them always has a shortcut of
// two puts a, b: a put before b, b removed before a.  So it is enough to look for pairs.  A put is
// removed when its first byte is received.  Going back from the last removal, the earliest return
// of a put among all that were removed later decides in O(1) whether such an a exists.
//
// Time O(n log k) for k readers, O(n) when they take turns; memory O(takes) beyond the view.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "src/check/byte_streams.h"
#include "src/check/checker.h"
#include "src/check/discarding.h"
#include "src/check/merge_runs.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kRealTimeOrder};

// The put of those removed later that returned first, and the take that removed it.
struct Later {
  std::uint64_t returned_ns = kNever;
  std::uint32_t put = 0;   // ids of operations
  std::uint32_t take = 0;  // the put's own id when it was never removed
};

class RealTimeJudge {
 public:
  explicit RealTimeJudge(const ByteStreams& streams) : streams_(streams) {}

  void Judge(const ObjectView& object) {
    if (!object.one_queue) {
      return;
    }
    CountChances(object);
    const Later lost = Lost(object);
    if (object.serialised) {
      SweepBack(object.pieces, lost);
      return;
    }
    const TakesByReader grouped = GroupByReader(streams_, object);
    SweepByTime(object, grouped, lost);
    for (std::size_t reader = 0; reader + 1 < grouped.borders.size(); ++reader) {
      Later later;
      for (std::uint32_t i = grouped.borders[reader + 1]; i-- > grouped.borders[reader];) {
        later = SweepBack(streams_.PiecesOf(grouped.takes[i]), later);
      }
    }
  }

  void Report(std::vector<Judgement>& judgements) const { tally_.Report(judgements); }

 private:
  // The put whose removal the piece is; null when it is none, or when bytes of the put came twice:
  // which reception is the wrong one cannot be told.
  const Put* Removed(const Piece& piece) const {
    if (piece.put == kNoPut || piece.offset != 0) {
      return nullptr;
    }
    const Put& put = streams_.puts()[piece.put];
    return put.has(Put::kRepeated) ? nullptr : &put;
  }

  // Removed puts that some other put precedes.
  void CountChances(const ObjectView& object) {
    std::uint64_t first_ns = kNever;
    for (const StreamView& stream : streams_.streams(object)) {
      if (stream.puts.size() > 0) {
        const Put& put = streams_.puts()[stream.puts.begin];
        first_ns = std::min(first_ns, streams_.operation(put.id).returned_ns);
      }
    }
    if (first_ns == kNever) {
      return;
    }
    const std::uint64_t slack_ns = streams_.history().header.clock_slack_ns;
    std::uint64_t chances = 0;
    for (const Put& put : streams_.puts(object)) {
      chances += put.received > 0 && first_ns + slack_ns < streams_.operation(put.id).invoked_ns;
    }
    tally_.AddChances(chances);
  }

  // The put that returned first among those that were never received though they had to be.
  Later Lost(const ObjectView& object) const {
    Later lost;
    if (!streams_.ended() || object.maybe_take_count > 0 || object.allowance_bytes() > 0) {
      return lost;
    }
    std::optional<std::uint64_t> discarded_until_ns;
    for (const Put& put : streams_.puts(object)) {
      if (put.received > 0 || !put.returned()) {
        continue;
      }
      if (!discarded_until_ns) {
        discarded_until_ns = DiscardedUntilNs(streams_, object);
      }
      if (streams_.operation(put.id).invoked_ns > *discarded_until_ns) {
        Add(put, put.id, lost);
      }
    }
    return lost;
  }

  void Add(const Put& put, std::uint32_t take, Later& later) const {
    const std::uint64_t returned_ns = streams_.operation(put.id).returned_ns;
    if (returned_ns < later.returned_ns) {
      later = {returned_ns, put.id, take};
    }
  }

  void Compare(const Put& put, std::uint32_t take, const Later& later) {
    if (later.returned_ns == kNever || tally_.broken()) {
      return;
    }
    const History& history = streams_.history();
    if (later.returned_ns + history.header.clock_slack_ns >=
        history.operations[put.id].invoked_ns) {
      return;
    }
    const Operation& first = history.operations[later.put];
    tally_.Break(fmt::format("{} were put before {} were, and received {}",
                             BytesText(first.worker, first.position,
                                       first.outcome == Outcome::kReturned
                                           ? static_cast<std::uint64_t>(first.result)
                                           : first.requested),
                             PutText(put), later.take == later.put ? "never" : "after them"),
                 Witness(history, {later.put, put.id, take, later.take}));
  }

  // Pieces in the order of removal, from the last to the first.
  Later SweepBack(Range pieces, Later later) {
    for (std::uint32_t i = pieces.end; i-- > pieces.begin;) {
      const Piece& piece = streams_.pieces()[i];
      if (const Put* put = Removed(piece)) {
        Compare(*put, piece.take, later);
        Add(*put, piece.take, later);
      }
    }
    return later;
  }

  // Concurrent readers: b is removed before a when its take returned before a's was invoked.
  void SweepByTime(const ObjectView& object, const TakesByReader& grouped, Later later) {
    struct Returned {
      std::uint64_t returned_ns;
      std::uint32_t take;
    };
    std::vector<Returned> returned;
    returned.reserve(grouped.takes.size());
    for (const std::uint32_t take : grouped.takes) {
      returned.push_back({streams_.operation(streams_.takes()[take].id).returned_ns, take});
    }
    MergeRuns(returned,
              [](const Returned& a, const Returned& b) { return a.returned_ns < b.returned_ns; });
    const std::uint64_t slack_ns = streams_.history().header.clock_slack_ns;
    std::uint32_t next = object.takes.end;  // takes are in the order of invocation
    for (std::size_t i = returned.size(); i-- > 0;) {
      const auto [returned_ns, take] = returned[i];
      while (returned_ns != kNever && next > object.takes.begin &&
             streams_.operation(streams_.takes()[next - 1].id).invoked_ns >
                 returned_ns + slack_ns) {
        AddAll(streams_.PiecesOf(--next), later);
      }
      CompareAll(streams_.PiecesOf(take), later);
    }
  }

  void AddAll(Range pieces, Later& later) const {
    for (std::uint32_t i = pieces.begin; i < pieces.end; ++i) {
      if (const Put* put = Removed(streams_.pieces()[i])) {
        Add(*put, streams_.pieces()[i].take, later);
      }
    }
  }

  void CompareAll(Range pieces, const Later& later) {
    for (std::uint32_t i = pieces.begin; i < pieces.end; ++i) {
      if (const Put* put = Removed(streams_.pieces()[i])) {
        Compare(*put, streams_.pieces()[i].take, later);
      }
    }
  }

  const ByteStreams& streams_;
  Tally tally_{Clause::kRealTimeOrder};
};

void JudgeRealTime(const ByteStreams& streams, std::vector<Judgement>& judgements) {
  RealTimeJudge judge(streams);
  for (const ObjectView& object : streams.objects()) {
    judge.Judge(object);
  }
  judge.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "real_time",
                                         .oracle = "O-RT",
                                         .clauses = kClauses,
                                         .judge = JudgeAlone<JudgeRealTime>,
                                         .judge_streams = JudgeRealTime});

}  // namespace
}  // namespace parley

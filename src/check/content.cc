#include "src/check/content.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "src/check/discarding.h"
#include "src/check/tally.h"

namespace parley {
namespace {

// A run of received bytes that no writer sent there, between identified ones of the same reader.
struct Run {
  std::uint64_t bytes = 0;
  bool at_begin = false;  // the first that the reader received after taking over
  bool at_end = false;    // the last before another took over
  std::optional<std::uint32_t> unidentified_take;
  std::optional<std::uint32_t> overwritten_take;
};

// The runs of a serialised object.
class RunFinder {
 public:
  RunFinder(const ByteStreams& streams, const ObjectView& object)
      : streams_(streams), object_(object) {}

  std::vector<Run> Find() {
    for (std::uint32_t i = object_.takes.begin; i < object_.takes.end; ++i) {
      const Operation& op = streams_.operation(streams_.takes()[i].id);
      if (i == object_.takes.begin || op.worker != reader_) {
        EndStint(i == object_.takes.begin);
        reader_ = op.worker;
      }
      if (op.outcome == Outcome::kReturned) {
        for (const Extent& extent : streams_.history().received(op)) {
          Add(extent, streams_.takes()[i].id);
        }
      }
    }
    EndRun(false);
    return std::move(runs_);
  }

  bool taken_over() const { return stints_ > 1; }

 private:
  void Add(const Extent& extent, std::uint32_t take) {
    if (extent.kind == static_cast<std::uint16_t>(ExtentKind::kWritten)) {
      EndRun(false);
      identified_ = true;
      return;
    }
    if (extent.kind == static_cast<std::uint16_t>(ExtentKind::kUntold)) {
      return EndRun(false);
    }
    if (!run_) {
      run_.emplace();
      run_->at_begin = !identified_ && stints_ > 1;
    }
    run_->bytes += extent.bytes;
    auto& first = extent.kind == static_cast<std::uint16_t>(ExtentKind::kOverwritten)
                      ? run_->overwritten_take
                      : run_->unidentified_take;
    first = first.value_or(take);
  }

  void EndRun(bool at_end) {
    if (run_) {
      run_->at_end = at_end;
      runs_.push_back(*run_);
      run_.reset();
    }
  }

  void EndStint(bool first) {
    EndRun(!first);
    ++stints_;
    identified_ = false;
  }

  const ByteStreams& streams_;
  const ObjectView& object_;
  std::vector<Run> runs_;
  std::optional<Run> run_;
  std::uint16_t reader_ = 0;
  std::uint32_t stints_ = 0;  // of one reader each
  bool identified_ = false;   // something, in this stint
};

class ContentJudge {
 public:
  explicit ContentJudge(const ByteStreams& streams) : streams_(streams) {}

  void Judge(const ObjectView& object) {
    const std::uint64_t receptions = object.takes.size() - object.maybe_take_count;
    changed_.AddChances(receptions);
    overwritten_.AddChances(streams_.history().header.overwrites ? receptions : 0);
    if (object.unidentified_bytes > 0) {
      object.serialised ? JudgeRuns(object) : DoubtRuns(object);
    }
    if (streams_.ended()) {
      JudgeParts(object);
    }
  }

  void Report(std::vector<Judgement>& judgements) const {
    changed_.Report(judgements);
    overwritten_.Report(judgements);
  }

 private:
  void JudgeRuns(const ObjectView& object) {
    std::uint32_t put_bytes_max = 0;
    for (const Put& put : streams_.puts(object)) {
      put_bytes_max = std::max(put_bytes_max, put.requested);
    }
    RunFinder finder(streams_, object);
    for (const Run& run : finder.Find()) {
      if ((run.at_begin || run.at_end) && run.bytes < put_bytes_max) {
        continue;
      }
      const bool may_be_parts =
          finder.taken_over() && put_bytes_max > streams_.history().header.atomic_bytes;
      may_be_parts ? Doubt(run) : Break(run);
    }
  }

  void Break(const Run& run) {
    if (run.unidentified_take) {
      changed_.Break(
          fmt::format("{} bytes in a row were received that nobody sent there", run.bytes),
          {*run.unidentified_take});
    }
    if (run.overwritten_take) {
      overwritten_.Break("bytes were received that the writer put in its buffer after the call",
                         {*run.overwritten_take});
    }
  }

  void Doubt(const Run& run) {
    if (run.unidentified_take) {
      changed_.Doubt(
          "bytes that nobody sent there may be the rest of a large write that another "
          "reader had begun to receive",
          {*run.unidentified_take});
    }
    if (run.overwritten_take) {
      overwritten_.Doubt(
          "overwritten bytes may be the rest of a large write that another reader "
          "had begun to receive",
          {*run.overwritten_take});
    }
  }

  void DoubtRuns(const ObjectView& object) {
    for (const TakeView& take : streams_.takes(object)) {
      const Operation& op = streams_.operation(take.id);
      if (op.outcome != Outcome::kReturned) {
        continue;
      }
      for (const Extent& extent : streams_.history().received(op)) {
        if (extent.kind == static_cast<std::uint16_t>(ExtentKind::kUnidentified)) {
          changed_.Doubt("several readers at once: bytes could not be identified", {take.id});
        } else if (extent.kind == static_cast<std::uint16_t>(ExtentKind::kOverwritten)) {
          overwritten_.Doubt("several readers at once: bytes could not be identified", {take.id});
        }
      }
    }
  }

  // Of what one call wrote, a part was received and a part was not.
  void JudgeParts(const ObjectView& object) {
    std::uint64_t missing_bytes = 0;
    std::optional<std::uint32_t> first;
    std::optional<std::uint64_t> discarded_until_ns;
    for (std::uint32_t i = object.puts.begin; i < object.puts.end; ++i) {
      const Put& put = streams_.puts()[i];
      if (!put.returned() || put.received == 0 || put.received >= put.bytes) {
        continue;
      }
      if (!discarded_until_ns) {
        discarded_until_ns = DiscardedUntilNs(streams_, object);
      }
      if (streams_.operation(put.id).invoked_ns > *discarded_until_ns) {
        missing_bytes += put.bytes - put.received;
        first = first.value_or(i);
      }
    }
    if (missing_bytes <= object.allowance_bytes()) {
      return;
    }
    const Put& put = streams_.puts()[*first];
    const auto piece = std::ranges::find(streams_.pieces(object), *first, &Piece::put);
    const auto witness = Witness(streams_.history(), {put.id, piece->take});
    if (object.serialised) {
      changed_.Break(fmt::format("of {}, which one call wrote, only {} were received", PutText(put),
                                 put.received),
                     witness);
    } else {
      changed_.Doubt("several readers at once received parts of one write", witness);
    }
  }

  const ByteStreams& streams_;
  Tally changed_{Clause::kContentChanged};
  Tally overwritten_{Clause::kContentOverwritten};
};

}  // namespace

void JudgeContent(const ByteStreams& streams, std::vector<Judgement>& judgements) {
  ContentJudge judge(streams);
  for (const ObjectView& object : streams.objects()) {
    judge.Judge(object);
  }
  judge.Report(judgements);
}

}  // namespace parley

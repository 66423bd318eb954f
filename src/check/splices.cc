// O-BYTES: what tee() copied is what the takes that follow receive, and what splice() moved comes
// once and in order.
//
// Judges objects of which one worker alone receives, so that its calls are in the order of the
// stream: each copy has to be a prefix of what that worker receives next, and the bytes of each
// writer have to go on where they stopped.  Where they do not, and splice() put or took them, or
// took what was received before them, it is blamed; else it is the affair of other checkers.
//
// Time O(n log n), memory O(n) for n operations.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "src/check/byte_streams.h"
#include "src/check/checker.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kCopyDiffers, Clause::kSpliceMisplaced};

constexpr auto kWrittenKind = static_cast<std::uint16_t>(ExtentKind::kWritten);
constexpr auto kUntoldKind = static_cast<std::uint16_t>(ExtentKind::kUntold);

// The bytes of an extent from so many on.
Extent Behind(Extent extent, std::uint32_t bytes) {
  extent.position += extent.kind == kWrittenKind ? bytes : 0;
  extent.bytes -= bytes;
  return extent;
}

// The first bytes of both may be the same ones.
bool MayBeSame(const Extent& one, const Extent& other) {
  if (one.kind == kUntoldKind || other.kind == kUntoldKind) return true;
  return one.kind == other.kind && (one.kind != kWrittenKind ||
                                    (one.writer == other.writer && one.position == other.position));
}

// What was received, with what the decoder could not tell.
std::deque<Extent> AllOf(const History& history, const Operation& op) {
  const auto received = history.received(op);
  std::deque<Extent> all(received.begin(), received.end());
  auto missing = static_cast<std::uint64_t>(op.result);
  for (const Extent& extent : all) missing -= extent.bytes;
  if (missing > 0) {
    all.push_back({.bytes = static_cast<std::uint32_t>(missing), .kind = kUntoldKind});
  }
  return all;
}

bool Receives(Effect effect) { return effect == Effect::kTake || effect == Effect::kPeek; }
bool Moves(Effect effect) { return effect == Effect::kTake || effect == Effect::kPut; }

// The receptions of one worker, which is the only receiver of an object.
class ReceiverJudge {
 public:
  ReceiverJudge(const ByteStreams& streams, const ObjectView& object, Tally& copies, Tally& splices)
      : streams_(streams), object_(object), copies_(copies), splices_(splices) {}

  void Receive(std::uint32_t id) {
    const Operation& op = streams_.operation(id);
    const bool peeks = streams_.history().effect(op) == Effect::kPeek;
    if (op.requested == 0 || !(op.succeeded() || op.failed_with(EAGAIN))) return;
    const std::deque<Extent> extents =
        op.succeeded() && op.result > 0 ? AllOf(streams_.history(), op) : std::deque<Extent>();
    if (peeks && !extents.empty()) copies_.AddChances(1);
    Compare(id, extents, peeks);
    if (!peeks) Continue(id, extents);
  }

 private:
  // With what was copied and not taken since.
  void Compare(std::uint32_t id, const std::deque<Extent>& received, bool peeks) {
    std::deque<Extent> now = received;
    std::deque<Extent> left = copied_;
    if (now.empty() && !left.empty()) Differs(id, "nothing");
    while (!now.empty() && !left.empty()) {
      if (!MayBeSame(now.front(), left.front())) {
        Differs(id, "other bytes");
        left.clear();
        break;
      }
      const std::uint32_t bytes = std::min(now.front().bytes, left.front().bytes);
      for (std::deque<Extent>* extents : {&now, &left}) {
        extents->front() = Behind(extents->front(), bytes);
        if (extents->front().bytes == 0) extents->pop_front();
      }
    }
    if (!peeks) {
      copied_ = left;
    } else if (left.empty() && !received.empty()) {
      copied_ = received;  // a copy that goes further
      copy_ = id;
    }
  }

  void Differs(std::uint32_t id, std::string_view what) {
    copies_.Break(
        fmt::format("what tee() had copied was left unread, and {} came in its place", what),
        Witness(streams_.history(), {copy_, id}));
    copied_.clear();
  }

  // Each writer's bytes go on where they stopped.
  void Continue(std::uint32_t id, const std::deque<Extent>& received) {
    for (const Extent& extent : received) {
      if (extent.kind != kWrittenKind) {
        untold_bytes_ += extent.bytes;
        continue;
      }
      const auto [known, first] = ends_.try_emplace(extent.writer, End{extent.position, id});
      const std::uint64_t end = known->second.position;
      const bool excused = extent.position > end && extent.position - end <= untold_bytes_;
      if (excused) untold_bytes_ -= extent.position - end;
      if (!first && extent.position != end && !excused) Misplaced(id, extent, known->second);
      known->second = {.position = extent.position + extent.bytes, .take = id};
    }
  }

  // Where a writer's bytes stopped, and who had received them.
  struct End {
    std::uint64_t position = 0;
    std::uint32_t take = 0;
  };

  void Misplaced(std::uint32_t id, const Extent& extent, const End& end) {
    const std::uint64_t from = std::min(extent.position, end.position);
    const std::uint64_t until = std::max(extent.position, end.position);
    std::optional<std::uint32_t> culprit;
    for (const std::uint32_t take : {end.take, id}) {
      if (streams_.operation(take).argument == kBySplice) culprit = take;
    }
    for (const Put& put : streams_.puts(object_)) {
      const bool touched =
          put.writer == extent.writer && put.position < until && put.position + put.bytes > from;
      if (touched && streams_.operation(put.id).argument == kBySplice) culprit = put.id;
    }
    if (!culprit) return;
    splices_.Break(
        fmt::format("{} came where those from {} on were due, and splice() had moved them",
                    BytesText(extent.writer, extent.position, extent.bytes), end.position),
        Witness(streams_.history(), {*culprit, end.take, id}));
  }

  const ByteStreams& streams_;
  const ObjectView& object_;
  Tally& copies_;
  Tally& splices_;
  std::deque<Extent> copied_;  // and not taken yet
  std::uint32_t copy_ = 0;     // the call that copied them
  std::map<std::uint16_t, End> ends_;
  std::uint64_t untold_bytes_ = 0;
};

// The only worker that ever received of the object; none when there were several, or none.
std::optional<std::uint16_t> OnlyReceiver(const History& history, std::uint8_t object) {
  std::optional<std::uint16_t> only;
  for (const Operation& op : history.operations) {
    const Effect effect = history.effect(op);
    // What a name leads to may be another object, or have lost what was in it.
    if (op.object == object && effect == Effect::kMakeName) return std::nullopt;
    if (op.object != object || !Receives(effect)) continue;
    if (only.value_or(op.worker) != op.worker) return std::nullopt;
    only = op.worker;
  }
  return only;
}

void JudgeSplices(const ByteStreams& streams, std::vector<Judgement>& judgements) {
  const History& history = streams.history();
  const bool any = std::ranges::any_of(history.operations, [&](const Operation& op) {
    return op.argument == kBySplice &&
           (Moves(history.effect(op)) || history.effect(op) == Effect::kPeek);
  });
  if (!any || !history.header.complete) return;
  Tally copies(Clause::kCopyDiffers);
  Tally splices(Clause::kSpliceMisplaced);
  for (const ObjectView& object : streams.objects()) {
    const auto receiver = OnlyReceiver(history, object.object);
    if (!receiver || object.discards) continue;
    ReceiverJudge judge(streams, object, copies, splices);
    for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
      const Operation& op = history.operations[id];
      if (op.object != object.object) continue;
      const Effect effect = history.effect(op);
      if (Moves(effect) && op.argument == kBySplice && op.succeeded() && op.result > 0) {
        splices.AddChances(1);
      }
      if (Receives(effect)) judge.Receive(id);
    }
  }
  for (const Tally* tally : {&copies, &splices}) tally->Report(judgements);
}

const CheckerRegistration kRegistration({.name = "splices",
                                         .oracle = "O-BYTES",
                                         .clauses = kClauses,
                                         .judge = JudgeAlone<JudgeSplices>,
                                         .judge_streams = JudgeSplices});

}  // namespace
}  // namespace parley

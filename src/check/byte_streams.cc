#include "src/check/byte_streams.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/base/check.h"
#include "src/check/ends_generations.h"
#include "src/check/merge_runs.h"
#include "src/check/repeats.h"
#include "src/check/stream_part.h"

namespace parley {
namespace {

constexpr std::uint32_t kNoStream = 0xffffffffU;

}  // namespace

// Makes the view in four passes: count, fill, order the takes, cut what they received.
class StreamsMaker {
 public:
  explicit StreamsMaker(ByteStreams& view) : view_(view), history_(*view.history_) {
    for (std::size_t call = 0; call < history_.calls.size() && call < effects_.size(); ++call) {
      effects_[call] = history_.calls[call].effect;
      gathers_[call] = history_.calls[call].gathers;
    }
  }

  void Make() {
    CHECK(history_.operations.size() < kNoPut);
    Measure();
    Count();
    LayOut();
    Fill();
    for (std::uint32_t object = 0; object < view_.objects_.size(); ++object) {
      OrderTakes(view_.objects_[object]);
      CutAll(view_.objects_[object]);
      if (view_.objects_[object].discards) {
        ForgiveRests(view_.objects_[object]);
      }
    }
    if (unordered_) {
      FindRepeats(history_, view_.pieces_, view_.puts_, view_.repeats_);
    }
  }

 private:
  // Operations of one worker on one object.
  struct Cell {
    std::uint32_t puts = 0;
    std::uint32_t interrupted = 0;
    std::uint32_t takes = 0;
    std::uint32_t stream = kNoStream;
  };
  struct Timed {
    std::uint64_t invoked_ns;
    std::uint32_t id;
  };

  Cell& CellOf(std::uint8_t object, std::uint16_t worker) {
    return cells_[object * worker_count_ + worker];
  }

  void Measure() {
    worker_count_ = history_.workers.size();
    std::size_t object_count = 0;
    for (const Operation& op : history_.operations) {
      worker_count_ = std::max<std::size_t>(worker_count_, op.worker + 1U);
      object_count = std::max<std::size_t>(object_count, op.object + 1U);
    }
    view_.objects_.resize(object_count);
    for (std::size_t object = 0; object < object_count; ++object) {
      view_.objects_[object].object = static_cast<std::uint8_t>(object);
    }
    cells_.resize(object_count * worker_count_);
  }

  void Count() {
    std::vector<std::uint32_t> makings(view_.objects_.size());
    for (std::uint32_t id = 0; id < history_.operations.size(); ++id) {
      const Operation& op = history_.operations[id];
      const Part part = PartOf(op, effects_[op.call]);
      if (effects_[op.call] == Effect::kMakeName && MayHaveHappened(op)) {
        view_.objects_[op.object].one_queue = ++makings[op.object] == 1;
      }
      if (effects_[op.call] == Effect::kSetPackets && op.argument != 0 && MayHaveHappened(op)) {
        view_.objects_[op.object].discards = true;
      }
      if (part == Part::kNone) {
        continue;
      }
      ObjectView& object = view_.objects_[op.object];
      Cell& cell = CellOf(op.object, op.worker);
      switch (part) {
        case Part::kPut:
          ++cell.puts;
          object.maybe_put_count += op.outcome == Outcome::kMaybe ? 1 : 0;
          break;
        case Part::kInterruptedPut:
          ++cell.interrupted;
          ++object.interrupted_put_count;
          break;
        case Part::kSwallowingTake:
          ++object.maybe_take_count;
          object.swallowed_bytes_max += op.requested;
          [[fallthrough]];
        case Part::kTake:
          ++cell.takes;
          break;
        case Part::kInterruptedTake:
          ++object.interrupted_take_count;
          if (op.returned_ns >= object.interrupted_take_returned_ns_max) {
            object.interrupted_take_returned_ns_max = op.returned_ns;
            object.interrupted_take = id;
          }
          break;
        case Part::kNone:
          break;
      }
    }
  }

  // Turns the counts of the cells into the places where their operations begin.
  void LayOut() {
    std::uint32_t puts = 0;
    std::uint32_t takes = 0;
    for (ObjectView& object : view_.objects_) {
      object.streams.begin = static_cast<std::uint32_t>(view_.streams_.size());
      object.puts.begin = puts;
      object.takes.begin = takes;
      for (std::size_t worker = 0; worker < worker_count_; ++worker) {
        Cell& cell = CellOf(object.object, static_cast<std::uint16_t>(worker));
        object.reader_count += cell.takes > 0 ? 1 : 0;
        if (cell.puts > 0 || cell.interrupted > 0) {
          cell.stream = static_cast<std::uint32_t>(view_.streams_.size());
          view_.streams_.push_back({.writer = static_cast<std::uint16_t>(worker),
                                    .object = object.object,
                                    .puts = {puts, puts + cell.puts},
                                    .interrupted = {}});
        }
        puts += std::exchange(cell.puts, puts);
        takes += std::exchange(cell.takes, takes);
      }
      object.streams.end = static_cast<std::uint32_t>(view_.streams_.size());
      object.puts.end = puts;
      object.takes.end = takes;
    }
    view_.puts_.resize(puts);
    view_.takes_.resize(takes);
  }

  void Fill() {
    for (std::uint32_t id = 0; id < history_.operations.size(); ++id) {
      const Operation& op = history_.operations[id];
      switch (PartOf(op, effects_[op.call])) {
        case Part::kPut:
          view_.puts_[CellOf(op.object, op.worker).puts++] = PutOf(op, gathers_[op.call], id);
          break;
        case Part::kInterruptedPut:
          AddInterrupted(view_.streams_[CellOf(op.object, op.worker).stream], op, id);
          break;
        case Part::kTake:
        case Part::kSwallowingTake:
          view_.takes_[CellOf(op.object, op.worker).takes++].id = id;
          break;
        case Part::kInterruptedTake:
        case Part::kNone:
          break;
      }
    }
    cursors_.reserve(view_.streams_.size());
    for (const StreamView& stream : view_.streams_) {
      const auto puts = std::span(view_.puts_).subspan(stream.puts.begin, stream.puts.size());
      if (!std::ranges::is_sorted(puts, {}, &Put::position)) {
        std::ranges::sort(puts, {}, [](const Put& put) { return std::pair(put.position, put.id); });
      }
      cursors_.push_back(stream.puts.begin);
    }
  }

  static void AddInterrupted(StreamView& stream, const Operation& op, std::uint32_t id) {
    // A history whose positions go back is nobody's; the search needs them ascending.
    if (stream.interrupted.empty() || stream.interrupted.back().position <= op.position) {
      stream.interrupted.push_back({.position = op.position, .requested = op.requested, .id = id});
      stream.interrupted_bytes_max = std::max(stream.interrupted_bytes_max, op.requested);
    }
  }

  void OrderTakes(ObjectView& object) {
    if (object.reader_count < 2) {
      return;
    }
    const auto takes = std::span(view_.takes_).subspan(object.takes.begin, object.takes.size());
    std::vector<Timed> order;
    order.reserve(takes.size());
    for (const TakeView& take : takes) {
      order.push_back({history_.operations[take.id].invoked_ns, take.id});
    }
    MergeRuns(order, [](const Timed& a, const Timed& b) { return a.invoked_ns < b.invoked_ns; });
    for (std::size_t i = 0; i < takes.size(); ++i) {
      takes[i].id = order[i].id;
    }
    object.serialised = Serialised(order);
  }

  // In the order of invocation.  A worker does one call after another, so that when neighbours of
  // different workers are ordered, all are.
  bool Serialised(const std::vector<Timed>& order) const {
    for (std::size_t i = 1; i < order.size(); ++i) {
      const Operation& before = history_.operations[order[i - 1].id];
      const Operation& after = history_.operations[order[i].id];
      if (before.worker != after.worker && !history_.precedes(before, after)) {
        return false;
      }
    }
    return true;
  }

  // Cuts what the takes of the object received into pieces.
  void CutAll(ObjectView& object) {
    object.pieces.begin = static_cast<std::uint32_t>(view_.pieces_.size());
    last_put_ = kNoPut;
    for (std::uint32_t i = object.takes.begin; i < object.takes.end; ++i) {
      TakeView& take = view_.takes_[i];
      take.first_piece = static_cast<std::uint32_t>(view_.pieces_.size());
      const Operation& op = history_.operations[take.id];
      if (op.outcome != Outcome::kReturned) {
        continue;
      }
      std::uint64_t told_bytes = 0;
      for (std::uint32_t e = op.first_extent; e < op.first_extent + op.extent_count; ++e) {
        told_bytes += history_.extents[e].bytes;
        Cut(object, take, e);
      }
      const auto received_bytes = static_cast<std::uint64_t>(op.result);
      object.unknown_bytes += received_bytes > told_bytes ? received_bytes - told_bytes : 0;
    }
    CHECK(view_.pieces_.size() < kNoPut);
    object.pieces.end = static_cast<std::uint32_t>(view_.pieces_.size());
  }

  // What was received in part and is not a packet's is the stepwise checker's to miss.
  void ForgiveRests(const ObjectView& object) {
    for (std::uint32_t i = object.puts.begin; i < object.puts.end; ++i) {
      Put& put = view_.puts_[i];
      put.received = put.received > 0 ? std::max(put.received, put.bytes) : 0;
    }
  }

  void Cut(ObjectView& object, const TakeView& take, std::uint32_t extent_index) {
    const Extent& extent = history_.extents[extent_index];
    if (extent.bytes == 0) {
      return;
    }
    if (extent.kind == static_cast<std::uint16_t>(ExtentKind::kUntold)) {
      object.unknown_bytes += extent.bytes;
      return;
    }
    std::uint32_t stream = kNoStream;
    const bool written = extent.kind == static_cast<std::uint16_t>(ExtentKind::kWritten);
    if (!written) {
      object.unidentified_bytes += extent.bytes;
    } else if (extent.writer < worker_count_) {
      stream = CellOf(object.object, extent.writer).stream;
    }
    std::uint64_t position = extent.position;
    std::uint32_t left = extent.bytes;
    while (left > 0) {
      std::uint64_t bytes = left;
      const std::uint32_t index = stream == kNoStream ? kNoPut : Find(stream, position, bytes);
      if (index == kNoPut) {
        object.unsent_bytes += written ? bytes : 0;
        view_.pieces_.push_back({.put = kNoPut,
                                 .offset = extent_index,
                                 .bytes = static_cast<std::uint32_t>(bytes),
                                 .take = take.id});
      } else {
        Add(object, take, index, static_cast<std::uint32_t>(position - view_.puts_[index].position),
            static_cast<std::uint32_t>(bytes));
      }
      position += bytes;
      left -= static_cast<std::uint32_t>(bytes);
    }
  }

  // The put that holds the position; kNoPut when none does.  Lowers bytes to what it holds of them
  // from there on, or to what lies before the next put.
  std::uint32_t Find(std::uint32_t stream, std::uint64_t position, std::uint64_t& bytes) {
    const Range range = view_.streams_[stream].puts;
    const std::span<const Put> puts(view_.puts_);
    const auto holds = [&](std::uint32_t index) {
      return index < range.end && puts[index].position <= position &&
             position - puts[index].position < puts[index].bytes;
    };
    std::uint32_t& cursor = cursors_[stream];
    if (!holds(cursor)) {
      if (holds(cursor + 1)) {
        ++cursor;
      } else {
        const auto next = std::ranges::upper_bound(puts.subspan(range.begin, range.size()),
                                                   position, {}, &Put::position);
        const auto after =
            range.begin +
            static_cast<std::uint32_t>(next - puts.subspan(range.begin, range.size()).begin());
        if (after == range.begin || !holds(after - 1)) {
          if (after < range.end) {
            bytes = std::min(bytes, puts[after].position - position);
          }
          return kNoPut;
        }
        cursor = after - 1;
      }
    }
    bytes = std::min(bytes, puts[cursor].bytes - (position - puts[cursor].position));
    return cursor;
  }

  void Add(const ObjectView& object, const TakeView& take, std::uint32_t index,
           std::uint32_t offset, std::uint32_t bytes) {
    Put& put = view_.puts_[index];
    if (put.received > 0) {
      if (offset < put.high) {
        put.flags |= Put::kUnordered;
        unordered_ = true;
      }
      const bool adjacent = last_put_ == index;
      if (object.serialised) {
        put.flags |= adjacent ? 0 : Put::kSplit;
      } else if (!InTake(take, index)) {
        put.flags |= Put::kCut;
      } else if (!adjacent) {
        put.flags |= Put::kSplit;
      }
    }
    put.received += bytes;
    put.high = std::max(put.high, offset + bytes);
    last_put_ = index;
    view_.pieces_.push_back({.put = index, .offset = offset, .bytes = bytes, .take = take.id});
  }

  // Did the take receive bytes of the put already?
  bool InTake(const TakeView& take, std::uint32_t index) const {
    const auto pieces = std::span(view_.pieces_).subspan(take.first_piece);
    return std::any_of(pieces.rbegin(), pieces.rend(),
                       [&](const Piece& piece) { return piece.put == index; });
  }

  ByteStreams& view_;
  const History& history_;
  std::array<Effect, 256> effects_ = [] {
    std::array<Effect, 256> effects;
    effects.fill(Effect::kOther);
    return effects;
  }();
  std::array<bool, 256> gathers_{};
  std::size_t worker_count_ = 0;
  std::vector<Cell> cells_;             // by object, worker
  std::vector<std::uint32_t> cursors_;  // by stream: the put found last
  std::uint32_t last_put_ = kNoPut;     // of the piece before, nobody's bytes left out
  bool unordered_ = false;
};

ByteStreams::ByteStreams(const History& history) : history_(&history) {
  StreamsMaker(*this).Make();
}

const StreamView& ByteStreams::StreamOf(const Put& put) const {
  const auto of_object = streams(objects_[put.object]);
  const auto found = std::ranges::lower_bound(of_object, put.writer, {}, &StreamView::writer);
  CHECK(found != of_object.end() && found->writer == put.writer);
  return *found;
}

const InterruptedPut* StreamView::InterruptedAt(std::uint64_t position) const {
  // They ascend in position, so only those of the last interrupted_bytes_max can reach that far.
  auto put = std::ranges::upper_bound(interrupted, position, {}, &InterruptedPut::position);
  while (put != interrupted.begin()) {
    --put;
    if (position - put->position < put->requested) {
      return &*put;
    }
    if (position - put->position >= interrupted_bytes_max) {
      break;
    }
  }
  return nullptr;
}

}  // namespace parley

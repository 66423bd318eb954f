// What the checkers of byte streams share: a history seen as streams of bytes.  Per object the puts
// of each writer by position, and what the takes received, cut at the borders of puts.
//
// Made once for a history, in time O(n log k) for n operations of k workers; at most 50 bytes an
// operation.  Holds a reference to the history.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "src/check/checker.h"
#include "src/history/history.h"

namespace parley {

inline constexpr std::uint32_t kNoPut = 0xffffffffU;

// A put that accepted bytes, or may have: killed inside (maybe) or still inside (pending).
struct Put {
  enum Flag : std::uint8_t {
    kMaybe = 1,
    kPending = 2,
    kNonblocking = 4,
    kGathers = 8,
    // Received with bytes of another put in between.  With concurrent readers only what one take
    // shows.
    kSplit = 16,
    kCut = 32,        // received by more than one take
    kUnordered = 64,  // some byte was received after, or again with, a byte of a higher position
    kRepeated = 128,  // some byte was received more than once
  };

  std::uint64_t position = 0;   // of the first byte in the writer's stream
  std::uint32_t bytes = 0;      // accepted; requested when maybe or pending
  std::uint32_t requested = 0;  // bytes
  std::uint32_t id = 0;         // of the operation
  std::uint16_t writer = 0;
  std::uint8_t object = 0;
  std::uint8_t flags = 0;
  // Distinct bytes received.  All, when reads discard (ObjectView::discards) and it was received in
  // part: the rest may have been a packet's.
  std::uint32_t received = 0;
  std::uint32_t high = 0;  // end of the highest byte received, from the put's first byte

  bool has(Flag flag) const { return (flags & flag) != 0; }
  bool returned() const { return (flags & (kMaybe | kPending)) == 0; }
};

// Bytes of one put, received by one take side by side.
struct Piece {
  std::uint32_t put = kNoPut;  // index in ByteStreams::puts(); kNoPut: nobody's bytes
  std::uint32_t offset = 0;    // in the put; kNoPut: index of the extent in History::extents
  std::uint32_t bytes = 0;
  std::uint32_t take = 0;  // id of the operation
};

// A take that received bytes, or that may have swallowed some (maybe; it has no pieces).
struct TakeView {
  std::uint32_t id = 0;
  std::uint32_t first_piece = 0;  // its pieces end where the next take's begin
};

// A put that failed with EINTR.  Had it had an effect, its bytes would have these positions.
struct InterruptedPut {
  std::uint64_t position = 0;
  std::uint32_t requested = 0;
  std::uint32_t id = 0;
};

// Bytes of one put that were received by two pieces.
struct Repeat {
  std::uint32_t put = 0;
  std::uint32_t offset = 0;
  std::uint32_t bytes = 0;
  std::uint32_t earlier = 0;  // pieces, in the order of ByteStreams::pieces()
  std::uint32_t later = 0;
  bool same_reader = false;
};

// Part of a vector: indices [begin, end).
struct Range {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t size() const { return end - begin; }
};

// One writer on one object.
struct StreamView {
  std::uint16_t writer = 0;
  std::uint8_t object = 0;
  Range puts;                               // ascending in position
  std::vector<InterruptedPut> interrupted;  // in program order, ascending in position
  std::uint32_t interrupted_bytes_max = 0;  // what the largest of them asked for

  // The put that failed with EINTR and would have put a byte at the position; null when none.
  const InterruptedPut* InterruptedAt(std::uint64_t position) const;
};

// One object.
struct ObjectView {
  std::uint8_t object = 0;
  // No two takes of different workers overlap: the takes, and so the pieces, are in the order of
  // the stream.  Else they are in the order of invocation, each worker's in program order.
  bool serialised = true;
  // Its name was made once: whatever was put and taken went through one queue.  Else what lies
  // between two puts, or before one, may have gone through another.
  bool one_queue = true;
  // O_DIRECT was set: a read may have discarded the rest of what it received.
  bool discards = false;
  Range streams;
  Range puts;
  Range takes;
  Range pieces;
  std::uint32_t reader_count = 0;  // workers with a take in `takes`
  std::uint32_t interrupted_put_count = 0;
  std::uint32_t interrupted_take_count = 0;
  std::uint64_t interrupted_take_returned_ns_max = 0;
  std::uint32_t interrupted_take = 0;  // the one that returned last
  std::uint32_t maybe_put_count = 0;
  std::uint32_t maybe_take_count = 0;
  std::uint64_t swallowed_bytes_max = 0;  // by takes killed inside: the sum of what they asked for
  std::uint64_t unknown_bytes = 0;        // received, but the decoder could not tell what
  std::uint64_t unidentified_bytes = 0;   // kUnidentified or kOverwritten
  std::uint64_t unsent_bytes = 0;         // kWritten, but of no put on record

  // Bytes that may be missing among those received without anything being wrong.
  std::uint64_t allowance_bytes() const {
    if (discards && unknown_bytes > 0) return kNever;
    return swallowed_bytes_max + unknown_bytes + unidentified_bytes;
  }
};

class ByteStreams {
 public:
  explicit ByteStreams(const History& history);

  const History& history() const { return *history_; }
  std::span<const ObjectView> objects() const { return objects_; }
  std::span<const StreamView> streams() const { return streams_; }
  std::span<const Put> puts() const { return puts_; }
  std::span<const TakeView> takes() const { return takes_; }
  std::span<const Piece> pieces() const { return pieces_; }
  std::span<const Repeat> repeats() const { return repeats_; }  // ascending in put

  std::span<const StreamView> streams(const ObjectView& object) const {
    return streams().subspan(object.streams.begin, object.streams.size());
  }
  std::span<const Put> puts(const ObjectView& object) const {
    return puts().subspan(object.puts.begin, object.puts.size());
  }
  std::span<const Put> puts(const StreamView& stream) const {
    return puts().subspan(stream.puts.begin, stream.puts.size());
  }
  std::span<const TakeView> takes(const ObjectView& object) const {
    return takes().subspan(object.takes.begin, object.takes.size());
  }
  std::span<const Piece> pieces(const ObjectView& object) const {
    return pieces().subspan(object.pieces.begin, object.pieces.size());
  }
  // The pieces of the take at that index of takes().
  Range PiecesOf(std::uint32_t take) const {
    return {takes_[take].first_piece, take + 1 < takes_.size()
                                          ? takes_[take + 1].first_piece
                                          : static_cast<std::uint32_t>(pieces_.size())};
  }
  // The stream that the put belongs to.
  const StreamView& StreamOf(const Put& put) const;

  const Operation& operation(std::uint32_t id) const { return history_->operations[id]; }
  bool atomic(const Put& put) const { return put.requested <= history_->header.atomic_bytes; }
  // Nothing of what is absent was missed: the objects were emptied and every call is on record.
  bool ended() const { return history_->header.drained && history_->header.complete; }

 private:
  friend class StreamsMaker;

  const History* history_;
  std::vector<ObjectView> objects_;
  std::vector<StreamView> streams_;
  std::vector<Put> puts_;
  std::vector<TakeView> takes_;
  std::vector<Piece> pieces_;
  std::vector<Repeat> repeats_;
};

// A Checker::judge for a checker that works on the view.
template <void (*kJudge)(const ByteStreams&, std::vector<Judgement>&)>
void JudgeAlone(const History& history, std::vector<Judgement>& judgements) {
  kJudge(ByteStreams(history), judgements);
}

}  // namespace parley

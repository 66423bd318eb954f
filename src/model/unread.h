// What a pipe may hold, without knowing how it keeps it: the liberal level.
//
// Of each write it is known how many of its bytes went in at least and at most, and how many of
// them were received.  In between lie the writes in flight, and those whose process was killed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "src/model/stepped_view.h"

namespace parley::model {

// Are the bytes of a write packets (O_DIRECT, pipe(2)), of which a read discards what it does not
// take?  kPerhaps: it may share a page with bytes written before O_DIRECT was set, or the flag may
// have changed while it slept.
enum class Packets : std::uint8_t { kNo, kPerhaps, kYes };

// What one write put in.
struct Deposit {
  std::uint32_t id = 0;  // of the operation
  std::uint16_t writer = 0;
  bool atomic = false;   // of at most PIPE_BUF bytes
  bool settled = false;  // not in flight any more
  std::uint64_t position = 0;
  std::uint32_t requested = 0;
  std::uint32_t least = 0;  // bytes put
  std::uint32_t most = 0;
  std::uint32_t taken = 0;
  std::uint32_t skip = 0;  // bytes behind those taken that may have been discarded
  std::uint64_t settled_step = 0;
  Packets packets = Packets::kNo;

  std::uint64_t next() const { return position + taken; }
  // Certainly unread bytes.
  std::uint64_t left() const {
    const std::uint64_t gone = std::uint64_t{taken} + skip;
    return gone < least ? least - gone : 0;
  }
  bool unread() const { return left() > 0; }
};

class UnreadBytes {
 public:
  explicit UnreadBytes(std::uint32_t page_bytes) : page_bytes_(page_bytes) {}

  // A write has begun.
  void Begin(std::uint32_t id, const Operation& op, bool atomic, Packets packets);
  // Whether what is in flight makes packets is not told any more.
  void DoubtPackets();
  // It is over, and put so many bytes in.  No effect when it never began.
  void Settle(std::uint32_t id, std::uint64_t least, std::uint64_t most, std::uint64_t step);
  // Its process was killed: whatever is possible.
  void Abandon(std::uint32_t id, std::uint64_t step);

  // Bytes were received: takes as many of them as are the next ones of one deposit.
  // Returns: their number, 0 when they are not the next ones of any; place: in deposits().
  std::uint32_t Take(std::uint16_t writer, std::uint64_t position, std::uint32_t bytes,
                     std::size_t& place);
  // How many bytes would have been discarded before them, if they are the next ones of any.
  std::optional<std::uint64_t> GapBefore(std::uint16_t writer, std::uint64_t position) const;
  // The same as Take of bytes whose origin is unknown.
  void TakeUnknown(std::uint64_t bytes);
  // A read has ended with so many bytes of the deposit at that place: if they were a packet's, the
  // rest of it is gone.  full: the read had no room for more.
  void EndTake(std::size_t place, std::uint32_t bytes, bool full);
  // The write whose packet these bytes were the discarded rest of; kNoOperation when they were not.
  std::uint32_t DiscardedOf(std::uint16_t writer, std::uint64_t position) const;
  // Whatever is unread is packets, or nothing is.
  bool only_packets() const;
  // Drops what was received whole; places in deposits() change.
  void Tidy();

  // It was found empty at some instant of the step.
  void FoundEmpty(std::uint64_t step);
  // What is unread may be gone.
  void Doubt();

  // Bytes that it certainly holds, that it may hold.
  std::uint64_t least() const;
  std::uint64_t most() const;
  // Pages that its content may occupy when no two writes share one.
  std::uint64_t pages_most() const;
  bool knows_all() const { return unknown_taken_ == 0; }

  const std::vector<Deposit>& deposits() const { return deposits_; }

 private:
  std::uint32_t page_bytes_;
  std::vector<Deposit> deposits_;   // in the order in which the writes began
  std::vector<Deposit> discarded_;  // packets of which a rest is gone
  std::uint64_t unknown_taken_ = 0;
};

}  // namespace parley::model

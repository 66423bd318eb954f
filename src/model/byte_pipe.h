// The bytes of one pipe, as Linux keeps them: a ring of page slots.
//
// A write of n bytes that finds something unread appends its first n mod page bytes to the newest
// slot when they fit behind what was written there; everything else takes a slot of its own, a page
// at a time.  A slot is free again when its last byte was read.
//
// In packet mode (O_DIRECT, pipe(2)) such a slot is a packet: nothing is merged into it, and a read
// that comes to it ends with it and discards what it does not take.  A packet that begins with
// bytes merged into a page that is none (written before O_DIRECT was set) is no packet there.
//
// splice() moves slots as they are, or a part of one, and what it puts in is never merged into the
// newest slot (the page is another one); a write may be merged into what it put in.
//
// Source: Linux fs/pipe.c, pipe_write() and pipe_read(); fs/splice.c, splice_pipe_to_pipe().
#pragma once

#include <cstdint>
#include <vector>

namespace parley::model {

// bytes of one writer's stream from position on.
struct ByteRun {
  std::uint64_t position = 0;
  std::uint32_t bytes = 0;
  std::uint16_t writer = 0;

  bool operator==(const ByteRun&) const = default;
};

// Appends run to runs, to the last of them when it continues it.
void AppendRun(std::vector<ByteRun>& runs, ByteRun run);

class BytePipe {
 public:
  BytePipe(std::uint64_t capacity_bytes, std::uint32_t page_bytes)
      : page_bytes_(page_bytes),
        slots_max_(static_cast<std::uint32_t>(capacity_bytes / page_bytes)) {}

  bool empty() const { return slots_.empty(); }
  bool full() const { return slots_.size() >= slots_max_; }
  std::uint32_t page_bytes() const { return page_bytes_; }
  std::uint64_t capacity_bytes() const { return std::uint64_t{slots_max_} * page_bytes_; }
  std::uint64_t unread_bytes() const;

  // Puts run into the newest slot if it fits there: all or nothing.
  bool Merge(ByteRun run);
  // Puts run, a page at most, into a slot of its own; the pipe is not full.
  void PutPage(ByteRun run, bool packet = false);

  // Takes up to that many bytes, appending them to taken; discards the rest of a packet.
  // Returns: whether a slot of a full pipe became free.
  bool Take(std::uint64_t bytes, std::vector<ByteRun>& taken);

  // splice(): takes up to that many bytes of up to that many slots, packets or not.
  // Returns: whether a slot became free.
  bool Move(std::uint64_t bytes, std::uint32_t slots, std::vector<ByteRun>& taken);
  // tee(): the same, and leaves it as it is.
  std::vector<ByteRun> Copy(std::uint64_t bytes, std::uint32_t slots) const;

  // Returns: false, and nothing changes, when more slots are in use.
  bool Resize(std::uint32_t slots);

  // A number that differs when the pipe behaves differently, as far as its content goes; roughly.
  std::uint64_t Shape() const;

  bool operator==(const BytePipe&) const = default;

 private:
  struct Slot {
    std::uint32_t end = 0;  // in the page, of what was written
    std::uint32_t bytes = 0;
    bool packet = false;

    bool operator==(const Slot&) const = default;
  };

  void TakeContent(std::uint32_t bytes, std::vector<ByteRun>& taken);

  std::uint32_t page_bytes_;
  std::uint32_t slots_max_;
  std::vector<Slot> slots_;
  std::vector<ByteRun> content_;
};

}  // namespace parley::model

// A port's handles: small numbers, each standing for one descriptor, none used twice.
//
// Fixed memory, no allocation, no system call, plain data: a forked child inherits it as it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace parley {

// Bits: which ends of an object a handle holds.
enum class End : std::uint8_t { kReading = 1, kWriting = 2, kBoth = 3 };

class HandleTable {
 public:
  // Numbers begin at first; those below it are for the caller to give.
  explicit HandleTable(std::uint16_t first = 1) : first_(first), next_(first) {}

  // Handles that may be live at one time.
  static constexpr std::size_t kLiveMax = 4096;
  // The last handle; behind it the table gives no more until Clear().
  static constexpr std::uint16_t kHandleMax = 65535;

  struct Entry {
    int fd = -1;
    std::uint16_t handle = 0;  // 0: the slot is free
    std::uint16_t older = 0;   // neighbours by age, 0 at the ends
    std::uint16_t newer = 0;
    // Handles that share an open file description, and with it O_NONBLOCK: the first one's number.
    std::uint16_t description = 0;
    End ends = End::kBoth;
    bool nonblocking = false;

    bool holds(End end) const {
      return (static_cast<unsigned>(ends) & static_cast<unsigned>(end)) != 0;
    }
  };

  // The handle that Add may use next; 0 when there is none left.  Costs nothing to give up.
  std::uint16_t Next();

  // handle: from Next(), or one below the first that is not live.
  void Add(std::uint16_t handle, int fd, End ends, bool nonblocking);

  // Like Add, for a descriptor made by dup(): same ends, same open file description as source.
  void AddDuplicate(std::uint16_t handle, int fd, const Entry& source);

  // The live handle of that number; null when there is none.
  const Entry* Find(std::uint16_t handle) const;

  // The newest live handle, of all or of those that hold an end; null when there is none.
  // Time: linear in the live handles that are newer.
  const Entry* Newest() const { return Find(newest_); }
  const Entry* Newest(End end) const;

  // O_NONBLOCK changed: of every handle of the same open file description.
  void SetNonblocking(std::uint16_t handle, bool nonblocking);

  // Ends a live handle; does not close its descriptor.
  void Remove(std::uint16_t handle);

  // Forgets all handles, ended ones too: numbers begin at the first again.
  void Clear();

 private:
  Entry& Slot(std::uint16_t handle) { return slots_[handle % kLiveMax]; }
  const Entry& Slot(std::uint16_t handle) const { return slots_[handle % kLiveMax]; }

  std::array<Entry, kLiveMax> slots_{};
  std::uint16_t first_;
  std::uint32_t next_;
  std::uint16_t newest_ = 0;
};

}  // namespace parley

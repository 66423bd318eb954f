// What the argument and the result of a call on locks stand for.
//
// Source: POSIX.1-2024 fcntl() F_SETLK, F_GETLK (l_start and l_len from SEEK_SET, negative l_len).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace parley {

// l_start and l_len of a call.  Length 0: to the end of the file, wherever it will be.  Negative:
// the bytes before the start.
struct LockRange {
  std::uint32_t start = 0;
  std::int32_t length = 0;

  bool operator==(const LockRange&) const = default;
};

constexpr std::uint64_t PackRange(LockRange range) {
  return std::uint64_t{static_cast<std::uint32_t>(range.length)} << 32U | range.start;
}

constexpr LockRange UnpackRange(std::uint64_t argument) {
  return {.start = static_cast<std::uint32_t>(argument),
          .length = static_cast<std::int32_t>(static_cast<std::uint32_t>(argument >> 32U))};
}

inline constexpr std::int64_t kLastByte = std::numeric_limits<std::int64_t>::max();

// The bytes from first to last, both included.
struct Bytes {
  std::int64_t first = 0;
  std::int64_t last = kLastByte;

  bool operator==(const Bytes&) const = default;
  constexpr bool Meets(const Bytes& other) const {
    return first <= other.last && other.first <= last;
  }
};

// Nothing when the range begins before the file does: EINVAL.
constexpr std::optional<Bytes> BytesOf(LockRange range) {
  const std::int64_t start = range.start;
  if (range.length == 0) return Bytes{.first = start, .last = kLastByte};
  if (range.length > 0) return Bytes{.first = start, .last = start + range.length - 1};
  if (start + range.length < 0) return std::nullopt;
  return Bytes{.first = start + range.length, .last = start - 1};
}

// Who is in the way, as the result of a call that asks: 0 when nobody is.
struct LockHolder {
  std::optional<std::uint16_t> worker;  // nothing: the system names none (a description's lock)
  bool exclusive = false;

  bool operator==(const LockHolder&) const = default;
};

// 2 (the worker's number + 2), or 2 where there is none, plus 1 when exclusive.
constexpr std::int64_t PackHolder(LockHolder holder) {
  const std::int64_t who = holder.worker ? *holder.worker + 2 : 1;
  return 2 * who + (holder.exclusive ? 1 : 0);
}

// In place of a packed holder: a process that is no worker any more, so that its number is unknown.
inline constexpr std::int64_t kGoneHolder = 1;

// Nothing when nobody is in the way, or one who has gone.
constexpr std::optional<LockHolder> UnpackHolder(std::int64_t result) {
  if (result < 2) return std::nullopt;
  LockHolder holder{.worker = std::nullopt, .exclusive = result % 2 != 0};
  if (result >= 4) holder.worker = static_cast<std::uint16_t>(result / 2 - 2);
  return holder;
}

}  // namespace parley

// What a single operation is to a stream of bytes; for byte_streams.cc.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>

#include "src/check/byte_streams.h"
#include "src/history/history.h"

namespace parley {

// What an operation is to a stream of bytes.
enum class Part : std::uint8_t {
  kNone,
  kPut,              // accepted bytes, or may have
  kInterruptedPut,   // failed with EINTR
  kTake,             // received bytes
  kSwallowingTake,   // was killed inside
  kInterruptedTake,  // failed with EINTR
};

inline Part PartOf(const Operation& op, Effect effect) {
  if (effect != Effect::kPut && effect != Effect::kTake) {
    return Part::kNone;
  }
  const bool put = effect == Effect::kPut;
  if (op.outcome != Outcome::kReturned) {
    if (op.requested == 0) {
      return Part::kNone;
    }
    return put ? Part::kPut : op.outcome == Outcome::kMaybe ? Part::kSwallowingTake : Part::kNone;
  }
  if (op.system_error == EINTR && op.requested > 0) {
    return put ? Part::kInterruptedPut : Part::kInterruptedTake;
  }
  if (op.system_error != 0 || op.result <= 0) {
    return Part::kNone;
  }
  return put ? Part::kPut : Part::kTake;
}

inline std::uint32_t Clamped(std::int64_t bytes) {
  return static_cast<std::uint32_t>(
      std::min<std::int64_t>(bytes, std::numeric_limits<std::uint32_t>::max() - 1));
}

inline Put PutOf(const Operation& op, bool gathers, std::uint32_t id) {
  Put put{.position = op.position,
          .bytes = op.requested,
          .requested = op.requested,
          .id = id,
          .writer = op.worker,
          .object = op.object};
  if (op.outcome == Outcome::kReturned) {
    put.bytes = Clamped(op.result);
  }
  put.flags = static_cast<std::uint8_t>((op.outcome == Outcome::kMaybe ? Put::kMaybe : 0) |
                                        (op.outcome == Outcome::kPending ? Put::kPending : 0) |
                                        (op.nonblocking ? Put::kNonblocking : 0) |
                                        (gathers ? Put::kGathers : 0));
  return put;
}

}  // namespace parley

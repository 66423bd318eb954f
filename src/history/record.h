// What a worker writes down about one call: 64 bytes in shared memory, in two phases, without a
// system call.  A worker that is killed inside the call leaves the first phase, a pending
// operation.
#pragma once

#include <cstdint>
#include <type_traits>

namespace parley {

// A run of bytes (or one message) of one writer: the unit in which receptions are recorded.
// position counts from 0 in the writer's own stream of accepted bytes on that object.
struct Extent {
  std::uint64_t position = 0;
  std::uint32_t bytes = 0;
  std::uint16_t writer = 0;
  std::uint16_t kind = 0;  // ExtentKind

  bool operator==(const Extent&) const = default;
};

enum class ExtentKind : std::uint8_t {
  kWritten = 0,   // bit-identical to what that writer sent at that position
  kUnidentified,  // bytes that no writer's stream contains here
  kOverwritten,   // the pattern that a writer puts in its buffer after a call has returned
  kUntold,        // as they have to be, but too few to tell whose, or where in a writer's stream
};

enum class RecordKind : std::uint8_t { kEmpty = 0, kOperation, kExtents };

// Bits of OperationRecord::flags.
inline constexpr std::uint8_t kFlagNonblocking = 1;   // the descriptor had O_NONBLOCK
inline constexpr std::uint8_t kFlagInlineExtent = 2;  // extent_* holds the one extent received

// returned_ns is stored last; 0 means that the call has not returned.
struct alignas(64) OperationRecord {
  RecordKind kind;
  std::uint8_t call;    // index in the facility's table of calls
  std::uint8_t object;  // logical object of the round
  std::uint8_t flags;
  std::uint16_t worker;  // history id, unique per process of the round
  std::uint16_t handle;  // which of the worker's descriptors; for opens and dups the new one
  std::uint64_t invoked_ns;
  std::uint64_t returned_ns;
  std::int64_t result;     // what the call returned
  std::uint64_t argument;  // the call's other argument (capacity, source handle)
  std::uint64_t
      position;  // puts: first byte's position in the writer's stream; takes: the extent's
  std::uint32_t requested;  // bytes asked for
  std::uint32_t extent_bytes;
  std::uint16_t extent_writer;
  std::uint16_t system_error;
  std::uint16_t extent_kind;
  std::uint16_t pieces;  // segments of a gathering or scattering call
};
static_assert(sizeof(OperationRecord) == 64 && std::is_trivially_copyable_v<OperationRecord>);

// What a worker received on one object, in the coordinates of its own stream of received bytes.
// Follows the operations that received it; written only when an operation has more than one extent
// or when the bytes could not be told apart at once.
struct alignas(64) ExtentsRecord {
  RecordKind kind;
  std::uint8_t count;
  std::uint8_t object;
  std::uint8_t spare;
  std::uint16_t worker;
  std::uint16_t spare16;
  std::uint64_t received_position;  // of the first extent's first byte
  Extent extents[3];
};
static_assert(sizeof(ExtentsRecord) == 64 && std::is_trivially_copyable_v<ExtentsRecord>);

}  // namespace parley

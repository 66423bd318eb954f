// Shared-memory logs: each worker appends to its own; the crew's owner reads them when the round is
// over, or while it runs.  Appending makes no system call and survives the writer's death.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "src/base/clock.h"
#include "src/history/history.h"
#include "src/history/record.h"

namespace parley {

// Where one worker's records lie in the crew's shared mapping, and how many there are.
// Lines of its own (two: the hardware fetches neighbours), since each worker counts at every call.
struct alignas(128) LogRegion {
  std::uint64_t offset = 0;    // of the first record, counted in records
  std::uint64_t capacity = 0;  // records
  std::atomic<std::uint64_t> count{0};
};

// The writing side.  One process at a time.
class LogWriter {
 public:
  LogWriter() = default;
  LogWriter(std::byte* records, LogRegion* region)
      : records_(reinterpret_cast<OperationRecord*>(records) + region->offset), region_(region) {}

  // Records that may still be appended.
  std::uint64_t Room() const {
    return region_->capacity - region_->count.load(std::memory_order_relaxed);
  }

  // First phase: publishes record as pending.  The caller makes the call next.  Needs Room() >= 1.
  // invoked_ns: a time not after the call; an earlier one, such as the return of the worker's
  // previous call, makes the operation's interval wider and its order weaker, never wrong.
  // record: kind and times are filled in here.
  OperationRecord* Begin(const OperationRecord& record, std::uint64_t invoked_ns) {
    const std::uint64_t index = region_->count.load(std::memory_order_relaxed);
    OperationRecord* slot = records_ + index;
    *slot = record;
    slot->kind = RecordKind::kOperation;
    slot->returned_ns = 0;
    slot->invoked_ns = invoked_ns;
    region_->count.store(index + 1, std::memory_order_release);
    return slot;
  }

  // Second phase: what the call returned at returned_ns.
  static void End(OperationRecord* slot, std::uint64_t returned_ns) {
    std::atomic_ref<std::uint64_t>(slot->returned_ns).store(returned_ns, std::memory_order_release);
  }

  // Appends what was received beyond inline extents, three a record.  received_position: of the
  // first extent's first byte in the worker's own stream of received bytes on the object.
  // Returns false when the log is full: the rest is not recorded.
  bool Extents(std::uint16_t worker, std::uint8_t object, std::uint64_t received_position,
               std::span<const Extent> extents);

  // Records that Extents() needs for that many extents.
  static std::uint64_t RecordsFor(std::size_t extents) { return (extents + 2) / 3; }

 private:
  OperationRecord* records_ = nullptr;
  LogRegion* region_ = nullptr;
};

// One log as the reader sees it.
struct LogView {
  std::span<const OperationRecord> records;
};

// Puts the logs together: operations in the order of the logs, extents attached to the takes that
// received them, outcomes decided by the kills among the faults.  Everything else of the history
// (header, calls, workers, faults) must be set already.
void AssembleOperations(std::span<const LogView> logs, History& history);

// True when the operations show that every object was read to its end after the last put, and that
// no instant lay between at which all its handles may have been closed: then nothing accepted may
// be missing.
bool WasDrained(const History& history);

}  // namespace parley

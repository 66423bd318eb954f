#include "src/history/log.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

namespace parley {
namespace {

using StreamKey = std::pair<std::uint16_t, std::uint8_t>;  // worker, object

// What one worker received on one object, beyond inline extents.
struct ReceivedRun {
  std::uint64_t position;
  Extent extent;
};

struct ReceivedStream {
  std::vector<ReceivedRun> runs;  // ascending positions
  std::size_t cursor = 0;
  std::uint64_t taken = 0;  // bytes of the takes visited so far
};

using ReceivedStreams = std::map<StreamKey, ReceivedStream>;

void CollectRuns(const OperationRecord& raw, ReceivedStreams& streams) {
  ExtentsRecord record;
  std::memcpy(&record, &raw, sizeof record);
  ReceivedStream& stream = streams[{record.worker, record.object}];
  std::uint64_t position = record.received_position;
  for (std::size_t i = 0; i < record.count && i < std::size(record.extents); ++i) {
    stream.runs.push_back({position, record.extents[i]});
    position += record.extents[i].bytes;
  }
}

// Cuts the runs that lie in [from, to) out of the stream, as extents of one take.
void AppendExtents(ReceivedStream& stream, std::uint64_t from, std::uint64_t to,
                   std::vector<Extent>& out) {
  while (stream.cursor < stream.runs.size()) {
    const ReceivedRun& run = stream.runs[stream.cursor];
    const std::uint64_t end = run.position + run.extent.bytes;
    if (end <= from) {
      ++stream.cursor;
      continue;
    }
    if (run.position >= to) return;
    const std::uint64_t low = std::max(from, run.position);
    const std::uint64_t high = std::min(to, end);
    Extent part = run.extent;
    part.position += low - run.position;
    part.bytes = static_cast<std::uint32_t>(high - low);
    out.push_back(part);
    if (end > to) return;
    ++stream.cursor;
  }
}

Operation FromRecord(const OperationRecord& record) {
  Operation op;
  op.invoked_ns = record.invoked_ns;
  op.argument = record.argument;
  op.requested = record.requested;
  op.worker = record.worker;
  op.handle = record.handle;
  op.pieces = record.pieces;
  op.call = record.call;
  op.object = record.object;
  op.nonblocking = (record.flags & kFlagNonblocking) != 0;
  if (record.returned_ns == 0) {
    op.outcome = Outcome::kPending;
  } else {
    op.returned_ns = record.returned_ns;
    op.result = record.result;
    op.system_error = record.system_error;
  }
  return op;
}

// Handles of one object over time, just enough to see whether it was ever without any.
class Liveness {
 public:
  void Held(std::uint64_t from, std::uint64_t until) {
    if (from < until) holds_.push_back({from, until});
  }

  bool Throughout(std::uint64_t from, std::uint64_t until) {
    std::ranges::sort(holds_);
    std::uint64_t covered = from;
    for (const auto& [begin, end] : holds_) {
      if (begin > covered) break;
      covered = std::max(covered, end);
    }
    return covered >= until;
  }

 private:
  std::vector<std::pair<std::uint64_t, std::uint64_t>> holds_;
};

std::uint64_t DeathOf(const History& history, std::uint16_t worker) {
  for (const Fault& fault : history.faults) {
    if (fault.kind == FaultKind::kKill && fault.worker == worker) return fault.invoked_ns;
  }
  return kNever;
}

Liveness HandlesOf(const History& history) {
  std::map<std::pair<std::uint16_t, std::uint16_t>, std::uint64_t> ends;
  for (const Operation& op : history.operations) {
    if (history.effect(op) == Effect::kClose) ends[{op.worker, op.handle}] = op.invoked_ns;
  }
  Liveness liveness;
  for (const Operation& op : history.operations) {
    if (!MakesHandle(history.effect(op)) || !op.succeeded()) continue;
    const auto end = ends.find({op.worker, op.handle});
    liveness.Held(op.returned_ns,
                  std::min(end == ends.end() ? kNever : end->second, DeathOf(history, op.worker)));
  }
  return liveness;
}

}  // namespace

bool LogWriter::Extents(std::uint16_t worker, std::uint8_t object, std::uint64_t received_position,
                        std::span<const Extent> extents) {
  while (!extents.empty()) {
    if (Room() == 0) return false;
    ExtentsRecord record{};
    record.kind = RecordKind::kExtents;
    record.object = object;
    record.worker = worker;
    record.received_position = received_position;
    while (!extents.empty() && record.count < std::size(record.extents)) {
      record.extents[record.count++] = extents.front();
      received_position += extents.front().bytes;
      extents = extents.subspan(1);
    }
    const std::uint64_t index = region_->count.load(std::memory_order_relaxed);
    std::memcpy(static_cast<void*>(records_ + index), &record, sizeof record);
    region_->count.store(index + 1, std::memory_order_release);
  }
  return true;
}

void AssembleOperations(std::span<const LogView> logs, History& history) {
  ReceivedStreams streams;
  std::size_t operations = 0;
  for (const LogView& log : logs) {
    for (const OperationRecord& record : log.records) {
      if (record.kind == RecordKind::kExtents) CollectRuns(record, streams);
      if (record.kind == RecordKind::kOperation) ++operations;
    }
  }
  std::map<std::uint16_t, std::uint64_t> deaths;
  for (const Fault& fault : history.faults) {
    if (fault.kind == FaultKind::kKill) deaths[fault.worker] = fault.returned_ns;
  }
  history.operations.reserve(operations);
  history.extents.reserve(operations / 2);
  ReceivedStream* stream = nullptr;
  StreamKey key{0, 0};
  for (const LogView& log : logs) {
    for (const OperationRecord& record : log.records) {
      if (record.kind != RecordKind::kOperation) continue;
      Operation op = FromRecord(record);
      const Effect effect = history.effect(op);
      if (effect == Effect::kPut) op.position = record.position;
      if (op.outcome == Outcome::kPending) {
        if (const auto death = deaths.find(op.worker); death != deaths.end()) {
          op.outcome = Outcome::kMaybe;
          op.returned_ns = death->second;
        }
      }
      const bool receives = effect == Effect::kTake || effect == Effect::kPeek;
      if (receives && op.succeeded() && op.result > 0) {
        if (stream == nullptr || key != StreamKey{op.worker, op.object}) {
          key = {op.worker, op.object};
          stream = &streams[key];
        }
        const auto bytes = static_cast<std::uint64_t>(op.result);
        op.first_extent = static_cast<std::uint32_t>(history.extents.size());
        if ((record.flags & kFlagInlineExtent) != 0) {
          history.extents.push_back({.position = record.position,
                                     .bytes = record.extent_bytes,
                                     .writer = record.extent_writer,
                                     .kind = record.extent_kind});
        } else {
          AppendExtents(*stream, stream->taken, stream->taken + bytes, history.extents);
        }
        stream->taken += bytes;
        op.extent_count = static_cast<std::uint32_t>(history.extents.size()) - op.first_extent;
      }
      history.operations.push_back(op);
    }
  }
}

namespace {

// Of messages, a receive that would take any says so when there is none: each send that had
// returned by then was before it.  Another queue may have come under a name that was removed.
bool FoundEmpty(const History& history) {
  std::uint64_t last_put = 0;
  std::uint64_t empty = 0;
  for (const Operation& op : history.operations) {
    const Effect effect = history.effect(op);
    if (effect == Effect::kRemoveName || effect == Effect::kRemoveObject) return false;
    if (effect == Effect::kPut) {
      last_put = std::max(last_put, op.returned_ns == kNever ? op.invoked_ns : op.returned_ns);
    } else if (effect == Effect::kTake && (op.failed_with(EAGAIN) || op.failed_with(ENOMSG)) &&
               TakesAny(history.calls[op.call].select)) {
      empty = std::max(empty, op.invoked_ns);
    }
  }
  return empty > last_put;
}

}  // namespace

bool WasDrained(const History& history) {
  if (history.header.family == Family::kMessages) return FoundEmpty(history);
  std::uint64_t first_put = kNever;
  std::uint64_t last_put = 0;
  std::uint64_t end_of_file = 0;
  for (const Operation& op : history.operations) {
    const Effect effect = history.effect(op);
    if (op.outcome == Outcome::kPending || effect == Effect::kRemoveName) return false;
    if (effect == Effect::kPut) {
      first_put = std::min(first_put, op.invoked_ns);
      last_put = std::max(last_put, op.returned_ns);
    } else if (effect == Effect::kTake && op.requested > 0 && op.succeeded() && op.result == 0) {
      // It says that no writer was left: every put that had returned by then was before it.
      end_of_file = std::max(end_of_file, op.returned_ns);
    }
  }
  if (end_of_file == 0 || (first_put != kNever && end_of_file <= last_put)) return false;
  if (first_put == kNever) return true;
  return HandlesOf(history).Throughout(first_put, end_of_file);
}

}  // namespace parley

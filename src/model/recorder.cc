#include "src/model/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "src/base/check.h"

namespace parley::model {
namespace {

constexpr std::uint64_t kDefaultCapacityBytes = 65536;

// As the facilities name them.
const std::vector<Call>& AllCalls() {
  static const std::vector<Call> calls = {
      {.name = "write", .effect = Effect::kPut},
      {.name = "writev", .effect = Effect::kPut, .gathers = true},
      {.name = "read", .effect = Effect::kTake},
      {.name = "poll_read", .effect = Effect::kPoll},
      {.name = "poll_write", .effect = Effect::kPoll},
      {.name = "dup", .effect = Effect::kDuplicate},
      {.name = "close", .effect = Effect::kClose},
      {.name = "set_nonblock", .effect = Effect::kSetNonblocking},
      {.name = "set_capacity", .effect = Effect::kResize},
      {.name = "get_capacity", .effect = Effect::kQueryCapacity},
      {.name = "unread", .effect = Effect::kQueryUnread},
      {.name = "lseek", .effect = Effect::kSeek},
      {.name = "ftruncate", .effect = Effect::kTruncate},
      {.name = "fstat", .effect = Effect::kQueryKind},
      {.name = "pipe", .effect = Effect::kMakePair},
      {.name = "set_packet", .effect = Effect::kSetPackets},
      {.name = "hold_read", .effect = Effect::kOpenRead},
      {.name = "hold_write", .effect = Effect::kOpenWrite},
      {.name = "open_read", .effect = Effect::kOpenRead},
      {.name = "open_write", .effect = Effect::kOpenWrite},
      {.name = "open_both", .effect = Effect::kOpenBoth},
      {.name = "open_read_nonblock", .effect = Effect::kOpenRead},
      {.name = "open_write_nonblock", .effect = Effect::kOpenWrite},
      {.name = "make", .effect = Effect::kMakeName},
      {.name = "unlink", .effect = Effect::kRemoveName},
      {.name = "rename", .effect = Effect::kRenameName},
      {.name = "link", .effect = Effect::kLinkName},
      {.name = "exists", .effect = Effect::kQueryName},
      {.name = "create", .effect = Effect::kCreateFile},
      {.name = "create_at", .effect = Effect::kCreateFileAt},
      {.name = "change_mode", .effect = Effect::kChangeMode},
      {.name = "open_as", .effect = Effect::kOpenFile},
      {.name = "use_open", .effect = Effect::kUseFile},
      {.name = "remove", .effect = Effect::kRemoveFile},
  };
  return calls;
}

}  // namespace

Recorder::Recorder(std::string facility, std::uint16_t workers, std::uint64_t capacity_bytes) {
  history_.header.facility = std::move(facility);
  history_.header.mode = "stepped";
  history_.header.default_capacity_bytes = kDefaultCapacityBytes;
  history_.header.capacity_bytes = capacity_bytes;
  history_.calls = AllCalls();
  history_.workers.resize(workers);
}

std::uint32_t Recorder::Begin(std::uint16_t worker, std::string_view call, std::uint16_t handle) {
  const auto found = std::ranges::find(history_.calls, call, &Call::name);
  CHECK(found != history_.calls.end());
  history_.operations.push_back({.invoked_ns = step_ * kStepNs,
                                 .worker = worker,
                                 .handle = handle,
                                 .call = static_cast<std::uint8_t>(found - history_.calls.begin()),
                                 .outcome = Outcome::kPending});
  return static_cast<std::uint32_t>(history_.operations.size() - 1);
}

void Recorder::Return(std::uint32_t id, std::int64_t result, int system_error) {
  Operation& op = at(id);
  op.returned_ns = step_ * kStepNs + kReturnNs;
  op.result = result;
  op.system_error = static_cast<std::uint16_t>(system_error);
  op.outcome = Outcome::kReturned;
}

void Recorder::Receive(std::uint32_t id, std::span<const Extent> extents) {
  at(id).first_extent = static_cast<std::uint32_t>(history_.extents.size());
  at(id).extent_count = static_cast<std::uint32_t>(extents.size());
  history_.extents.insert(history_.extents.end(), extents.begin(), extents.end());
}

std::uint32_t Recorder::Did(std::uint16_t worker, std::string_view call, std::uint16_t handle,
                            std::int64_t result, int system_error) {
  const std::uint32_t id = Begin(worker, call, handle);
  Return(id, result, system_error);
  return id;
}

void Recorder::Fault(FaultKind kind, std::uint16_t worker) {
  const std::uint64_t begin_ns = step_ * kStepNs;
  history_.faults.push_back({.kind = kind,
                             .worker = worker,
                             .invoked_ns = begin_ns,
                             .returned_ns = begin_ns + kReturnNs});
  if (kind != FaultKind::kKill) return;
  for (Operation& op : history_.operations) {
    if (op.worker != worker || op.outcome != Outcome::kPending) continue;
    op.outcome = Outcome::kMaybe;
    op.returned_ns = begin_ns + kReturnNs;
  }
}

std::string Listing(const History& history) {
  std::multimap<std::uint64_t, std::string> lines;
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    std::string line =
        fmt::format("#{} worker {} {}(handle {}, {} bytes, argument {})", id, op.worker,
                    history.calls[op.call].name, op.handle, op.requested, op.argument);
    if (op.outcome == Outcome::kReturned) {
      line += fmt::format(" = {} errno {} in step {}", op.result, op.system_error,
                          StepAt(op.returned_ns));
    }
    for (const Extent& extent : history.received(op)) {
      line += fmt::format(" [{}@{}+{}]", extent.writer, extent.position, extent.bytes);
    }
    lines.emplace(StepAt(op.invoked_ns), line);
  }
  for (const Fault& fault : history.faults) {
    lines.emplace(StepAt(fault.invoked_ns),
                  fmt::format("worker {} fault {}", fault.worker, static_cast<int>(fault.kind)));
  }
  std::string text;
  for (const auto& [step, line] : lines) text += fmt::format("{}: {}\n", step, line);
  return text;
}

}  // namespace parley::model

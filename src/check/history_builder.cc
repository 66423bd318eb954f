#include "src/check/history_builder.h"

#include <algorithm>

#include "src/base/check.h"

namespace parley {
namespace {

constexpr std::uint64_t kCapacityBytes = 65536;

std::uint64_t SumOf(const std::vector<Extent>& extents) {
  std::uint64_t bytes = 0;
  for (const Extent& extent : extents) {
    bytes += extent.bytes;
  }
  return bytes;
}

std::int64_t ResultOf(Effect effect, const CallSpec& spec, const std::vector<Extent>& extents) {
  if (spec.result) {
    return *spec.result;
  }
  if (spec.error != 0) {
    return -1;
  }
  if (spec.to == kNever) {
    return 0;
  }
  switch (effect) {
    case Effect::kPut:
      return spec.bytes;
    case Effect::kTake:
    case Effect::kPeek:
      return static_cast<std::int64_t>(SumOf(extents));
    case Effect::kResize:
      return static_cast<std::int64_t>(spec.argument);
    default:
      return 0;
  }
}

}  // namespace

Extent Written(std::uint16_t writer, std::uint64_t position, std::uint32_t bytes) {
  return {.position = position,
          .bytes = bytes,
          .writer = writer,
          .kind = static_cast<std::uint16_t>(ExtentKind::kWritten)};
}

Extent Unidentified(std::uint32_t bytes) {
  return {.bytes = bytes, .kind = static_cast<std::uint16_t>(ExtentKind::kUnidentified)};
}

Extent Overwritten(std::uint32_t bytes) {
  return {.bytes = bytes, .kind = static_cast<std::uint16_t>(ExtentKind::kOverwritten)};
}

HistoryBuilder::HistoryBuilder() {
  history_.header.facility = "pipe";
  history_.header.default_capacity_bytes = kCapacityBytes;
  history_.header.capacity_bytes = kCapacityBytes;
  history_.calls = {
      {.name = "write", .effect = Effect::kPut},
      {.name = "writev", .effect = Effect::kPut, .gathers = true},
      {.name = "read", .effect = Effect::kTake},
      {.name = "readv", .effect = Effect::kTake, .gathers = true},
      {.name = "open_read", .effect = Effect::kOpenRead},
      {.name = "open_write", .effect = Effect::kOpenWrite},
      {.name = "open_both", .effect = Effect::kOpenBoth},
      {.name = "dup", .effect = Effect::kDuplicate},
      {.name = "close", .effect = Effect::kClose},
      {.name = "set_nonblocking", .effect = Effect::kSetNonblocking},
      {.name = "resize", .effect = Effect::kResize},
      {.name = "query_capacity", .effect = Effect::kQueryCapacity},
      {.name = "query_unread", .effect = Effect::kQueryUnread},
      {.name = "poll", .effect = Effect::kPoll},
      {.name = "make_name", .effect = Effect::kMakeName},
      {.name = "remove_name", .effect = Effect::kRemoveName},
      {.name = "query_name", .effect = Effect::kQueryName},
      {.name = "rename_name", .effect = Effect::kRenameName},
      {.name = "link_name", .effect = Effect::kLinkName},
      {.name = "probe_handle", .effect = Effect::kProbeHandle},
      {.name = "other", .effect = Effect::kOther},
      {.name = "seek", .effect = Effect::kSeek},
      {.name = "truncate", .effect = Effect::kTruncate},
      {.name = "query_kind", .effect = Effect::kQueryKind},
      {.name = "make_pair", .effect = Effect::kMakePair},
      {.name = "set_packets", .effect = Effect::kSetPackets},
      {.name = "tee", .effect = Effect::kPeek},
  };
}

HistoryBuilder& HistoryBuilder::Worker(std::string role, WorkerSpec spec) {
  history_.workers.push_back({.role = std::move(role),
                              .topology = spec.topology,
                              .creator = spec.creator,
                              .interrupted = spec.interrupted});
  return *this;
}

std::uint8_t HistoryBuilder::CallOf(Effect effect, bool gathers) const {
  const auto found = std::ranges::find_if(history_.calls, [&](const Call& call) {
    return call.effect == effect && call.gathers == gathers;
  });
  CHECK(found != history_.calls.end());
  return static_cast<std::uint8_t>(found - history_.calls.begin());
}

std::uint16_t HistoryBuilder::NewHandle(Effect effect, std::uint16_t worker, const CallSpec& spec) {
  if (spec.error != 0 || spec.to == kNever) {
    return spec.handle;
  }
  std::vector<Handle>& handles = handles_[worker];
  Handle made{.number = spec.handle,
              .reads = effect == Effect::kOpenRead || effect == Effect::kOpenBoth,
              .writes = effect == Effect::kOpenWrite || effect == Effect::kOpenBoth};
  for (const Handle& handle : handles) {
    if (spec.handle == 0) {
      made.number = std::max(made.number, handle.number);
    }
    if (effect == Effect::kDuplicate && handle.number == spec.argument) {
      made.reads = handle.reads;
      made.writes = handle.writes;
    }
  }
  if (spec.handle == 0) {
    ++made.number;
  }
  handles.push_back(made);
  return made.number;
}

std::uint16_t HistoryBuilder::UsedHandle(Effect effect, std::uint16_t worker,
                                         const CallSpec& spec) {
  std::vector<Handle>& handles = handles_[worker];
  for (auto handle = handles.rbegin(); handle != handles.rend(); ++handle) {
    const bool fits = (effect != Effect::kPut || handle->writes) &&
                      (effect != Effect::kTake || handle->reads) && handle->open;
    if (spec.handle == 0 ? fits : handle->number == spec.handle) {
      handle->open = handle->open && effect != Effect::kClose;
      return handle->number;
    }
  }
  return spec.handle;
}

HistoryBuilder& HistoryBuilder::Do(Effect effect, std::uint16_t worker, CallSpec spec,
                                   std::vector<Extent> extents) {
  Operation op{.invoked_ns = spec.from,
               .returned_ns = spec.to,
               .result = ResultOf(effect, spec, extents),
               .argument = spec.argument,
               .requested = spec.bytes,
               .first_extent = static_cast<std::uint32_t>(history_.extents.size()),
               .extent_count = static_cast<std::uint32_t>(extents.size()),
               .system_error = static_cast<std::uint16_t>(spec.error),
               .worker = worker,
               .pieces = spec.pieces,
               .call = CallOf(effect, spec.gathers),
               .object = spec.object,
               .outcome = spec.to == kNever ? Outcome::kPending : Outcome::kReturned,
               .nonblocking = spec.nonblocking};
  op.handle =
      MakesHandle(effect) ? NewHandle(effect, worker, spec) : UsedHandle(effect, worker, spec);
  if (effect == Effect::kPut) {
    std::uint64_t& end = ends_[{worker, spec.object}];
    op.position = spec.position.value_or(end);
    if (op.succeeded() && op.result > 0) {
      end = op.position + static_cast<std::uint64_t>(op.result);
    }
  }
  history_.operations.push_back(op);
  history_.extents.insert(history_.extents.end(), extents.begin(), extents.end());
  return *this;
}

HistoryBuilder& HistoryBuilder::Put(std::uint16_t worker, CallSpec spec) {
  return Do(Effect::kPut, worker, spec);
}
HistoryBuilder& HistoryBuilder::Take(std::uint16_t worker, CallSpec spec,
                                     std::vector<Extent> extents) {
  return Do(Effect::kTake, worker, spec, std::move(extents));
}
HistoryBuilder& HistoryBuilder::OpenRead(std::uint16_t worker, CallSpec spec) {
  return Do(Effect::kOpenRead, worker, spec);
}
HistoryBuilder& HistoryBuilder::OpenWrite(std::uint16_t worker, CallSpec spec) {
  return Do(Effect::kOpenWrite, worker, spec);
}
HistoryBuilder& HistoryBuilder::OpenBoth(std::uint16_t worker, CallSpec spec) {
  return Do(Effect::kOpenBoth, worker, spec);
}
HistoryBuilder& HistoryBuilder::Duplicate(std::uint16_t worker, CallSpec spec) {
  return Do(Effect::kDuplicate, worker, spec);
}
HistoryBuilder& HistoryBuilder::Close(std::uint16_t worker, CallSpec spec) {
  return Do(Effect::kClose, worker, spec);
}
HistoryBuilder& HistoryBuilder::SetNonblocking(std::uint16_t worker, CallSpec spec) {
  return Do(Effect::kSetNonblocking, worker, spec);
}
HistoryBuilder& HistoryBuilder::Resize(std::uint16_t worker, CallSpec spec) {
  return Do(Effect::kResize, worker, spec);
}
HistoryBuilder& HistoryBuilder::MakeName(std::uint16_t worker, CallSpec spec) {
  return Do(Effect::kMakeName, worker, spec);
}
HistoryBuilder& HistoryBuilder::RemoveName(std::uint16_t worker, CallSpec spec) {
  return Do(Effect::kRemoveName, worker, spec);
}
HistoryBuilder& HistoryBuilder::QueryName(std::uint16_t worker, CallSpec spec) {
  return Do(Effect::kQueryName, worker, spec);
}
HistoryBuilder& HistoryBuilder::RenameName(std::uint16_t worker, CallSpec spec) {
  return Do(Effect::kRenameName, worker, spec);
}
HistoryBuilder& HistoryBuilder::ProbeHandle(std::uint16_t worker, CallSpec spec) {
  return Do(Effect::kProbeHandle, worker, spec);
}

HistoryBuilder& HistoryBuilder::AddFault(FaultKind kind, std::uint16_t worker, std::uint64_t from,
                                         std::uint64_t to) {
  history_.faults.push_back(
      {.kind = kind, .worker = worker, .invoked_ns = from, .returned_ns = to});
  return *this;
}

HistoryBuilder& HistoryBuilder::Kill(std::uint16_t worker, std::uint64_t from, std::uint64_t to) {
  for (Operation& op : history_.operations) {
    if (op.worker == worker && op.outcome == Outcome::kPending) {
      op.outcome = Outcome::kMaybe;
      op.returned_ns = to;
    }
  }
  return AddFault(FaultKind::kKill, worker, from, to);
}
HistoryBuilder& HistoryBuilder::Stop(std::uint16_t worker, std::uint64_t from, std::uint64_t to) {
  return AddFault(FaultKind::kStop, worker, from, to);
}
HistoryBuilder& HistoryBuilder::Continue(std::uint16_t worker, std::uint64_t from,
                                         std::uint64_t to) {
  return AddFault(FaultKind::kContinue, worker, from, to);
}

HistoryBuilder& HistoryBuilder::Sighted(const Sighting& sighting) {
  history_.sightings.push_back(sighting);
  return *this;
}
HistoryBuilder& HistoryBuilder::SeenAsleep(std::uint16_t worker, std::uint64_t from_ns,
                                           std::uint64_t until_ns) {
  return Sighted(
      {.worker = worker, .from_ns = from_ns, .until_ns = until_ns, .samples = 20, .steady = true});
}
HistoryBuilder& HistoryBuilder::Residue(std::string line) {
  history_.residue.push_back(std::move(line));
  return *this;
}

HistoryBuilder& HistoryBuilder::AtomicBytes(std::uint64_t bytes) {
  history_.header.atomic_bytes = bytes;
  return *this;
}
HistoryBuilder& HistoryBuilder::CapacityBytes(std::uint64_t bytes, std::uint64_t default_bytes) {
  history_.header.capacity_bytes = bytes;
  history_.header.default_capacity_bytes = default_bytes;
  return *this;
}
HistoryBuilder& HistoryBuilder::ClockSlackNs(std::uint64_t slack_ns) {
  history_.header.clock_slack_ns = slack_ns;
  return *this;
}
HistoryBuilder& HistoryBuilder::Drained() {
  history_.header.drained = true;
  return *this;
}
HistoryBuilder& HistoryBuilder::Incomplete() {
  history_.header.complete = false;
  return *this;
}

}  // namespace parley

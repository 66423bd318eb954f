// Exact level: how calls begin, and those that do their work at once.
#include <poll.h>

#include <algorithm>
#include <bit>
#include <cerrno>

#include "src/model/set_up.h"
#include "src/model/stream_state.h"

namespace parley::model {
namespace {

constexpr std::uint64_t kResizeBytesMax = std::uint64_t{1} << 31U;  // round_pipe_size()

}  // namespace

bool StreamState::BeginCall(std::uint32_t id) {
  const Operation& call = op(id);
  const Effect effect = history().effect(call);
  switch (effect) {
    case Effect::kPut:
      return BeginTransfer(id, Kind::kWrite);
    case Effect::kTake:
    case Effect::kPeek:
      return BeginTransfer(id, Kind::kRead);
    case Effect::kOpenRead:
    case Effect::kOpenWrite:
    case Effect::kOpenBoth:
      if (view_->named()) return BeginOpen(id);
      if (call.succeeded()) {
        HandOut(history(), call, files_);
        CountEnds(0);
      }
      return Finish(id, call.result, call.system_error);
    case Effect::kDuplicate:
      return Duplicate(id);
    case Effect::kClose:
      return Close(id);
    case Effect::kMakeName:
    case Effect::kRemoveName:
    case Effect::kQueryName:
    case Effect::kRenameName:
    case Effect::kLinkName:
      return OnName(id, effect);
    case Effect::kProbeHandle:
    case Effect::kOther:
    case Effect::kCreateFile:
    case Effect::kCreateFileAt:
    case Effect::kChangeMode:
    case Effect::kOpenFile:
    case Effect::kUseFile:
    case Effect::kRemoveFile:
    case Effect::kLock:
    case Effect::kUnlock:
    case Effect::kQueryLock:
    case Effect::kLockInChild:
    case Effect::kDuplicateToChild:
    case Effect::kRemoveObject:
    case Effect::kDeriveKey:
    case Effect::kNotify:
    case Effect::kTakeNotice:
    case Effect::kMakeLimited:
    case Effect::kRunTool:
      return Finish(id, call.result, call.system_error);
    case Effect::kMakePair:
      return RefusedByEnvironment(call) ? Finish(id, call.result, call.system_error)
                                        : Finish(id, 0, 0);
    case Effect::kSetNonblocking:
    case Effect::kSetPackets:
    case Effect::kResize:
    case Effect::kQueryCapacity:
    case Effect::kQueryUnread:
    case Effect::kPoll:
    case Effect::kSeek:
    case Effect::kTruncate:
    case Effect::kQueryKind:
      return OnFile(id, effect);
  }
  return false;
}

bool StreamState::BeginTransfer(std::uint32_t id, Kind kind) {
  const Operation& call = op(id);
  if (BySplice(call) && call.requested == 0) return Finish(id, 0, 0);
  const std::uint16_t file = files_.Find(call.worker, call.handle);
  if (file == kNoFile) return Finish(id, -1, EBADF);
  const OpenFile& used = files_.at(file);
  if (!(kind == Kind::kRead ? used.reads : used.writes)) return Finish(id, -1, EBADF);
  if (call.requested == 0) return Finish(id, 0, 0);
  const auto place = std::ranges::lower_bound(calls_, call.worker, {}, &InFlight::worker);
  calls_.insert(
      place,
      {.operation = id, .worker = call.worker, .file = file, .pipe = used.pipe, .kind = kind});
  return true;
}

bool StreamState::BeginOpen(std::uint32_t id) {
  const Operation& call = op(id);
  if (RefusedByEnvironment(call)) return Finish(id, call.result, call.system_error);
  const auto place = std::ranges::lower_bound(calls_, call.worker, {}, &InFlight::worker);
  calls_.insert(place, {.operation = id, .worker = call.worker, .kind = Kind::kOpen});
  return true;
}

bool StreamState::Duplicate(std::uint32_t id) {
  const Operation& call = op(id);
  if (RefusedByEnvironment(call)) return Finish(id, call.result, call.system_error);
  const std::uint16_t file = files_.Find(call.worker, call.argument);
  if (file == kNoFile) return Finish(id, -1, EBADF);
  files_.Give(call.worker, call.handle, file);
  return Finish(id, 0, 0);
}

bool StreamState::Close(std::uint32_t id) {
  const Operation& call = op(id);
  std::uint16_t file = files_.Drop(call.worker, call.handle);
  if (file == kNoFile) return Finish(id, -1, EBADF);
  for (; file != kNoFile; file = files_.Drop(call.worker, call.handle)) Release(file);
  return Finish(id, 0, 0);
}

bool StreamState::OnFile(std::uint32_t id, Effect effect) {
  const Operation& call = op(id);
  const std::uint16_t file = files_.Find(call.worker, call.handle);
  if (file == kNoFile) return Finish(id, -1, EBADF);
  OpenFile& used = files_.at(file);
  Channel& pipe = pipes_[used.pipe];
  switch (effect) {
    case Effect::kSetNonblocking:
      used.nonblocking = call.argument != 0;
      return Finish(id, 0, 0);
    case Effect::kSetPackets:
      used.packets = call.argument != 0;
      return Finish(id, 0, 0);
    case Effect::kQueryCapacity:
      return Finish(id, static_cast<std::int64_t>(pipe.bytes.capacity_bytes()), 0);
    case Effect::kQueryUnread:
      return Finish(id, static_cast<std::int64_t>(pipe.bytes.unread_bytes()), 0);
    case Effect::kPoll:
      return Poll(id, used, pipe);
    case Effect::kSeek:
      return Finish(id, -1, ESPIPE);
    case Effect::kTruncate:
      return Finish(id, -1, EINVAL);
    case Effect::kQueryKind:
      return Finish(id, 0, 0);
    default:
      return Resize(id, pipe);
  }
}

bool StreamState::Resize(std::uint32_t id, Channel& pipe) {
  const Operation& call = op(id);
  if (call.argument > kResizeBytesMax) return Finish(id, -1, EINVAL);
  const std::uint64_t page_bytes = pipe.bytes.page_bytes();
  const std::uint64_t bytes = std::bit_ceil(std::max(call.argument, page_bytes));
  // Limits of the user and of the system (fs.pipe-max-size) hinder growth.
  if (RefusedByEnvironment(call) && bytes > pipe.bytes.capacity_bytes()) {
    return Finish(id, call.result, call.system_error);
  }
  if (!pipe.bytes.Resize(static_cast<std::uint32_t>(bytes / page_bytes))) {
    return Finish(id, -1, EBUSY);
  }
  WakeOne(pipe.waiting_writers);
  return Finish(id, static_cast<std::int64_t>(bytes), 0);
}

bool StreamState::Poll(std::uint32_t id, const OpenFile& file, Channel& pipe) {
  pipe.polled = true;
  int found = 0;
  if (file.reads) {
    found |= pipe.bytes.empty() ? 0 : POLLIN;
    const bool quiet = file.quiet_since == pipe.writers_ever + 1;
    found |= pipe.writers == 0 && !quiet ? POLLHUP : 0;
  }
  if (file.writes) {
    found |= pipe.bytes.full() ? 0 : POLLOUT;
    found |= pipe.readers == 0 ? POLLERR : 0;
  }
  const int asked = AsksForRoom(history(), op(id)) ? POLLOUT : POLLIN;
  return Finish(id, found & (asked | POLLERR | POLLHUP), 0);
}

bool StreamState::OnName(std::uint32_t id, Effect effect) {
  const Operation& call = op(id);
  if (RefusedByEnvironment(call)) return Finish(id, call.result, call.system_error);
  const bool there = named_ >= 0;
  if (effect == Effect::kMakeName) {
    if (there) return Finish(id, -1, EEXIST);
    named_ = static_cast<std::int32_t>(pipes_.size());
    pipes_.push_back(Fresh());
    return Finish(id, 0, 0);
  }
  if (!there) return Finish(id, -1, ENOENT);
  if (effect == Effect::kRemoveName) named_ = -1;
  if (effect == Effect::kLinkName) {
    if (linked_) return Finish(id, -1, EEXIST);
    linked_ = true;
  }
  return Finish(id, 0, 0);
}

}  // namespace parley::model

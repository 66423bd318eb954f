// Exact level: read(), write(), and what ends them from outside.
#include <algorithm>
#include <cerrno>

#include "src/model/stream_state.h"

namespace parley::model {

bool StreamState::RunRead(InFlight& call) {
  Channel& pipe = channel(call);
  const Operation& read = op(call.operation);
  if (pipe.bytes.empty()) {
    if (pipe.writers == 0) return FinishCall(call, 0, 0);
    if (files_.at(call.file).nonblocking || BySplice(read)) return FinishCall(call, -1, EAGAIN);
    FallAsleep(call, pipe.waiting_readers);
    return true;
  }
  if (BySplice(read)) return SpliceOut(call);
  std::vector<ByteRun> taken;
  const bool made_room = pipe.bytes.Take(read.requested, taken);
  std::int64_t bytes = 0;
  for (const ByteRun& run : taken) bytes += run.bytes;
  if (made_room) WakeOne(pipe.waiting_writers);
  if (call.slept && !pipe.bytes.empty()) WakeOne(pipe.waiting_readers);
  return FinishCall(call, bytes, 0, &taken);
}

// Slots of the fresh pipe on the other side of splice() and tee().
std::uint32_t StreamState::ScratchSlots() const {
  const HistoryHeader& header = history().header;
  return static_cast<std::uint32_t>(FreshCapacityBytes(header) / PageBytes(header));
}

// splice() or tee() out of a pipe that is not empty.
bool StreamState::SpliceOut(InFlight& call) {
  Channel& pipe = channel(call);
  const Operation& splice = op(call.operation);
  std::vector<ByteRun> taken;
  if (history().effect(splice) == Effect::kPeek) {
    taken = pipe.bytes.Copy(splice.requested, ScratchSlots());
  } else if (pipe.bytes.Move(splice.requested, ScratchSlots(), taken)) {
    WakeOne(pipe.waiting_writers);
  }
  std::int64_t bytes = 0;
  for (const ByteRun& run : taken) bytes += run.bytes;
  return FinishCall(call, bytes, 0, &taken);
}

// splice() into a pipe, from one that holds nothing but what is to be put: a slot for each page.
bool StreamState::SpliceIn(InFlight& call) {
  Channel& pipe = channel(call);
  const Operation& splice = op(call.operation);
  const std::uint32_t page_bytes = pipe.bytes.page_bytes();
  const std::uint32_t most = std::min(splice.requested, ScratchSlots() * page_bytes);
  while (call.done < most && !pipe.bytes.full()) {
    const std::uint32_t part = std::min(page_bytes, most - call.done);
    pipe.bytes.PutPage(
        {.position = splice.position + call.done, .bytes = part, .writer = splice.worker});
    call.done += part;
  }
  if (call.done == 0) return FinishCall(call, -1, EAGAIN);
  WakeOne(pipe.waiting_readers);
  return FinishCall(call, call.done, 0);
}

bool StreamState::RunWrite(InFlight& call) {
  Channel& pipe = channel(call);
  if (call.stage == Stage::kReady) return WriteBegins(call);
  if (!call.interrupted && pipe.bytes.full() && pipe.readers > 0) {
    FallAsleep(call, pipe.waiting_writers);
    return true;
  }
  call.was_empty = pipe.bytes.empty();
  call.slept = true;
  return WriteGoesOn(call);
}

bool StreamState::WriteBegins(InFlight& call) {
  Channel& pipe = channel(call);
  const Operation& write = op(call.operation);
  if (pipe.readers == 0) return WriteEnds(call, -1, EPIPE);
  if (BySplice(write)) return SpliceIn(call);
  call.was_empty = pipe.bytes.empty();
  const std::uint32_t odd = write.requested % pipe.bytes.page_bytes();
  if (odd > 0 && !call.was_empty &&
      pipe.bytes.Merge({.position = write.position, .bytes = odd, .writer = write.worker})) {
    call.done = odd;
  }
  return WriteGoesOn(call);
}

// Holding the lock: puts pages until all is put or there is a reason to stop.
bool StreamState::WriteGoesOn(InFlight& call) {
  Channel& pipe = channel(call);
  const Operation& write = op(call.operation);
  const auto so_far = [&](int system_error) {
    return call.done > 0 ? WriteEnds(call, call.done, 0) : WriteEnds(call, -1, system_error);
  };
  while (call.done < write.requested) {
    if (pipe.readers == 0) return so_far(EPIPE);
    if (!pipe.bytes.full()) {
      const std::uint32_t part = std::min(pipe.bytes.page_bytes(), write.requested - call.done);
      pipe.bytes.PutPage(
          {.position = write.position + call.done, .bytes = part, .writer = write.worker},
          files_.at(call.file).packets);
      call.done += part;
    } else if (files_.at(call.file).nonblocking) {
      return so_far(EAGAIN);
    } else if (call.interrupted && call.done == 0 && call.restarts) {
      call.stage = Stage::kReady;
      call.slept = call.interrupted = false;
      return true;
    } else if (call.interrupted) {
      return so_far(EINTR);
    } else {
      call.stage = Stage::kBeforeWait;
      if (call.was_empty) WakeOne(pipe.waiting_readers);
      return true;
    }
  }
  return WriteEnds(call, call.done, 0);
}

bool StreamState::WriteEnds(InFlight& call, std::int64_t result, int system_error) {
  Channel& pipe = channel(call);
  if (call.was_empty || pipe.polled) WakeOne(pipe.waiting_readers);
  if (call.slept && !pipe.bytes.full()) WakeOne(pipe.waiting_writers);
  return FinishCall(call, result, system_error);
}

// A handled signal.  A call that has moved bytes returns their number either way.
bool StreamState::Interrupt(std::uint16_t worker, bool restarts) {
  const auto it = std::ranges::find(calls_, worker, &InFlight::worker);
  if (it == calls_.end()) return true;
  InFlight& call = *it;
  Channel& pipe = channel(call);
  std::erase(pipe.waiting_readers, worker);
  std::erase(pipe.waiting_writers, worker);
  if (call.kind == Kind::kWrite) {
    call.stage = Stage::kWoken;
    call.interrupted = true;
    call.restarts = restarts;
    return true;
  }
  if (call.kind == Kind::kOpen) GiveUpOpen(call);
  if (!restarts) return FinishCall(call, -1, EINTR);
  call.stage = Stage::kReady;
  call.slept = false;
  return true;
}

bool StreamState::Kill(std::uint16_t worker) {
  const auto it = std::ranges::find(calls_, worker, &InFlight::worker);
  if (it != calls_.end()) {
    Channel& pipe = channel(*it);
    std::erase(pipe.waiting_readers, worker);
    std::erase(pipe.waiting_writers, worker);
    if (it->kind == Kind::kOpen) GiveUpOpen(*it);
    calls_.erase(it);
  }
  const auto place = std::ranges::lower_bound(calls_, worker, {}, &InFlight::worker);
  calls_.insert(place, {.worker = worker, .kind = Kind::kExit});
  return true;
}

// Closes one handle after another.
bool StreamState::RunExit(InFlight& call) {
  const std::uint16_t file = files_.DropLowest(call.worker);
  if (file == kNoFile) {
    calls_.erase(calls_.begin() + (&call - calls_.data()));
  } else {
    Release(file);
  }
  return true;
}

// After a handle was dropped: the last one closes the file.
void StreamState::Release(std::uint16_t file) {
  const OpenFile& closed = files_.at(file);
  if (closed.handles > 0) return;
  Channel& pipe = pipes_[closed.pipe];
  pipe.readers -= closed.reads ? 1 : 0;
  pipe.writers -= closed.writes ? 1 : 0;
  if ((pipe.readers == 0) != (pipe.writers == 0)) {
    WakeAll(pipe.waiting_readers);
    WakeAll(pipe.waiting_writers);
  }
  LetGo(closed.pipe);
}

// The last to let go of a pipe takes its content along.
void StreamState::LetGo(std::uint16_t pipe) {
  if (--pipes_[pipe].files == 0) pipes_[pipe] = Fresh();
}

}  // namespace parley::model

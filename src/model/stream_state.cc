#include "src/model/stream_state.h"

#include <algorithm>
#include <cerrno>

#include "src/model/set_up.h"

namespace parley::model {

StreamState::StreamState(const SteppedView& view) : view_(&view) {
  if (!view.named()) {
    pipes_.push_back(Fresh());
    const HistoryHeader& header = history().header;
    if (header.capacity_bytes != 0) {
      pipes_[0].bytes = BytePipe(header.capacity_bytes, PageBytes(header));
    }
  }
}

StreamState::Channel StreamState::Fresh() const {
  const HistoryHeader& header = history().header;
  return {.bytes = BytePipe(FreshCapacityBytes(header), PageBytes(header)),
          .waiting_readers = {},
          .waiting_writers = {}};
}

void StreamState::SetUp(const Step& step) {
  if (SetUpFiles(*view_, step, files_)) {
    named_ = 0;
    pipes_.push_back(Fresh());
  }
  if (!pipes_.empty()) CountEnds(0);
}

// After handles were given without opens.
void StreamState::CountEnds(std::uint16_t pipe) {
  Channel& channel = pipes_[pipe];
  channel.readers = channel.readers_ever = files_.Readers(pipe);
  channel.writers = channel.writers_ever = files_.Writers(pipe);
  channel.files = files_.CountOn(pipe);
}

void StreamState::BeginStep(const Step& step, Matching matching,
                            std::vector<Expected>* predictions) {
  step_ = &step;
  matching_ = matching;
  predictions_ = predictions;
  finished_ = 0;
}

bool StreamState::Begin(const Cause& cause) {
  switch (cause.kind) {
    case CauseKind::kCall:
      return BeginCall(cause.operation);
    case CauseKind::kSignal:
      return Interrupt(cause.worker, false);
    case CauseKind::kSignalRestart:
      return Interrupt(cause.worker, true);
    case CauseKind::kKill:
      return Kill(cause.worker);
  }
  return false;
}

std::size_t StreamState::runnable_count() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(calls_, [](const InFlight& c) { return c.stage != Stage::kAsleep; }));
}

// Who alone is runnable; or who will return whatever the others do, and changes nothing for them:
// end-of-file and EPIPE, since no other end comes into being while somebody is awake.
std::optional<std::size_t> StreamState::Obvious() const {
  std::size_t last = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    const InFlight& call = calls_[i];
    if (call.stage == Stage::kAsleep) continue;
    const bool ready_open = call.kind == Kind::kOpen && call.stage == Stage::kReady;
    if (!ready_open && call.kind != Kind::kExit) {
      const Channel& pipe = pipes_[call.pipe];
      if (call.kind == Kind::kOpen) return i;
      if (call.kind == Kind::kRead && pipe.bytes.empty() && pipe.writers == 0) return i;
      if (call.kind == Kind::kWrite && pipe.readers == 0) return i;
    }
    last = i;
    ++count;
  }
  return count == 1 ? std::optional(last) : std::nullopt;
}

bool StreamState::Run(std::size_t index) {
  InFlight& call = calls_[index];
  switch (call.kind) {
    case Kind::kRead:
      return RunRead(call);
    case Kind::kWrite:
      return RunWrite(call);
    case Kind::kOpen:
      return RunOpen(call);
    case Kind::kExit:
      return RunExit(call);
  }
  return false;
}

bool StreamState::HasReturned(std::uint32_t id) const {
  return std::ranges::binary_search(step_->returned, id);
}

// Bytes of unknown origin match any.
bool StreamState::Matches(const Operation& op, const std::vector<ByteRun>& taken) const {
  std::size_t run = 0;
  std::uint32_t into = 0;  // the run
  for (const Extent& extent : history().received(op)) {
    std::uint32_t at = 0;  // in the extent
    const bool known = extent.kind == static_cast<std::uint16_t>(ExtentKind::kWritten);
    while (at < extent.bytes && run < taken.size()) {
      if (known && (taken[run].writer != extent.writer ||
                    taken[run].position + into != extent.position + at)) {
        return false;
      }
      const std::uint32_t part = std::min(extent.bytes - at, taken[run].bytes - into);
      at += part;
      into += part;
      if (into == taken[run].bytes) {
        ++run;
        into = 0;
      }
    }
  }
  return true;
}

bool StreamState::Finish(std::uint32_t id, std::int64_t result, int system_error,
                         const std::vector<ByteRun>* taken) {
  if (matching_ == Matching::kPredict) {
    predictions_->push_back({.operation = id, .result = result, .system_error = system_error});
    return true;
  }
  const Operation& seen = op(id);
  if (!HasReturned(id) || seen.system_error != system_error || seen.result != result) return false;
  ++finished_;
  return matching_ == Matching::kCountsOnly || taken == nullptr || Matches(seen, *taken);
}

bool StreamState::FinishCall(InFlight& call, std::int64_t result, int system_error,
                             const std::vector<ByteRun>* taken) {
  const std::uint32_t id = call.operation;
  calls_.erase(calls_.begin() + (&call - calls_.data()));
  return Finish(id, result, system_error, taken);
}

void StreamState::FallAsleep(InFlight& call, std::vector<std::uint16_t>& queue) {
  queue.push_back(call.worker);
  call.stage = Stage::kAsleep;
  call.slept = true;
}

void StreamState::WakeOne(std::vector<std::uint16_t>& queue) {
  if (queue.empty()) return;
  const auto call = std::ranges::find(calls_, queue.front(), &InFlight::worker);
  queue.erase(queue.begin());
  call->stage = Stage::kWoken;
}

void StreamState::WakeAll(std::vector<std::uint16_t>& queue) {
  while (!queue.empty()) WakeOne(queue);
}

namespace {

std::uint64_t Mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL;
  return hash ^ hash >> 29U;
}

}  // namespace

std::uint64_t StreamState::Shape() const {
  std::uint64_t hash = Mix(static_cast<std::uint64_t>(named_ >= 0), linked_);
  for (const Channel& pipe : pipes_) {
    if (pipe.files == 0) continue;
    hash = Mix(hash, pipe.bytes.Shape());
    hash = Mix(hash, std::min(pipe.readers, 3U) << 2U | std::min(pipe.writers, 3U));
  }
  for (const InFlight& call : calls_) {
    const std::uint64_t large =
        call.kind == Kind::kWrite && op(call.operation).requested > history().header.atomic_bytes;
    hash = Mix(hash, static_cast<std::uint64_t>(call.kind) << 2U | large << 1U |
                         std::uint64_t{call.done > 0});
  }
  return hash;
}

Fill StreamState::GetFill() const {
  const std::size_t place = view_->named() ? static_cast<std::size_t>(named_) : 0;
  if (place >= pipes_.size()) return {};
  const Channel& pipe = pipes_[place];
  return {.unread = !pipe.bytes.empty(),
          .room = !pipe.bytes.full(),
          .readers = pipe.readers > 0,
          .writers = pipe.writers > 0};
}

bool StreamState::operator==(const StreamState& other) const {
  return finished_ == other.finished_ && named_ == other.named_ && linked_ == other.linked_ &&
         pipes_ == other.pipes_ && files_ == other.files_ && calls_ == other.calls_;
}

}  // namespace parley::model

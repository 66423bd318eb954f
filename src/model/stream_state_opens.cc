// Exact level: opens of a FIFO.
#include <algorithm>
#include <cerrno>

#include "src/model/stream_state.h"

namespace parley::model {

bool StreamState::RunOpen(InFlight& call) {
  if (call.stage == Stage::kReady) return OpenBegins(call);
  Channel& pipe = channel(call);
  const bool reads = history().effect(op(call.operation)) == Effect::kOpenRead;
  if (call.partners_seen != (reads ? pipe.writers_ever : pipe.readers_ever)) {
    return OpenSucceeds(call, {.pipe = call.pipe, .reads = reads, .writes = !reads});
  }
  call.stage = Stage::kAsleep;
  return true;
}

bool StreamState::OpenBegins(InFlight& call) {
  const Operation& open = op(call.operation);
  if (named_ < 0) return FinishCall(call, -1, ENOENT);
  call.pipe = static_cast<std::uint16_t>(named_);
  Channel& pipe = channel(call);
  const Effect effect = history().effect(open);
  OpenFile file{.pipe = call.pipe,
                .reads = effect != Effect::kOpenWrite,
                .writes = effect != Effect::kOpenRead,
                .nonblocking = OpensNonblocking(history(), open)};
  if (!file.reads && file.nonblocking && pipe.readers == 0) return FinishCall(call, -1, ENXIO);
  ++pipe.files;
  pipe.readers_ever += file.reads ? 1 : 0;
  pipe.writers_ever += file.writes ? 1 : 0;
  pipe.readers += file.reads ? 1 : 0;
  pipe.writers += file.writes ? 1 : 0;
  if ((file.reads && pipe.readers == 1) || (file.writes && pipe.writers == 1)) {
    WakePartners(call.pipe);
  }
  const bool alone = (pipe.readers == 0) != (pipe.writers == 0);
  if (!alone) return OpenSucceeds(call, file);
  if (file.nonblocking) {
    file.quiet_since = pipe.writers_ever + 1;
    return OpenSucceeds(call, file);
  }
  call.partners_seen = file.reads ? pipe.writers_ever : pipe.readers_ever;
  call.stage = Stage::kAsleep;
  return true;
}

bool StreamState::OpenSucceeds(InFlight& call, OpenFile file) {
  const Operation& open = op(call.operation);
  file.nonblocking = OpensNonblocking(history(), open);
  files_.Give(call.worker, open.handle, files_.Add(file));
  return FinishCall(call, 0, 0);
}

void StreamState::GiveUpOpen(InFlight& call) {
  Channel& pipe = channel(call);
  const bool reads = history().effect(op(call.operation)) == Effect::kOpenRead;
  --(reads ? pipe.readers : pipe.writers);
  if (reads && pipe.readers == 0) WakeOne(pipe.waiting_writers);
  if (!reads && pipe.writers == 0) WakeAll(pipe.waiting_readers);
  LetGo(call.pipe);
}

void StreamState::WakePartners(std::uint16_t pipe) {
  for (InFlight& call : calls_) {
    if (call.kind == Kind::kOpen && call.pipe == pipe && call.stage == Stage::kAsleep) {
      call.stage = Stage::kWoken;
    }
  }
}

}  // namespace parley::model

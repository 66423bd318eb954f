// Liberal level: what each step did, and in which order it is judged.
#include "src/model/stream_promise.h"

#include <algorithm>
#include <utility>

#include "src/model/set_up.h"

namespace parley::model {
namespace {

// Of a FIFO opened by a user who has too many pipes (pipe(7), pipe-user-pages-soft).
constexpr std::uint64_t kPagesMin = 2;

// The capacity is not the default one, or changes.
bool Resized(const History& history) {
  const HistoryHeader& header = history.header;
  const bool unusual = header.capacity_bytes != 0 && header.default_capacity_bytes != 0 &&
                       header.capacity_bytes != header.default_capacity_bytes;
  return unusual || std::ranges::any_of(history.operations, [&](const Operation& op) {
           return history.effect(op) == Effect::kResize && op.succeeded();
         });
}

bool MayWait(Effect effect) {
  return effect == Effect::kPut || effect == Effect::kTake || Opens(effect);
}

}  // namespace

StreamPromise::StreamPromise(const SteppedView& view)
    : view_(view), resized_(Resized(view.history())) {
  if (!view.named()) pipes_.push_back(FreshPipe(true));
}

StreamPromise::Pipe StreamPromise::FreshPipe(bool unnamed) const {
  const HistoryHeader& header = history().header;
  const std::uint64_t page_bytes = PageBytes(header);
  Pipe pipe{.unread = UnreadBytes(PageBytes(header))};
  const std::uint64_t told = header.capacity_bytes;
  if (unnamed) {
    pipe.capacity_bytes_min = told != 0 ? told : page_bytes;
    pipe.capacity_bytes_max = told != 0 ? told : kNever;
  } else {
    pipe.capacity_bytes_min = kPagesMin * page_bytes;
    pipe.capacity_bytes_max = std::max(told, FreshCapacityBytes(header));
  }
  return pipe;
}

StreamPromise::Breaches StreamPromise::Advance(const Step& step) {
  if (step.number == 0) {
    if (SetUpFiles(view_, step, files_)) {
      named_ = 0;
      pipes_.push_back(FreshPipe(false));
    }
    return std::nullopt;
  }
  BeginStep(step);
  for (const Cause& cause : step.causes) Apply(cause, step);
  for (const std::uint32_t id : step.returned) Return(id, step);
  ReceiveAll(step);
  Count();
  Breaches breach = JudgeStep(step);
  if (breach) BlameResize(*breach);
  for (Pipe& pipe : pipes_) {
    if (pipe.found_empty) pipe.unread.FoundEmpty(step_);
    pipe.unread.Tidy();
  }
  return breach;
}

StreamPromise::Breaches StreamPromise::JudgeStep(const Step& step) {
  // The others are judged by the capacity that a change of it left.
  for (const bool resizes : {true, false}) {
    for (const std::uint32_t id : step.returned) {
      if ((history().effect(op(id)) == Effect::kResize) != resizes) continue;
      if (Breaches breach = JudgeReturned(id)) return breach;
    }
  }
  if (Breaches breach = JudgeReceptions()) return breach;
  for (const Effect effect :
       {Effect::kTake, Effect::kPut, Effect::kOpenRead, Effect::kOpenWrite, Effect::kOpenBoth}) {
    for (const Sleeper& sleeper : sleepers_) {
      if (history().effect(op(sleeper.id)) != effect) continue;
      if (Breaches breach = JudgeAsleep(sleeper)) return breach;
    }
  }
  return std::nullopt;
}

void StreamPromise::BeginStep(const Step& step) {
  step_ = step.number;
  woken_.clear();
  signalled_.clear();
  receptions_.clear();
  discarded_receptions_.clear();
  content_in_order_ = true;
  for (std::size_t i = 0; i < pipes_.size(); ++i) {
    Pipe& pipe = pipes_[i];
    pipe.before = PopulationOf(i);
    pipe.least_before = pipe.unread.least();
    pipe.most_before = pipe.unread.most();
    pipe.pages_before = pipe.unread.pages_most();
    pipe.room_was_promised = pipe.room_promised;
    pipe.found_empty = false;
  }
}

void StreamPromise::Count() {
  for (std::size_t i = 0; i < pipes_.size(); ++i) pipes_[i].after = PopulationOf(i);
}

StreamPromise::Population StreamPromise::PopulationOf(std::size_t index) const {
  const auto pipe = static_cast<std::uint16_t>(index);
  Population population{.readers = files_.Readers(pipe), .writers = files_.Writers(pipe)};
  for (const Sleeper& sleeper : sleepers_) {
    const Effect effect = history().effect(op(sleeper.id));
    if (!Opens(effect) || sleeper.pipe != pipe) continue;
    population.opening_readers += effect != Effect::kOpenWrite ? 1 : 0;
    population.opening_writers += effect != Effect::kOpenRead ? 1 : 0;
  }
  return population;
}

void StreamPromise::Apply(const Cause& cause, const Step& step) {
  if (cause.kind == CauseKind::kKill) return Die(cause.worker);
  if (cause.kind != CauseKind::kCall) {
    const bool restarts = cause.kind == CauseKind::kSignalRestart;
    signalled_.push_back({.worker = cause.worker, .restarts = restarts});
    for (Sleeper& sleeper : sleepers_) {
      if (sleeper.worker != cause.worker) continue;
      Chance(Clause::kRestartedWrongly);
      sleeper.unsure = sleeper.unsure || restarts;
    }
    return;
  }
  const Operation& call = op(cause.operation);
  const Effect effect = history().effect(call);
  if (std::ranges::binary_search(step.returned, cause.operation)) {
    if (call.system_error == 0) ApplyAtOnce(call, effect);
  } else if (MayWait(effect)) {
    FallAsleep(cause.operation, call, effect);
  }
}

void StreamPromise::FallAsleep(std::uint32_t id, const Operation& call, Effect effect) {
  Sleeper sleeper{.id = id, .worker = call.worker, .began_step = step_};
  if (Opens(effect)) {
    if (named_ < 0) return;
    sleeper.pipe = static_cast<std::uint16_t>(named_);
    sleeper.nonblocking = OpensNonblocking(history(), call) || effect == Effect::kOpenBoth;
  } else {
    sleeper.file = files_.Find(call.worker, call.handle);
    if (sleeper.file == kNoFile) return;
    const OpenFile& file = files_.at(sleeper.file);
    sleeper.pipe = file.pipe;
    sleeper.nonblocking = MustNotWait(call, file, nullptr);
    Pipe& pipe = pipes_[file.pipe];
    sleeper.had_data = pipe.least_before > 0;
    if (effect == Effect::kPut && file.writes && call.requested > 0) {
      const Packets packets = file.packets ? Packets::kPerhaps : Packets::kNo;
      pipe.unread.Begin(id, call, Atomic(call), packets);
      pipe.room_promised = false;
    }
  }
  sleepers_.push_back(sleeper);
}

void StreamPromise::ApplyAtOnce(const Operation& call, Effect effect) {
  switch (effect) {
    case Effect::kClose: {
      const std::uint16_t file = files_.Find(call.worker, call.handle);
      while (files_.Drop(call.worker, call.handle) != kNoFile) {
      }
      if (file != kNoFile) Vacate(files_.at(file).pipe);
      break;
    }
    case Effect::kDuplicate: {
      const std::uint16_t file = files_.Find(call.worker, call.argument);
      if (file != kNoFile) files_.Give(call.worker, call.handle, file);
      break;
    }
    case Effect::kSetNonblocking: {
      const std::uint16_t file = files_.Find(call.worker, call.handle);
      if (file != kNoFile) files_.at(file).nonblocking = call.argument != 0;
      break;
    }
    case Effect::kSetPackets: {
      const std::uint16_t file = files_.Find(call.worker, call.handle);
      if (file == kNoFile) break;
      files_.at(file).packets = call.argument != 0;
      SetPackets(files_.at(file));
      break;
    }
    case Effect::kResize: {
      const std::uint16_t file = files_.Find(call.worker, call.handle);
      if (file == kNoFile) break;
      Pipe& pipe = pipes_[files_.at(file).pipe];
      pipe.capacity_bytes_min = pipe.capacity_bytes_max = static_cast<std::uint64_t>(call.result);
      pipe.room_promised = false;
      break;
    }
    case Effect::kMakeName:
      named_ = static_cast<std::int32_t>(pipes_.size());
      pipes_.push_back(FreshPipe(false));
      break;
    case Effect::kRemoveName:
      named_ = -1;
      break;
    default:
      break;
  }
}

void StreamPromise::Die(std::uint16_t worker) {
  for (const Sleeper& sleeper : sleepers_) {
    if (sleeper.worker == worker) pipes_[sleeper.pipe].unread.Abandon(sleeper.id, step_);
  }
  std::erase_if(sleepers_, [&](const Sleeper& sleeper) { return sleeper.worker == worker; });
  while (files_.DropLowest(worker) != kNoFile) {
  }
  for (std::size_t i = 0; i < pipes_.size(); ++i) Vacate(i);
}

// Content and capacity are gone with the last who has it open.  Whether an open that is under way
// holds them is not told: one that a signal restarts does not.
void StreamPromise::Vacate(std::size_t index) {
  if (!view_.named() || files_.CountOn(static_cast<std::uint16_t>(index)) > 0) return;
  Pipe& pipe = pipes_[index];
  const Population left = PopulationOf(index);
  Pipe fresh = FreshPipe(false);
  if (left.opening_readers + left.opening_writers > 0) {
    pipe.unread.Doubt();
    fresh.capacity_bytes_max = std::max(fresh.capacity_bytes_max, pipe.capacity_bytes_max);
    fresh.capacity_bytes_min = std::min(fresh.capacity_bytes_min, pipe.capacity_bytes_min);
  } else {
    pipe.unread = std::move(fresh.unread);
  }
  pipe.capacity_bytes_min = fresh.capacity_bytes_min;
  pipe.capacity_bytes_max = fresh.capacity_bytes_max;
}

void StreamPromise::Return(std::uint32_t id, const Step& step) {
  const Operation& call = op(id);
  const Effect effect = history().effect(call);
  std::optional<Sleeper> slept;
  const auto found = std::ranges::find(sleepers_, id, &Sleeper::id);
  if (found != sleepers_.end()) {
    slept = *found;
    woken_.push_back(*found);
    sleepers_.erase(found);
  }
  if (Opens(effect)) {
    if (call.system_error != 0) return;
    if (!view_.named()) return HandOut(history(), call, files_);
    const std::int32_t pipe = slept && !slept->unsure ? slept->pipe : named_;
    if (pipe >= 0) OpenReturns(call, effect, static_cast<std::uint16_t>(pipe));
  } else if (effect == Effect::kPut) {
    const std::uint16_t file = files_.Find(call.worker, call.handle);
    if (file == kNoFile || call.requested == 0) return;
    Pipe& pipe = pipes_[files_.at(file).pipe];
    if (!slept) pipe.unread.Begin(id, call, Atomic(call), PacketsOf(call, files_.at(file), pipe));
    const std::uint64_t bytes =
        call.system_error == 0 ? static_cast<std::uint64_t>(call.result) : 0;
    pipe.unread.Settle(id, bytes, bytes, step.number);
    pipe.room_promised = pipe.room_promised && bytes == 0;
  }
}

void StreamPromise::OpenReturns(const Operation& call, Effect effect, std::uint16_t pipe) {
  OpenFile file{.pipe = pipe,
                .reads = effect != Effect::kOpenWrite,
                .writes = effect != Effect::kOpenRead,
                .nonblocking = OpensNonblocking(history(), call)};
  pipes_[pipe].writers_ever += file.writes ? 1 : 0;
  if (file.reads && file.nonblocking && PopulationOf(pipe).writers_most() == 0) {
    file.quiet_since = pipes_[pipe].writers_ever + 1;
  }
  files_.Give(call.worker, call.handle, files_.Add(file));
}

std::optional<std::uint16_t> StreamPromise::FileOf(const Operation& call) const {
  const std::uint16_t file = files_.Find(call.worker, call.handle);
  return file == kNoFile ? std::nullopt : std::optional(file);
}

StreamPromise::Breaches StreamPromise::JudgeReturned(std::uint32_t id) {
  const Effect effect = history().effect(op(id));
  switch (effect) {
    case Effect::kPut:
      return JudgePut(id);
    case Effect::kTake:
      return JudgeTake(id);
    case Effect::kOpenRead:
    case Effect::kOpenWrite:
    case Effect::kOpenBoth:
      return view_.named() ? JudgeOpen(id, effect) : std::nullopt;
    case Effect::kPoll:
      return JudgePoll(id);
    case Effect::kResize:
      return JudgeResize(id);
    case Effect::kQueryCapacity:
      return JudgeCapacity(id);
    case Effect::kSeek:
    case Effect::kTruncate:
    case Effect::kQueryKind:
      return JudgeMisuse(id, effect);
    case Effect::kMakePair:
      return JudgePair(id);
    default:
      return std::nullopt;
  }
}

StreamPromise::Breaches StreamPromise::JudgeAsleep(const Sleeper& sleeper) {
  if (Signalled(sleeper.worker, false) && sleeper.began_step < step_) {
    return Breach{.clause = Clause::kRestartedWrongly,
                  .reason = "a signal without SA_RESTART was handled, and the call sleeps on",
                  .witness = {sleeper.id}};
  }
  Pipe& pipe = pipes_[sleeper.pipe];
  switch (history().effect(op(sleeper.id))) {
    case Effect::kTake:
      return JudgeReceiverAsleep(sleeper, pipe);
    case Effect::kPut:
      return JudgeSenderAsleep(sleeper, pipe);
    default:
      return JudgeOpenAsleep(sleeper, pipe);
  }
}

}  // namespace parley::model

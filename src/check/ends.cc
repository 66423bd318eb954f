#include "src/check/ends.h"

#include <algorithm>
#include <cerrno>

namespace parley {
namespace {

// Opens that fail so have counted nobody in (open(2)); others may have, for a while.
bool NeverOpened(int system_error) {
  return system_error == ENXIO || system_error == ENOENT || system_error == EACCES ||
         system_error == EMFILE || system_error == ENFILE || system_error == EBADF;
}

}  // namespace

Ends::Ends(const History& history) : slack_ns_(history.header.clock_slack_ns) {
  std::size_t objects = 0;
  std::size_t workers = history.workers.size();
  for (const Operation& op : history.operations) {
    objects = std::max<std::size_t>(objects, op.object + 1U);
    workers = std::max<std::size_t>(workers, op.worker + 1U);
  }
  objects_.resize(objects);
  known_read_.resize(workers);
  known_write_.resize(workers);
  deaths_.resize(workers);
  for (const Fault& fault : history.faults) {
    if (fault.kind == FaultKind::kKill && fault.worker < workers) {
      Death& death = deaths_[fault.worker];
      death.invoked_ns = std::min(death.invoked_ns, fault.invoked_ns);
      death.returned_ns = std::min(death.returned_ns, fault.returned_ns);
    }
  }
  Collect(history);
  ApplyDeaths();
  MakeCovers();
}

void Ends::Collect(const History& history) {
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    const Effect effect = history.effect(op);
    switch (effect) {
      case Effect::kPut:
      case Effect::kTake:
        NoteUse(op, effect);
        break;
      case Effect::kOpenRead:
      case Effect::kOpenWrite:
      case Effect::kOpenBoth:
        AddOpen(op, effect, id);
        break;
      case Effect::kDuplicate:
        AddDuplicate(op, id);
        break;
      case Effect::kClose:
        AddClose(op);
        break;
      case Effect::kMakeName:
        objects_[op.object].named = true;
        [[fallthrough]];
      default:
        objects_[op.object].generations.Add(op, effect);
    }
  }
}

void Ends::AddOpen(const Operation& op, Effect effect, std::uint32_t id) {
  objects_[op.object].any_handle = true;
  if (op.outcome == Outcome::kReturned && NeverOpened(op.system_error)) {
    return;
  }
  Hold hold{.id = id,
            .worker = op.worker,
            .object = op.object,
            .reads = effect != Effect::kOpenWrite,
            .writes = effect != Effect::kOpenRead,
            .opened_from_ns = op.invoked_ns,
            .opened_until_ns = op.returned_ns,
            .generations = {},
            .possible_from_ns = op.invoked_ns};
  Insert(hold, op);
}

void Ends::AddDuplicate(const Operation& op, std::uint32_t id) {
  if (!MayHaveHappened(op)) {
    return;
  }
  Hold hold{.id = id,
            .worker = op.worker,
            .object = op.object,
            .reads = true,
            .writes = true,
            .opened_until_ns = op.returned_ns,
            .generations = {},
            .possible_from_ns = op.invoked_ns};
  const auto source = by_handle_.find(HandleKey(op.worker, op.argument));
  const bool known = source != by_handle_.end() && !holds_[source->second].reused;
  if (known) {
    const Hold& original = holds_[source->second];
    hold.reads = original.reads;
    hold.writes = original.writes;
    hold.opened_from_ns = original.opened_from_ns;
    hold.opened_until_ns = original.opened_until_ns;
  }
  Insert(hold, op);
  if (!known) {
    holds_.back().certain_from_ns = kNever;
  }
}

// What becomes of a handle just made, by how its call went.
void Ends::Insert(const Hold& made, const Operation& op) {
  Hold hold = made;
  if (op.outcome == Outcome::kReturned && op.system_error != 0) {
    hold.possible_until_ns = op.returned_ns;
  } else if (op.outcome == Outcome::kMaybe) {
    hold.possible_until_ns = op.returned_ns;
  } else if (op.succeeded()) {
    hold.certain_from_ns = op.returned_ns;
    const auto [entry, fresh] = by_handle_.try_emplace(HandleKey(op.worker, op.handle),
                                                       static_cast<std::uint32_t>(holds_.size()));
    if (!fresh) {
      hold.reused = true;
      holds_[entry->second].reused = true;
      entry->second = static_cast<std::uint32_t>(holds_.size());
    }
  }
  holds_.push_back(hold);
}

void Ends::AddClose(const Operation& op) {
  const auto entry = by_handle_.find(HandleKey(op.worker, op.handle));
  if (entry == by_handle_.end()) {
    return;
  }
  Hold& hold = holds_[entry->second];
  hold.certain_until_ns = std::min(hold.certain_until_ns, op.invoked_ns);
  if (op.succeeded()) {
    hold.possible_until_ns = std::min(hold.possible_until_ns, op.returned_ns);
  }
}

// A put or take through a handle that nobody was given: somebody got one unseen.
void Ends::NoteUse(const Operation& op, Effect effect) {
  const bool takes = effect == Effect::kTake;
  std::uint32_t& known = (takes ? known_read_ : known_write_)[op.worker];
  if (known != 0 && known == op.handle) {
    return;
  }
  if (op.outcome == Outcome::kReturned && op.system_error == EBADF) {
    return;
  }
  const auto entry = by_handle_.find(HandleKey(op.worker, op.handle));
  if (entry != by_handle_.end()) {
    known = op.handle;
    return;
  }
  ObjectEnds& object = objects_[op.object];
  (takes ? object.unknown_reader : object.unknown_writer) = true;
}

void Ends::ApplyDeaths() {
  for (Hold& hold : holds_) {
    const Death& death = deaths_[hold.worker];
    hold.certain_until_ns = std::min(hold.certain_until_ns, death.invoked_ns);
    hold.possible_until_ns = std::min(hold.possible_until_ns, death.returned_ns);
    hold.certain_from_ns = PlusNs(hold.certain_from_ns, slack_ns_);
    hold.certain_until_ns = MinusNs(hold.certain_until_ns, slack_ns_);
    hold.possible_from_ns = MinusNs(hold.possible_from_ns, slack_ns_);
    hold.possible_until_ns = PlusNs(hold.possible_until_ns, slack_ns_);
  }
}

void Ends::MakeCovers() {
  for (ObjectEnds& object : objects_) {
    object.generations.Finish(slack_ns_);
    object.first_channel = channel_count_;
    channel_count_ += object.told() ? object.generations.count() : 1;
  }
  for (Hold& hold : holds_) {
    const ObjectEnds& object = objects_[hold.object];
    if (object.told()) {
      hold.generations = object.generations.Of(hold.opened_from_ns, hold.opened_until_ns);
    }
    AddToCovers(hold, object);
  }
  for (const ObjectEnds& object : objects_) {
    const std::uint32_t count = object.told() ? object.generations.count() : 1;
    const bool untold = !object.told() || !object.any_handle;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t channel = object.first_channel + i;
      if (untold || object.unknown_reader) {
        possible_.Add(Key(channel, Side::kReading), 0, kNever);
      }
      if (untold || object.unknown_writer) {
        possible_.Add(Key(channel, Side::kWriting), 0, kNever);
      }
      if (untold || object.unknown_reader || object.unknown_writer) {
        possible_.Add(Key(channel, Side::kEither), 0, kNever);
      }
    }
  }
  const auto keys = channel_count_ * static_cast<std::uint32_t>(Side::kCount);
  certain_.Finish(keys);
  possible_.Finish(keys);
}

void Ends::AddToCovers(const Hold& hold, const ObjectEnds& object) {
  for (const Side side : {Side::kReading, Side::kWriting, Side::kEither}) {
    if (!hold.has(side)) {
      continue;
    }
    for (std::uint32_t i = hold.generations.low; i <= hold.generations.high; ++i) {
      possible_.Add(Key(object.first_channel + i, side), hold.possible_from_ns,
                    hold.possible_until_ns);
    }
    if (object.told() && hold.generations.certain()) {
      certain_.Add(Key(object.first_channel + hold.generations.low, side), hold.certain_from_ns,
                   hold.certain_until_ns);
    }
  }
}

const Hold* Ends::HoldOf(const Operation& op) const {
  const auto entry = by_handle_.find(HandleKey(op.worker, op.handle));
  if (entry == by_handle_.end() || holds_[entry->second].reused) {
    return nullptr;
  }
  return &holds_[entry->second];
}

std::uint32_t Ends::ChannelOf(const Operation& op) const {
  const ObjectEnds& object = objects_[op.object];
  if (!object.told()) {
    return kNoChannel;
  }
  if (object.generations.count() == 1) {
    return object.first_channel;
  }
  const Hold* hold = HoldOf(op);
  return hold != nullptr && hold->generations.certain()
             ? object.first_channel + hold->generations.low
             : kNoChannel;
}

std::pair<std::uint32_t, std::uint32_t> Ends::ChannelsOf(const Operation& op) const {
  const ObjectEnds& object = objects_[op.object];
  const std::uint32_t first = object.first_channel;
  if (!object.told() || object.generations.count() == 1) {
    return {first, first + 1};
  }
  const Hold* hold = HoldOf(op);
  if (hold == nullptr) {
    return {first, first + object.generations.count()};
  }
  return {first + hold->generations.low, first + hold->generations.high + 1};
}

std::pair<std::uint32_t, std::uint32_t> Ends::ChannelsOf(std::uint8_t object) const {
  const ObjectEnds& ends = objects_[object];
  return {ends.first_channel, ends.first_channel + (ends.told() ? ends.generations.count() : 0)};
}

std::pair<std::uint32_t, std::uint32_t> Ends::ChannelsOf(const Hold& hold) const {
  const std::uint32_t first = objects_[hold.object].first_channel;
  return {first + hold.generations.low, first + hold.generations.high + 1};
}

std::uint32_t Ends::ChannelOfName(std::uint8_t object, std::uint64_t from_ns,
                                  std::uint64_t until_ns) const {
  const ObjectEnds& ends = objects_[object];
  const GenerationRange range = ends.generations.Of(from_ns, until_ns);
  return ends.told() && range.certain() ? ends.first_channel + range.low : kNoChannel;
}

bool Ends::HeldThroughout(std::uint32_t channel, Side side, std::uint64_t from_ns,
                          std::uint64_t until_ns) const {
  return certain_.Throughout(Key(channel, side), from_ns, until_ns);
}

std::optional<std::uint64_t> Ends::HeldSince(std::uint32_t channel,
                                             std::uint64_t instant_ns) const {
  const TimeSpan* span = certain_.At(Key(channel, Side::kEither), instant_ns);
  return span != nullptr ? std::optional(span->from_ns) : std::nullopt;
}

bool Ends::MaybeHeld(std::uint32_t channel, Side side, std::uint64_t from_ns,
                     std::uint64_t until_ns) const {
  return possible_.Sometime(Key(channel, side), from_ns, until_ns);
}

bool Ends::MaybeHeldThroughout(std::uint32_t channel, Side side, std::uint64_t from_ns,
                               std::uint64_t until_ns) const {
  return possible_.Throughout(Key(channel, side), from_ns, until_ns);
}

std::span<const TimeSpan> Ends::MaybeHeldSpans(std::uint32_t channel) const {
  return possible_.spans(Key(channel, Side::kEither));
}

std::optional<std::uint32_t> Ends::Holder(std::uint32_t channel, Side side, std::uint64_t from_ns,
                                          std::uint64_t until_ns) const {
  for (const Hold& hold : holds_) {
    if (hold.has(side) && hold.generations.certain() &&
        objects_[hold.object].first_channel + hold.generations.low == channel &&
        hold.certain_from_ns < from_ns && until_ns < hold.certain_until_ns) {
      return hold.id;
    }
  }
  return std::nullopt;
}

}  // namespace parley

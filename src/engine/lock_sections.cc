#include "src/engine/lock_sections.h"

#include <algorithm>

#include "src/history/lock_calls.h"

namespace parley {

Reply LockSections::Next(std::uint8_t drawn) {
  if (giving_back_) return GiveBack();
  if (performer_.EffectOf(drawn) == Effect::kLock) return Take(drawn);
  const bool ranged = performer_.facility().Calls()[drawn].lock != LockKind::kNone;
  return performer_.Perform(drawn, 0, ranged ? DrawRange(0) : 0);
}

Reply LockSections::Take(std::uint8_t call) {
  if (held_.empty()) {
    wanted_ = std::max<std::uint32_t>(stream_.held.Draw(random_), 1);
    behind_ = 0;
  }
  const std::uint64_t range = DrawRange(stream_.ascending ? behind_ : 0);
  const LockRange taken = UnpackRange(range);
  behind_ = taken.start + static_cast<std::uint32_t>(taken.length);
  const Reply reply = performer_.Perform(call, 0, range);
  // What is held for no time at all is in nobody's way.
  performer_.Refresh();
  if (reply.system_error == 0) {
    held_.push_back({.unlock = UnlockOf(call), .range = range});
    giving_back_ = held_.size() >= wanted_;
  } else {
    giving_back_ = !held_.empty();
  }
  return reply;
}

Reply LockSections::GiveBack() {
  const Held last = held_.back();
  held_.pop_back();
  giving_back_ = !held_.empty();
  return performer_.Perform(last.unlock, 0, last.range);
}

std::uint64_t LockSections::DrawRange(std::uint32_t from) {
  return PackRange({.start = from + stream_.starts.Draw(random_),
                    .length = static_cast<std::int32_t>(stream_.sizes.Draw(random_))});
}

std::uint8_t LockSections::UnlockOf(std::uint8_t call) const {
  const auto calls = performer_.facility().Calls();
  const auto found = std::ranges::find_if(calls, [&](const CallTraits& other) {
    return other.effect == Effect::kUnlock && other.lock == calls[call].lock;
  });
  return static_cast<std::uint8_t>(found - calls.begin());
}

}  // namespace parley

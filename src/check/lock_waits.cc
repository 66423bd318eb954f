#include "src/check/lock_waits.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace parley {

LockWaits LockWaits::At(std::uint64_t instant_ns, std::uint64_t slack_ns, const LockObject& object,
                        std::span<const std::uint32_t> asleep) {
  LockWaits state;
  for (const std::uint32_t id : asleep) state.waits.push_back(object.requests.RequestOf(id));
  for (const LockHold& hold : object.holds.possible) {
    if (hold.from_ns > instant_ns + slack_ns) break;
    const bool over = hold.until_ns != kNever && hold.until_ns + slack_ns < instant_ns;
    if (over || std::ranges::find(asleep, hold.operation) != asleep.end()) continue;
    state.possible.push_back(&hold);
  }
  return state;
}

std::vector<const LockHold*> LockWaits::InTheWayOf(const LockHold& wait) const {
  std::vector<const LockHold*> found;
  std::ranges::copy_if(possible, std::back_inserter(found),
                       [&](const LockHold* hold) { return hold->Excludes(wait); });
  return found;
}

// The wait of the one owner that a wait is for.
std::optional<std::size_t> LockWaits::Next(std::size_t wait) const {
  const std::vector<const LockHold*> in_the_way = InTheWayOf(waits[wait]);
  if (in_the_way.empty() || waits[wait].owner.kind != LockKind::kProcess) return std::nullopt;
  const LockOwner owner = in_the_way.front()->owner;
  const bool alone =
      std::ranges::all_of(in_the_way, [&](const LockHold* hold) { return hold->owner == owner; });
  if (!alone) return std::nullopt;
  const auto next = std::ranges::find(waits, owner, &LockHold::owner);
  if (next == waits.end()) return std::nullopt;
  return static_cast<std::size_t>(next - waits.begin());
}

std::vector<std::size_t> LockWaits::Ring() const {
  std::vector<std::optional<std::size_t>> next;
  for (std::size_t i = 0; i < waits.size(); ++i) next.push_back(Next(i));
  for (std::size_t begin = 0; begin < waits.size(); ++begin) {
    std::vector<std::size_t> ring;
    for (std::optional<std::size_t> at = begin; at && ring.size() <= waits.size(); at = next[*at]) {
      if (!ring.empty() && *at == begin) return ring;
      ring.push_back(*at);
    }
  }
  return {};
}

Clause BlameForWaiting(std::span<const LockHold* const> holds, const LockHold& wait,
                       std::uint64_t instant_ns) {
  const LockHold* last = nullptr;
  const LockHold* converted = nullptr;  // was given up by a conversion that failed
  for (const LockHold* hold : holds) {
    // Who has held a lock against it since shows that it is gone indeed.
    if (converted != nullptr && hold->taken && hold->from_ns >= converted->until_ns &&
        (hold->owner == converted->owner || hold->Excludes(*converted))) {
      converted = nullptr;
    }
    if (!hold->Excludes(wait) || hold->until_ns > instant_ns) continue;
    if (last == nullptr || hold->until_ns > last->until_ns) last = hold;
    if (hold->end == LockEnd::kFailedConversion) converted = hold;
  }
  if (converted != nullptr) return Clause::kHeldAfterFailure;
  if (last == nullptr) return Clause::kLockAsleep;
  if (last->end == LockEnd::kDeath) return Clause::kDeadOwnerAsleep;
  const bool victim = last->ordeal == LockOrdeal::kDeadlock;
  return victim ? Clause::kNotResolved : Clause::kLockAsleep;
}

std::optional<Clause> BlameForRing(const LockWaits& state, const std::vector<std::size_t>& ring) {
  if (ring.size() < 2 || ring.size() > kRingPromised) return std::nullopt;
  if (IsUpgrade(state, ring)) return Clause::kUpgradeMissed;
  return ring.size() == 2 ? Clause::kDeadlockMissed : Clause::kRingMissed;
}

bool IsUpgrade(const LockWaits& state, const std::vector<std::size_t>& ring) {
  return ring.size() == 2 && std::ranges::all_of(ring, [&](std::size_t wait) {
           const LockHold& request = state.waits[wait];
           return request.exclusive &&
                  std::ranges::any_of(state.possible, [&](const LockHold* hold) {
                    return hold->owner == request.owner && !hold->exclusive &&
                           hold->bytes.Meets(request.bytes);
                  });
         });
}

std::string RingText(const LockWaits& state, const std::vector<std::size_t>& ring) {
  std::string text = fmt::format("worker {}", state.waits[ring.front()].owner.worker);
  for (std::size_t i = 1; i <= ring.size(); ++i) {
    text += fmt::format("{} waits for worker {}", i == 1 ? "" : ", who",
                        state.waits[ring[i % ring.size()]].owner.worker);
  }
  return text;
}

}  // namespace parley

// The evidence of a hang: what the watchdog saw of processes that sleep for good.
#include <algorithm>

#include "src/base/clock.h"
#include "src/engine/round_leader.h"
#include "src/engine/watchdog.h"

namespace parley {
namespace {

// That many samples, that far apart.  The number proves, not the time (docs/design.md, "Watchdog").
constexpr std::uint32_t kEvidenceSamples = 25;
constexpr std::uint64_t kEvidencePauseNs = 10 * kNsPerMs;

}  // namespace

bool RoundLeader::AsleepInCall(const Player& player) const {
  const LogRegion& log = header_.logs[player.worker];
  const std::uint64_t count = log.count.load(std::memory_order_acquire);
  if (count == 0) return false;
  const auto* records = reinterpret_cast<const OperationRecord*>(arena_.records()) + log.offset;
  const OperationRecord& last = records[count - 1];
  if (last.kind != RecordKind::kOperation || last.returned_ns != 0) return false;
  return LooksAsleep(crew_.Pid(player.seat));
}

// It has opened its ends and cannot go on before everybody has: it sleeps for parley, not in a
// call.
bool RoundLeader::AwaitsOthers(const Player& player) const {
  return header_.seats[player.seat].opened.load(std::memory_order_acquire) &&
         header_.opened.load() < program().worker_count;
}

// Samples everybody who has not finished.  True when all of them slept in one and the same call
// through all samples while nothing returned: the round is stuck, and the sightings prove it.
bool RoundLeader::CollectEvidence() {
  struct Watched {
    const Player* player;
    Glimpse first;
    Sighting sighting;
  };
  std::vector<Watched> watched;
  for (const Player& player : players_) {
    const SeatState state = header_.seats[player.seat].state.load();
    if (!player.alive || state == SeatState::kFinished || AwaitsOthers(player)) continue;
    if (!AsleepInCall(player)) return false;
    const auto glimpse = Look(crew_.Pid(player.seat));
    if (!glimpse || glimpse->state != 'S') return false;
    watched.push_back(
        {.player = &player,
         .first = *glimpse,
         .sighting = {.worker = player.worker,
                      .from_ns = NowNs(),
                      .system_call = static_cast<std::int32_t>(glimpse->system_call)}});
  }
  const std::uint64_t progress = Progress();
  std::uint64_t last_ns = NowNs();
  std::uint64_t gap_ns = 0;
  for (std::uint32_t sample = 0; sample < kEvidenceSamples; ++sample) {
    SleepNs(kEvidencePauseNs);
    const std::uint64_t now = NowNs();
    gap_ns = std::max(gap_ns, now - last_ns);
    last_ns = now;
    if (Progress() != progress) return false;
    for (Watched& one : watched) {
      if (Look(crew_.Pid(one.player->seat)) != one.first) return false;
      one.sighting.until_ns = NowNs();
      ++one.sighting.samples;
    }
  }
  RoundOutcome& outcome = header_.outcome;
  for (Watched& one : watched) {
    if (outcome.sightings == outcome.sighting_list.size()) break;
    one.sighting.heartbeat_gap_ns_max = gap_ns;
    one.sighting.steady = true;
    outcome.sighting_list[outcome.sightings++] = one.sighting;
  }
  return !watched.empty();
}

}  // namespace parley

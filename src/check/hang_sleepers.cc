#include "src/check/hang_sleepers.h"

#include <algorithm>
#include <utility>

#include "src/check/ends_generations.h"

namespace parley {
namespace {

// The evidence that convinces.
constexpr std::uint32_t kSamplesMin = 20;
constexpr std::uint64_t kAsleepNsMin = 200'000'000;
constexpr std::uint64_t kHeartbeatGapShare = 4;  // of the time watched

bool Convinces(const Sighting& sighting) {
  const std::uint64_t watched_ns = sighting.until_ns - sighting.from_ns;
  return sighting.steady && sighting.samples >= kSamplesMin &&
         sighting.until_ns >= sighting.from_ns && watched_ns >= kAsleepNsMin &&
         sighting.heartbeat_gap_ns_max <= watched_ns / kHeartbeatGapShare;
}

bool Sleeps(const Operation& op, Effect effect, Family family) {
  switch (effect) {
    case Effect::kPut:
    case Effect::kTake:
      return !op.nonblocking && (op.requested > 0 || family == Family::kMessages);
    case Effect::kOpenRead:
    case Effect::kOpenWrite:
      return family != Family::kLocks && !op.nonblocking;
    case Effect::kLock:
      return true;
    default:
      return false;
  }
}

class Finder {
 public:
  explicit Finder(const History& history)
      : history_(history), slack_ns_(history.header.clock_slack_ns) {
    for (const Sighting& sighting : history.sightings) {
      if (Convinces(sighting)) {
        sightings_.push_back(&sighting);
        watched_from_ns_ = std::min(watched_from_ns_, sighting.from_ns);
      }
    }
    std::ranges::sort(sightings_, {}, &Sighting::worker);
  }

  std::vector<Sleepers> Find() {
    for (std::uint32_t id = 0; id < history_.operations.size(); ++id) {
      Visit(id);
    }
    for (const Fault& fault : history_.faults) {
      Note(fault.invoked_ns);
      Note(fault.returned_ns);
    }
    std::vector<Sleepers> groups = GroupProven();
    if (!unproven_.empty()) {
      groups.push_back({.instant_ns = PlusNs(last_ns_, slack_ns_ + 1),
                        .proven = false,
                        .sleepers = std::move(unproven_)});
    }
    return groups;
  }

 private:
  void Visit(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    Note(op.invoked_ns);
    Note(op.returned_ns);
    if (op.outcome == Outcome::kMaybe || !Sleeps(op, history_.effect(op), history_.header.family)) {
      return;
    }
    const auto own = std::ranges::equal_range(sightings_, op.worker, {}, &Sighting::worker);
    for (const Sighting* sighting : own) {
      if (PlusNs(op.invoked_ns, slack_ns_) < sighting->from_ns &&
          op.returned_ns > PlusNs(sighting->until_ns, slack_ns_)) {
        proven_.push_back({id, sighting->from_ns, sighting->until_ns});
        return;
      }
    }
    if (op.outcome == Outcome::kPending) {
      unproven_.push_back({.id = id});
    }
  }

  void Note(std::uint64_t instant_ns) {
    if (instant_ns == kNever) {
      return;
    }
    last_ns_ = std::max(last_ns_, instant_ns);
    if (PlusNs(instant_ns, slack_ns_) >= watched_from_ns_) {
      late_ns_.push_back(instant_ns);
    }
  }

  std::vector<Sleepers> GroupProven() {
    std::ranges::sort(late_ns_);
    std::ranges::sort(proven_, {}, &Sleeper::from_ns);
    std::vector<Sleepers> groups;
    for (const Sleeper& sleeper : proven_) {
      // The watchdog may have missed what is on record.
      if (Happened(sleeper.from_ns, sleeper.until_ns)) {
        if (history_.operations[sleeper.id].outcome == Outcome::kPending) {
          unproven_.push_back(sleeper);
        }
        continue;
      }
      if (groups.empty() || Happened(groups.back().instant_ns, sleeper.from_ns)) {
        groups.push_back({.instant_ns = sleeper.from_ns, .proven = true, .sleepers = {}});
      }
      groups.back().sleepers.push_back(sleeper);
    }
    return groups;
  }

  // Something was invoked or returned from the one instant to the other.
  bool Happened(std::uint64_t from_ns, std::uint64_t until_ns) const {
    const auto next = std::ranges::lower_bound(late_ns_, from_ns - std::min(from_ns, slack_ns_));
    return next != late_ns_.end() && *next <= PlusNs(until_ns, slack_ns_);
  }

  const History& history_;
  const std::uint64_t slack_ns_;
  std::vector<const Sighting*> sightings_;  // that convince, by worker
  std::uint64_t watched_from_ns_ = kNever;
  std::uint64_t last_ns_ = 0;
  std::vector<std::uint64_t> late_ns_;  // when calls were invoked or returned, while watched
  std::vector<Sleeper> proven_;
  std::vector<Sleeper> unproven_;
};

}  // namespace

std::vector<std::uint32_t> Sleepers::ids() const {
  std::vector<std::uint32_t> ids;
  for (const Sleeper& sleeper : sleepers) {
    ids.push_back(sleeper.id);
  }
  std::ranges::sort(ids);
  return ids;
}

std::vector<Sleepers> FindSleepers(const History& history) { return Finder(history).Find(); }

}  // namespace parley

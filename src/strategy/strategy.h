// Who begins the next call of a stepped round.  A strategy is a distribution over schedules; which
// one finds a bug sooner depends on the bug, so that rounds draw from a mixture
// (docs/strategies.md).
//
// Pure computation between two steps: no system call, no clock, and nothing is allocated after
// MakeStrategy.  The same plan, scripts and sets of ready workers give the same choices everywhere.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "src/program/program.h"

namespace parley {

// What one call of a script does, as far as its order with the calls of others may matter.
struct Access {
  std::uint8_t object = 0;  // on which it works
  std::uint8_t call = 0;    // which call; index in Facility::Calls()
  bool writes = true;       // false: a pure query, which changes nothing
  bool operator==(const Access&) const = default;
};

// True when the two may show a different outcome in the other order.
constexpr bool Conflict(const Access& a, const Access& b) {
  return a.object == b.object && (a.writes || b.writes);
}

// The calls that one worker makes, in its order.
using Accesses = std::vector<Access>;

// A worker that could begin its next call.
struct Candidate {
  std::uint16_t worker = 0;  // index of its script
  std::uint32_t next = 0;    // index of that call in its script
  auto operator<=>(const Candidate&) const = default;
};

class Strategy {
 public:
  virtual ~Strategy() = default;

  // Index in ready of the one that begins its call now.
  //
  // ready: everybody who could, sorted by worker, never empty.  Who sleeps in a call or is dead is
  // absent; who comes back may stand at the same call as before or at a later one.
  virtual std::size_t Choose(std::span<const Candidate> ready) = 0;
};

// A strategy for one run of these scripts.
//
// scripts: one a worker; also of workers that are never ready.  The bounds of PCT and SURW count
// all calls in them, so they are weaker when a schedule begins some calls before the strategy.
std::unique_ptr<Strategy> MakeStrategy(const StrategyPlan& plan, std::vector<Accesses> scripts);

// One strategy with its parameters: POS 40 %, PCT 30 % (depth 2, 3 or 4), SURW 20 %, random walk
// 10 %.
StrategyPlan DrawStrategy(std::uint64_t seed);

}  // namespace parley

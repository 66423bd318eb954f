// Who waits for whom at one instant.
//
// Source: fcntl(2) "Deadlock detection", BUGS (Linux): the detector follows a chain of at most ten
// owners; algorithms of the kernel's fs/locks.c as observed: chains of up to twelve are found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/check/lock_view.h"
#include "src/promise/clause.h"

namespace parley {

// Rings of so many owners are promised to be found, and longer ones than so many are known not to
// be.
inline constexpr std::size_t kRingPromised = 10;
inline constexpr std::size_t kRingFound = 12;

struct LockWaits {
  std::vector<LockHold> waits;            // requests of those who sleep
  std::vector<const LockHold*> possible;  // what may be held then; not what is waited for

  // The state at an instant, in which the calls of those operations sleep.
  static LockWaits At(std::uint64_t instant_ns, std::uint64_t slack_ns, const LockObject& object,
                      std::span<const std::uint32_t> asleep);

  // The possible holds that are in the way of a wait.
  std::vector<const LockHold*> InTheWayOf(const LockHold& wait) const;

  // Processes of which each waits for the next, and for nobody else: places in waits.  The first
  // such ring that is found; empty when there is none.
  std::vector<std::size_t> Ring() const;

 private:
  std::optional<std::size_t> Next(std::size_t wait) const;
};

// Which clause it breaks that nobody is in the way of a wait which goes on: that depends on who was
// last.  holds: those to look through.
Clause BlameForWaiting(std::span<const LockHold* const> holds, const LockHold& wait,
                       std::uint64_t instant_ns);

// Which clause it breaks that a ring sleeps; none for one that need not be found.
std::optional<Clause> BlameForRing(const LockWaits& state, const std::vector<std::size_t>& ring);

// Two who hold a shared lock on what each of them wants exclusively.
bool IsUpgrade(const LockWaits& state, const std::vector<std::size_t>& ring);

// "worker 3 waits for worker 4, who waits for worker 3".
std::string RingText(const LockWaits& state, const std::vector<std::size_t>& ring);

}  // namespace parley

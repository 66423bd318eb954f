// One function a strategy, each in the file of its name; strategy.h says what they have in common.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "src/strategy/strategy.h"

namespace parley {

// Always the ready worker of the lowest number.
std::unique_ptr<Strategy> MakeLowest();

// Uniform over the ready workers.
std::unique_ptr<Strategy> MakeRandomWalk(std::uint64_t seed);

// Workers have random priorities, and at depth - 1 random steps the one that would run falls below
// all others.  Shows a bug for which depth ordering constraints suffice with probability at least
// 1 / (n * k^(depth - 1)); n workers, k calls.
//
// depth: 1.. ; 0 is taken for 1.
// Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized scheduler with probabilistic
// guarantees of finding bugs", ASPLOS 2010.
std::unique_ptr<Strategy> MakePct(std::uint64_t seed, std::uint8_t depth,
                                  const std::vector<Accesses>& scripts);

// Each next call has a random score, the highest runs, and whoever was about to make a conflicting
// call draws again.  Calls without conflict are ordered as if each had drawn once: a worker is not
// late in conflicts because it has much else to do.  Where all calls conflict it is the random
// walk.
//
// Source: Yuan, Yang, Gu, "Partial order aware concurrency sampling", CAV 2018.
std::unique_ptr<Strategy> MakePos(std::uint64_t seed, std::vector<Accesses> scripts);

// Some calls are of interest: those on one object or those of one kind, drawn among what several
// workers share.  Their orders are uniform, whatever else the workers do, as long as nobody sleeps;
// every schedule stays possible.
//
// Source: Zhao, Wolff, Mathur, Roychoudhury, "Selectively uniform concurrency testing", ASPLOS
// 2025.
std::unique_ptr<Strategy> MakeSurw(std::uint64_t seed, const std::vector<Accesses>& scripts);

}  // namespace parley

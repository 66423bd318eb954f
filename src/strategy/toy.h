// Programs in memory, to hold strategies against their guarantees: workers with scripts on
// counters, run thousands of times in no time.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "src/strategy/strategy.h"

namespace parley::toy {

// What a call does to the counter of its object, which starts at 0.  Calls of every other number do
// nothing and never sleep.
inline constexpr std::uint8_t kPut = 254;   // adds one and wakes who has slept longest
inline constexpr std::uint8_t kTake = 255;  // takes one; sleeps while there is none

// A run in the making.  Copies go separate ways.
class Machine {
 public:
  explicit Machine(const std::vector<Accesses>& scripts);

  std::span<const Candidate> ready() const { return ready_; }
  // Calls in the order in which they were begun.
  const std::vector<Candidate>& order() const { return order_; }
  // The candidate's call begins, and whatever follows from it happens.
  void Start(const Candidate& candidate);

 private:
  using Sleeper = std::pair<std::uint8_t, Candidate>;  // on that object; where it goes on

  void WakeOne(std::uint8_t object);
  void Return(const Candidate& one);

  const std::vector<Accesses>* scripts_;
  std::vector<std::int64_t> counters_;  // by object; below zero: so many sleep
  std::vector<Sleeper> sleepers_;       // longest first
  std::vector<Candidate> ready_;        // by worker
  std::vector<Candidate> order_;
};

// Runs until nobody is ready.  Returns: the order in which calls were begun.
std::vector<Candidate> Play(const std::vector<Accesses>& scripts, Strategy& strategy);

// When that call was begun: its place in the order; order.size() when it was not.
std::size_t When(std::span<const Candidate> order, std::uint16_t worker, std::uint32_t call);

// Workers with that many calls each, all on one object and writing.
std::vector<Accesses> SameObject(std::span<const std::size_t> calls);

// The same, but each worker works on an object and with a call of its own: 100, 101, ...
std::vector<Accesses> OwnObjects(std::span<const std::size_t> calls);

}  // namespace parley::toy

// All schedules of a small program, by running it again and again: a depth-first walk over the
// choices, of which only the path of the present run is kept.
//
//   Enumerator schedules;
//   do { ... run the program on fresh objects, schedules choosing ... } while
//   (schedules.NextRun());
//
// Whoever cannot choose inside a round can still enumerate: Schedule() begins the next run, kLowest
// goes on, and Choose is told afterwards who was ready at each step.
//
// n workers with m_i calls that never sleep have (sum m_i)! / prod m_i! schedules; 3 workers of 4
// calls: 34,650.  For larger programs ByDelays takes those first that depart little from a fixed
// order.
//
// Source: Godefroid, "Model checking for programming languages using VeriSoft", POPL 1997; Emmi,
// Qadeer, Rakamaric, "Delay-bounded scheduling", POPL 2011.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "src/strategy/strategy.h"

namespace parley {

class Enumerator final : public Strategy {
 public:
  // Each schedule once; first choices are those of kLowest.
  Enumerator() : Enumerator(kAny, kAny) {}

  // Schedules with no delay, then with one, ... up to that many: iterative deepening.  The base
  // order runs one worker until it sleeps or has finished, then the next in the ring of numbers;
  // one delay passes over the worker whose turn it is.
  static Enumerator ByDelays(std::uint64_t delays) { return {0, delays}; }

  std::size_t Choose(std::span<const Candidate> ready) override;

  // Ends the present run and prepares the next one; false when there is none.
  bool NextRun();

  // The choices of the present run that are made already: all of them before the run, but for those
  // that will be first ones.
  std::vector<ScheduleEntry> Schedule() const;

  // False when the present run, which is over, was made before with a smaller bound: not to be
  // judged again.  To deepen without memory, runs with fewer delays than the bound are repeated.
  bool IsNew() const { return bound_ == first_bound_ || delays_ == bound_; }

  std::uint64_t delays() const { return delays_; }  // of the present run, up to now
  std::uint64_t runs() const { return runs_; }      // ended and new

  // After NextRun returned false: no schedule was left out for having too many delays.
  bool complete() const { return !cut_; }

  // A run did not meet the ready workers that it had met before the same choices: what was
  // enumerated is then some schedules, not all.  The walk ends all the same.
  bool diverged() const { return diverged_; }

 private:
  static constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();

  // How many workers are passed over, and how many choices there are within the bound.
  struct Choice {
    std::size_t first = 0;  // of the ready ones, in ready_
    std::size_t ready = 0;
    std::size_t passed = 0;
    std::size_t options = 0;
  };

  Enumerator(std::uint64_t first_bound, std::uint64_t last_bound)
      : first_bound_(first_bound), last_bound_(last_bound), bound_(first_bound) {}

  void AddChoice(std::size_t ready);
  void Drop();
  bool Advance();

  std::uint64_t first_bound_;
  std::uint64_t last_bound_;
  std::uint64_t bound_;
  std::vector<Choice> path_;
  std::vector<std::uint16_t> ready_;  // workers of all choices, each from the one whose turn it was
  std::size_t step_ = 0;
  std::uint64_t delays_ = 0;
  std::uint16_t turn_ = 0;  // worker that the base order runs next
  std::uint64_t runs_ = 0;
  bool cut_ = false;  // with the present bound
  bool diverged_ = false;
};

}  // namespace parley

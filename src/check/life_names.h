// When the name of an object certainly existed, and when it certainly did not.
#pragma once

#include <cstdint>
#include <vector>

#include "src/history/history.h"

namespace parley {

// The most that was reached by those that come before an instant.  Add all, sort, ask.
class RunningMaximum {
 public:
  void Add(std::uint64_t instant_ns, std::uint64_t value) {
    entries_.push_back({instant_ns, value});
  }
  void Sort();
  bool empty() const { return entries_.empty(); }
  // The greatest value of the entries whose instant lies before instant_ns, or is it; 0 when there
  // are none.
  std::uint64_t Before(std::uint64_t instant_ns) const;
  std::uint64_t UpTo(std::uint64_t instant_ns) const;

 private:
  struct Entry {
    std::uint64_t instant_ns = 0;
    std::uint64_t value = 0;
  };
  std::vector<Entry> entries_;
};

// Of one object.  Preparing costs O(n log n) for n calls on the name, a question O(log n).
class NameLife {
 public:
  explicit NameLife(std::uint64_t slack_ns) : slack_ns_(slack_ns) {}

  void Add(const Operation& op, Effect effect);
  void Finish();

  bool ExistsThroughout(std::uint64_t from_ns, std::uint64_t until_ns) const;
  // False as well for a name that is as old as the history, as far as is known.
  bool AbsentThroughout(std::uint64_t from_ns, std::uint64_t until_ns) const;

 private:
  std::uint64_t slack_ns_;
  RunningMaximum made_;     // makings that succeeded: return -> invocation
  RunningMaximum removed_;  // removals that succeeded: return -> invocation
  RunningMaximum gone_;     // what may have taken the name away for good: invocation -> return
  RunningMaximum moved_;    // moves away and back: invocation -> return
  RunningMaximum came_;     // what may have brought the name: invocation -> return
  std::uint64_t seen_ns_ = kNever;  // when a call first found the name
};

// By object.
std::vector<NameLife> NameLives(const History& history);

}  // namespace parley

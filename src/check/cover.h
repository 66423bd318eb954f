// A union of open intervals of time.
#pragma once

#include <cstdint>
#include <iterator>
#include <map>

namespace parley {

// Intervals that touch are kept apart: the instant between them is outside.
//
// Add is amortised O(log n) for n intervals, the questions are O(log n).
class Cover {
 public:
  // Adds (from, until); nothing when it is empty.
  void Add(std::uint64_t from, std::uint64_t until) {
    if (from >= until) return;
    auto at = spans_.lower_bound(from);
    if (at != spans_.begin() && std::prev(at)->second > from) --at;
    while (at != spans_.end() && at->first < until) {
      from = at->first < from ? at->first : from;
      until = at->second > until ? at->second : until;
      at = spans_.erase(at);
    }
    spans_.emplace(from, until);
  }

  // The first instant from t on that is outside.
  std::uint64_t Next(std::uint64_t t) const {
    const auto after = spans_.lower_bound(t);  // the first that begins at t or later
    if (after == spans_.begin()) return t;
    const auto before = std::prev(after);
    return before->second > t ? before->second : t;
  }

  // The last instant up to t that is outside.
  std::uint64_t Previous(std::uint64_t t) const {
    const auto after = spans_.lower_bound(t);
    if (after == spans_.begin()) return t;
    const auto before = std::prev(after);
    return before->second > t ? before->first : t;
  }

 private:
  std::map<std::uint64_t, std::uint64_t> spans_;  // from -> until, disjoint
};

}  // namespace parley

// A name that is removed and made again names another object.  Which one an open meant is told by
// the makings that it came after.
#pragma once

#include <cstdint>
#include <vector>

#include "src/history/history.h"

namespace parley {

inline std::uint64_t PlusNs(std::uint64_t instant_ns, std::uint64_t ns) {
  return instant_ns > kNever - ns ? kNever : instant_ns + ns;
}
inline std::uint64_t MinusNs(std::uint64_t instant_ns, std::uint64_t ns) {
  return instant_ns == kNever ? kNever : instant_ns - (instant_ns < ns ? instant_ns : ns);
}

// Whether a call may have changed something: it succeeded, or nobody knows.
inline bool MayHaveHappened(const Operation& op) {
  return op.outcome != Outcome::kReturned || op.system_error == 0;
}

// The generations that an open may have met, counted from 0; both ends included.
struct GenerationRange {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  bool certain() const { return low == high; }
};

// Of one object.  Fill, finish, ask.
class Generations {
 public:
  void Add(const Operation& op, Effect effect);
  void Finish(std::uint64_t slack_ns);

  // Renamed as well as made anew, or made in a call that nobody knows the outcome of: no telling.
  bool muddled() const { return muddled_; }
  std::uint32_t count() const { return static_cast<std::uint32_t>(makings_.size()) + 1; }

  // Of an open that looked the name up at some instant from from_ns to until_ns.  Two opens whose
  // ranges do not meet certainly met different objects; two that are certain and equal, the same.
  GenerationRange Of(std::uint64_t from_ns, std::uint64_t until_ns) const;

 private:
  struct Making {
    std::uint64_t invoked_ns = 0;
    std::uint64_t returned_ns = 0;
    bool certain = true;
  };

  std::vector<Making> makings_;  // after Finish: that may have come after a removal; by return
  std::vector<std::uint64_t> invoked_ns_;   // of makings_, ascending
  std::uint64_t unnamed_from_ns_ = kNever;  // the first removal or move was invoked
  std::uint64_t slack_ns_ = 0;
  bool moves_ = false;
  bool muddled_ = false;
};

}  // namespace parley

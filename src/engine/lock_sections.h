// What a worker that draws its calls does with locks: it takes some, one behind the other, and
// gives all of them back, call by call.
#pragma once

#include <cstdint>
#include <vector>

#include "src/base/seed.h"
#include "src/engine/performer.h"

namespace parley {

class LockSections {
 public:
  // stream, random: outlive it.
  LockSections(Performer& performer, const StreamPlan& stream, Random& random)
      : performer_(performer), stream_(stream), random_(random) {}

  // Makes the call that was drawn when it is the time to take locks, and gives one back when it is
  // not.  A lock that is refused, or whose wait is interrupted, ends the taking: so that the victim
  // of a deadlock makes room for the others.
  Reply Next(std::uint8_t drawn);

 private:
  struct Held {
    std::uint8_t unlock = 0;  // the call that gives it back
    std::uint64_t range = 0;
  };

  Reply Take(std::uint8_t call);
  Reply GiveBack();
  std::uint64_t DrawRange(std::uint32_t from);
  std::uint8_t UnlockOf(std::uint8_t call) const;

  Performer& performer_;
  const StreamPlan& stream_;
  Random& random_;
  std::vector<Held> held_;
  std::uint32_t wanted_ = 0;  // how many to take before they are given back
  std::uint32_t behind_ = 0;  // the end of the last one
  bool giving_back_ = false;
};

}  // namespace parley

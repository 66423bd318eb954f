// A worker's stream: calls drawn as it runs, at full speed, until it comes to its end.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "src/base/seed.h"
#include "src/engine/arena.h"
#include "src/engine/disturbance.h"
#include "src/engine/lock_sections.h"
#include "src/engine/performer.h"

namespace parley {

// The faults that the plan has in store for one worker, soonest first.
class FaultClock {
 public:
  FaultClock(const ArenaHeader& header, std::uint32_t plan);

  // The index of a fault that is due, once.
  std::optional<std::uint32_t> Due(const SharedProgram& program, std::uint64_t operations);

 private:
  std::vector<std::uint32_t> due_;
  std::size_t next_ = 0;
};

class WorkerStream {
 public:
  WorkerStream(ArenaHeader& header, Seat& seat, const WorkerPlan& plan, Performer& performer,
               Disturbance& disturbance, Random& random);

  // From the first call to the last one; the ends are open.
  void Run();

 private:
  bool Over();
  void DealFaults();
  std::uint8_t DrawCall();
  bool MakeDrawnCall();
  bool WasLast(const Reply& reply, std::uint32_t asked) const;
  bool GoOn(const Reply& reply);

  ArenaHeader& header_;
  Seat& seat_;
  const WorkerPlan& plan_;
  Performer& performer_;
  Disturbance& disturbance_;
  Random& random_;
  FaultClock faults_;
  std::uint64_t weights_ = 0;  // of all calls together
  int errors_ = 0;
  int broken_pipes_ = 0;
  LockSections locks_;
};

}  // namespace parley

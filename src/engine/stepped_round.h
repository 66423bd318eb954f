// A stepped round: the crew leader is the scheduler.  It lets one worker begin one call (or signals
// or kills one), waits until every worker is at its gate or asleep in the kernel, and goes on.  No
// step is over by a clock: that nobody runs is observed.
//
// Bands (band.h) where the machine gives real-time rights: then one seed is one history, kernel
// wake-up races included.  Gates elsewhere: the same steps, and /proc tells who sleeps; which of
// several woken workers runs first is then the kernel's choice.
//
// Source: algorithms of controlled concurrency testing for processes; proc(5), proc_pid_syscall(5).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "src/base/error.h"
#include "src/base/seed.h"
#include "src/engine/arena.h"
#include "src/engine/band.h"
#include "src/engine/crew.h"
#include "src/engine/player.h"
#include "src/facility/facility.h"
#include "src/strategy/strategy.h"

namespace parley {

class SteppedRound {
 public:
  // A fault dealt at the current step.
  using Record = std::function<void(FaultKind kind, std::uint16_t worker)>;

  SteppedRound(ArenaHeader& header, Crew& crew, const Facility& facility, std::span<Player> players,
               Record record);

  // From the first step to the last: everybody has made all calls, sleeps for good, or is dead.
  // Errors: unsupported, the scheduler that was asked for; system, a worker died by itself.
  Result<void> Run();

 private:
  const SharedProgram& program() const { return header_.program; }
  Seat& SeatOf(const Player& player) const { return header_.seats[player.seat]; }

  Result<void> ChooseScheduler();
  void DismissAll();

  bool Ready(const Player& player) const;
  bool Asleep(const Player& player) const;
  bool CanApply(const ScheduleEntry& entry) const;
  std::optional<ScheduleEntry> NextEntry();
  std::optional<ScheduleEntry> DrawFault();
  std::optional<ScheduleEntry> Rescue();
  std::optional<ScheduleEntry> AnyOf(ScheduleKind kind);

  Result<void> Apply(const ScheduleEntry& entry);
  Result<void> AwaitQuiet();
  Result<void> AwaitStill();
  bool QuietByProc();

  ArenaHeader& header_;
  Crew& crew_;
  const Facility& facility_;
  std::span<Player> players_;  // index: worker
  Record record_;
  Band band_;
  bool banded_ = false;
  std::unique_ptr<Strategy> strategy_;
  std::vector<std::uint32_t> calls_;  // by worker: how many it shall make
  std::vector<Candidate> candidates_;
  Random faults_;
  std::uint32_t next_entry_ = 0;
  std::uint32_t rescues_ = 0;
};

}  // namespace parley

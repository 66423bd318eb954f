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
#include "src/engine/watchdog.h"
#include "src/facility/facility.h"
#include "src/program/script_cursor.h"
#include "src/strategy/strategy.h"

namespace parley {

class SteppedRound {
 public:
  // What the crew leader does for the scheduler.
  struct Hands {
    // Writes down a fault dealt at the current step.
    std::function<void(FaultKind kind, std::uint16_t worker)> record;
    // Lets a fresh process, ready to begin, take the place of a dead player.  reached: of its
    // script; script_cursor.h.
    std::function<Result<void>(Player& player, std::uint32_t reached)> replace;
    std::uint32_t successors = 0;  // how many may come; 0: nobody can hand them the object
  };

  // players: one for each worker of the program, in its order.
  SteppedRound(ArenaHeader& header, Crew& crew, const Facility& facility, std::span<Player> players,
               Hands hands);

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
  bool CanBeReplaced(const Player& player) const;
  bool CanApply(const ScheduleEntry& entry) const;
  std::optional<ScheduleEntry> NextEntry();
  std::optional<ScheduleEntry> DrawFault();
  std::optional<ScheduleEntry> Rescue();
  enum class Whom : std::uint8_t { kAnybody, kSleepers };
  std::optional<ScheduleEntry> AnyKill();
  std::optional<ScheduleEntry> AnyOf(ScheduleKind kind, Whom whom = Whom::kAnybody);

  Result<void> Apply(const ScheduleEntry& entry);
  Result<void> Replace(Player& player);
  Result<void> AwaitQuiet();
  Result<void> AwaitDeadline(const Player& player);
  Result<void> AwaitStill();
  bool QuietByProc();

  ArenaHeader& header_;
  Crew& crew_;
  const Facility& facility_;
  std::span<Player> players_;  // index: worker of the program
  Hands hands_;
  Band band_;
  bool banded_ = false;
  std::vector<SleepWatch> watches_;  // in the bands, by worker of the program
  std::unique_ptr<Strategy> strategy_;
  std::vector<ScriptCursor> cursors_;  // by worker of the program
  std::vector<bool> replaceable_;      // the same
  std::vector<Candidate> candidates_;
  bool expires_ = false;  // the call that began last has a near deadline
  Random faults_;
  std::uint32_t next_entry_ = 0;
  std::uint32_t rescues_ = 0;
  std::uint32_t successors_ = 0;  // that have come
};

}  // namespace parley

// One round as the crew leader conducts it: makes the object, hands it out, starts the workers,
// deals the faults, watches, and ends them all.  What happened is left in the arena.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/engine/arena.h"
#include "src/engine/crew.h"
#include "src/engine/makers_hands.h"
#include "src/engine/player.h"
#include "src/facility/facility.h"

namespace parley {

inline constexpr std::uint64_t kFirst = kNever;  // a worker without predecessor

class RoundLeader {
 public:
  RoundLeader(Arena& arena, Crew& crew);

  // Conducts the round described in the arena.  An error is parley's or the machine's trouble, and
  // the round has no history.
  Result<void> Conduct();

 private:
  const SharedProgram& program() const { return header_.program; }
  std::string PlannedDirectory() const { return program().directory.data(); }

  std::uint32_t SuccessorsPlanned() const;
  Result<void> ShareLogs();
  Result<void> MakeObject();
  Result<void> MakeObjectBy(std::uint32_t plan);
  Result<void> SeatFirst(std::uint32_t plan);
  Result<Player> SeatSuccessor(std::uint32_t plan, std::uint64_t operations_made);
  Result<Player> SeatWorker(std::uint32_t plan, std::uint16_t worker,
                            std::uint64_t operations_made);
  Result<void> HandOut(Player& player);
  Result<void> AwaitReady(const Player& player);
  void KeepOpen();
  void ReleaseObject();
  Reply PerformAsMaker(Effect effect, std::uint16_t handle);
  void RecordMaker(const char* call, std::uint16_t handle, std::uint64_t invoked_ns);

  void Begin();
  Result<void> AwaitOpen();
  Result<void> SuperviseStream();
  Result<void> SuperviseScript();
  Result<void> SuperviseStepped();
  Result<void> ReplaceStepped(Player& player, std::uint32_t reached);
  void DealSteps(std::uint32_t phase);
  Result<void> DealFault(Player& player, std::uint32_t index);
  void ContinueStopped();
  bool KillsPlanned() const;
  bool SuccessorsToCome() const;
  bool CountedFinished() const;
  bool AllFinished();
  bool Settled(Player& player, std::uint32_t phase, std::uint64_t since_ns);
  bool AsleepInCall(const Player& player) const;
  bool AwaitsOthers(const Player& player) const;
  bool Stuck();
  bool TimeIsUp();
  bool CollectEvidence();
  std::uint64_t Progress() const;
  void RecordFault(FaultKind kind, std::uint16_t worker, std::uint64_t from, std::uint64_t to);
  void EndPlayers();
  bool FinishesSoon(const Player& player);
  bool AwaitState(const Player& player, SeatState wanted);
  void NoteResidue();
  void TellReceivers();
  std::uint32_t AwaitedClass(const Player& player) const;
  void DrainMessages();

  Arena& arena_;
  Crew& crew_;
  ArenaHeader& header_;
  const Facility* facility_ = nullptr;
  std::unique_ptr<Object> object_;
  FileDescriptor made_read_;  // of an object that a worker made
  FileDescriptor made_write_;
  std::unique_ptr<Port> maker_port_;  // holds a named object open for the workers to come
  LogWriter maker_log_;
  std::optional<MakersHands> makers_;  // families of messages
  bool makers_open_ = false;
  std::map<std::uint16_t, std::uint64_t> told_at_;  // worker: mark of the call it was told in
  std::vector<Player> players_;
  std::uint16_t next_worker_ = 0;
  std::uint32_t logs_ = 0;
  std::uint16_t maker_ = 0;
  bool released_ = false;
  std::uint64_t progress_ = 0;  // calls that had succeeded when somebody last looked
  std::uint64_t moved_ns_ = 0;  // when that last changed
  int open_before_ = 0;
  int sockets_before_ = 0;
};

}  // namespace parley

// The crew's shared memory: the round's program, a seat for each process, the logs, and what the
// leader observed.  One anonymous file, mapped by the controller, the crew leader and every worker.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "src/base/clock.h"
#include "src/base/error.h"
#include "src/base/file_descriptor.h"
#include "src/engine/scheduler.h"
#include "src/history/history.h"
#include "src/history/log.h"
#include "src/program/program.h"

namespace parley {

inline constexpr std::size_t kMaxSeats = kMaxWorkers + 8;  // some are busy dying
inline constexpr std::size_t kMaxFaults = 256;
inline constexpr std::size_t kMaxLogs = kMaxWorkers + 1 + kMaxFaults;  // workers, maker, successors
inline constexpr std::uint32_t kMaxSteppedSuccessors = 32;             // scripts are short
inline constexpr std::size_t kMaxSightings = kMaxWorkers;
inline constexpr std::size_t kMaxResidueBytes = 4096;
inline constexpr std::size_t kTextBytes = 256;

// What a seat is told to do next; a futex word counts the tellings.
enum class Command : std::uint32_t { kNone, kMake, kRound, kEnd, kExit };

// Handled by the workers of a stepped round, without SA_RESTART and with it.
inline constexpr int kStepSignal = SIGUSR1;
inline constexpr int kStepSignalRestart = SIGUSR2;

// What a worker says of itself.
enum class SeatState : std::uint32_t { kFree, kIdle, kReady, kRunning, kFinished, kFailed };

// One process of the crew.  Like LogRegion on lines of its own.
struct alignas(128) Seat {
  std::atomic<std::uint32_t> told{0};  // futex: counts commands
  Command command = Command::kNone;
  std::atomic<SeatState> state{SeatState::kFree};
  std::atomic<std::uint32_t> phase_done{0};    // scripts: all calls of phases 1..n have returned
  std::atomic<std::uint32_t> fault_wanted{0};  // 1 + index of the fault whose time has come
  std::atomic<std::uint64_t> progress{0};      // calls that succeeded in this round
  std::atomic<std::uint64_t> drawn{0};         // calls drawn, predecessors' included
  std::atomic<std::uint64_t> signals{0};       // handled signals
  std::atomic<bool> opened{false};             // a stream's ends are open, or never will be
  std::atomic<pid_t> pid{0};                   // whose round it is
  std::atomic<std::uint32_t> gate{0};          // futex; stepped: calls that it was let begin
  std::atomic<std::uint32_t> made{0};          // stepped: calls that have returned
  std::uint32_t plan = 0;                      // index in SharedProgram::workers
  std::uint16_t worker = 0;                    // history id in this round; its log's index
  bool adopts = false;                         // descriptors come over the socket
  bool successor = false;                      // goes on where a killed worker stopped
  bool read_handed = false;                    // which ends it was given
  bool write_handed = false;
  bool truncated = false;                // its log was full
  std::array<char, kTextBytes> error{};  // when kFailed
};

struct SharedProgram {
  std::array<char, 64> facility{};
  std::array<char, kTextBytes> object_name{};
  std::array<char, kTextBytes> directory{};
  ObjectPlan object;
  std::uint32_t tag = 0;  // of the round's records
  std::uint32_t worker_count = 0;
  std::uint32_t fault_count = 0;
  std::uint32_t phases = 0;
  bool maker_keeps = false;
  bool stepped = false;
  Scheduler scheduler = Scheduler::kAuto;
  StrategyPlan strategy;
  std::uint16_t signal = 0;  // as in SteppedPlan
  std::uint16_t signal_restart = 0;
  std::uint16_t kill = 0;
  std::uint16_t respawn = 0;
  std::uint16_t rescues = 0;
  std::uint32_t entry_count = 0;
  std::array<ScheduleEntry, kMaxScheduleEntries> entries{};
  std::array<WorkerPlan, kMaxWorkers> workers{};
  std::array<FaultPlan, kMaxFaults> faults{};
};

// What the leader leaves when a round is over.
struct RoundOutcome {
  std::uint32_t logs = 0;  // used
  std::uint32_t faults = 0;
  std::uint32_t sightings = 0;
  bool truncated = false;  // a log was full
  bool cut = false;        // the round's time was up with workers still at it
  std::uint64_t capacity_bytes = 0;
  std::uint64_t capacity_messages = 0;
  std::uint64_t message_bytes = 0;
  std::uint64_t begin_ns = 0;
  std::uint64_t end_ns = 0;
  std::array<std::uint32_t, kMaxLogs> plan_of{};  // worker id -> plan, kMaxWorkers for the maker
  std::array<Fault, kMaxFaults * 2> fault_list{};
  std::array<Sighting, kMaxSightings> sighting_list{};
  std::array<char, kMaxResidueBytes> residue{};  // lines
  std::array<char, kTextBytes> scheduler{};      // stepped: "bands", or "gates" and why
  std::array<char, kTextBytes> error{};          // the leader could not do the round
  Blame blame = Blame::kSystem;
  int system_error = 0;
};

// Laid out at offset 0 of the mapping; the records follow at kRecordsOffset.
struct ArenaHeader {
  // First, as the planted library has it: how often it lied, at which chance at the latest it is to
  // lie in this round (0: as each bug has it), and a word for what a bug has to know of others.
  std::atomic<std::uint64_t> planted_told{0};
  std::atomic<std::uint64_t> planted_every_max{0};
  std::atomic<std::uint64_t> planted_word{0};
  std::uint64_t records = 0;             // capacity, all logs together
  std::atomic<std::uint32_t> bell{0};    // futex of the leader: rung by workers
  std::atomic<std::uint32_t> begun{0};   // futex of the workers: open your ends
  std::atomic<std::uint32_t> phase{0};   // futex of the workers: scripts, the current phase, 1..
  std::atomic<std::uint32_t> stop{0};    // streams: come to an end
  std::atomic<std::uint32_t> calm{0};    // signal storms are to cease: is anybody asleep for good?
  std::atomic<std::uint32_t> opened{0};  // futex: workers whose ends are open
  std::atomic<std::uint64_t> step{0};    // stepped: the current one; history.h, kStepNs
  std::array<char, 2 * kTextBytes> access_name{};  // ObjectAccess::name of the round's object
  SharedProgram program;
  RoundOutcome outcome;
  std::array<std::atomic<bool>, kMaxFaults> dealt{};  // faults of the program that have been dealt
  std::array<LogRegion, kMaxLogs> logs{};
  std::array<Seat, kMaxSeats> seats{};
};

inline constexpr std::uint64_t kPageBytes = 4096;
inline constexpr std::uint64_t kRecordsOffset =
    (sizeof(ArenaHeader) + kPageBytes - 1) / kPageBytes * kPageBytes;

class Arena {
 public:
  // A fresh arena with room for that many records in all logs together.
  static Result<Arena> Create(std::uint64_t records);
  // Maps an existing one.  fd stays the caller's.
  static Result<Arena> Map(int fd);

  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&&) = delete;
  ~Arena();

  ArenaHeader& header() const { return *reinterpret_cast<ArenaHeader*>(base_); }
  std::byte* records() const { return base_ + kRecordsOffset; }
  int fd() const { return fd_.get(); }

 private:
  Arena(std::byte* base, std::uint64_t bytes, FileDescriptor fd)
      : base_(base), bytes_(bytes), fd_(std::move(fd)) {}

  std::byte* base_;
  std::uint64_t bytes_;
  FileDescriptor fd_;  // owned by the creator only
};

// Waits until word differs from expected, a wake-up comes, or timeout_ns is over (0: no limit).
void FutexWait(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
               std::uint64_t timeout_ns);

// Wakes all that wait on word.  For shared memory: never FUTEX_PRIVATE.
void FutexWakeAll(const std::atomic<std::uint32_t>& word);

// Wakes the crew leader.
void RingBell(ArenaHeader& header);

// Stamps of a call that begins and of one that returns: the clock's, or logical time.
inline std::uint64_t BeginNs(const ArenaHeader& header) {
  if (!header.program.stepped) return NowNs();
  const std::uint64_t step = header.step.load(std::memory_order_relaxed);
  return step == 0 ? kSetUpNs : step * kStepNs;
}
inline std::uint64_t ReturnNs(const ArenaHeader& header) {
  if (!header.program.stepped) return NowNs();
  const std::uint64_t step = header.step.load(std::memory_order_relaxed);
  return step == 0 ? kSetUpNs : step * kStepNs + kReturnNs;
}

// Adds one to a counter that only the caller writes: no locked instruction.
inline void Count(std::atomic<std::uint64_t>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

// Copies text into a fixed field, cut to fit and terminated.
template <std::size_t kSize>
void StoreText(std::array<char, kSize>& field, std::string_view text) {
  const std::size_t bytes = std::min(text.size(), kSize - 1);
  std::copy_n(text.data(), bytes, field.data());
  field[bytes] = '\0';
}

}  // namespace parley

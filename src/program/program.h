// A program: what each worker of one round will do.  Either a script (explicit operations in
// phases; small) or a stream (a generator that the worker draws from as it runs; for volume).
//
// Plain data of fixed size: a plan is copied as it is into the worker's slot of shared memory.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "src/base/seed.h"
#include "src/facility/facility.h"
#include "src/history/history.h"

namespace parley {

inline constexpr std::size_t kMaxWorkers = 192;
inline constexpr std::size_t kMaxCallChoices = 8;
inline constexpr std::size_t kMaxSizeChoices = 16;
inline constexpr std::size_t kMaxSteps = 64;
inline constexpr std::size_t kMaxPieces = 64;
inline constexpr std::uint32_t kMaxMessageBytes = 4U << 20;
inline constexpr std::uint32_t kHeaderBytes = 24;  // of a framed record; payload.h

// Everybody at full speed, or call by call as parley schedules them.
enum class Mode : std::uint8_t { kFree, kStepped };

// How the bytes of puts are made; payload.h.
enum class Encoding : std::uint8_t {
  kFramed,           // header + body: any number of writers, records of 24 bytes and more
  kSelfIdentifying,  // every byte names its writer: at most 8 writers, any length
};

// What fills the body of a framed record.
enum class Body : std::uint8_t { kCounter, kZeros, kOnes, kNewlines, kMagic, kCount };

// One of a bit set of bodies, uniformly.
Body DrawBody(std::uint8_t bodies, Random& random);

// A distribution of sizes: one of the choices, uniformly, then uniformly within it, ends included.
struct Sizes {
  struct Choice {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    bool operator==(const Choice&) const = default;
  };
  std::array<Choice, kMaxSizeChoices> choices{};
  std::uint32_t count = 0;

  std::uint32_t Draw(Random& random) const;
  std::uint32_t Smallest() const;
  std::uint32_t Largest() const;
  static Sizes Range(std::uint32_t low, std::uint32_t high);
  bool operator==(const Sizes&) const = default;
};

// One call of a stream, drawn with probability weight / sum of weights.
struct CallChoice {
  std::uint8_t call = 0;  // index in Facility::Calls()
  std::uint32_t weight = 0;
  bool operator==(const CallChoice&) const = default;
};

// SIGALRM from an interval timer of the worker's own, to a handler that does nothing.
struct Interrupts {
  std::uint32_t interval_us = 0;  // 0: none
  bool restart = false;           // SA_RESTART
  bool operator==(const Interrupts&) const = default;
};

// Disturbance between operations, each a chance in 1024 an operation.
struct Jitter {
  std::uint16_t yield = 0;
  std::uint16_t spin = 0;   // 1..50 us
  std::uint16_t sleep = 0;  // pause_us
  std::uint16_t move = 0;   // to another core
  std::uint32_t pause_us = 1000;
  bool operator==(const Jitter&) const = default;
};

// A worker that draws its operations as it runs.
struct StreamPlan {
  std::array<CallChoice, kMaxCallChoices> calls{};
  std::uint32_t call_count = 0;
  std::uint64_t operations = 0;  // how many calls; readers: 0 = until end-of-file
  Sizes sizes;    // bytes of a put or of a take's buffer; argument of a resize; lengths of ranges
  Sizes pieces;   // segments of a gathering call
  Sizes classes;  // messages: of a send, or what a receive that selects asks for
  Sizes starts;   // locks: where ranges start; their lengths are sizes
  Sizes held;     // locks: how many are taken before they are given back
  bool ascending = false;  // locks: each begins behind those that are held
  bool operator==(const StreamPlan&) const = default;
};

enum class StepKind : std::uint8_t {
  kCall,      // the worker makes one call
  kKill,      // the crew leader kills the worker and waits for its death
  kStop,      // SIGSTOP
  kContinue,  // SIGCONT
  kRelease,   // the maker closes its own descriptors
};

// One step of a script.  Steps of one phase run side by side; a phase is over when each of its
// calls has returned or sleeps.
struct Step {
  StepKind kind = StepKind::kCall;
  std::uint8_t call = 0;
  std::uint16_t phase = 0;
  std::uint16_t handle = 0;  // 0: the newest handle that fits
  std::uint16_t repeat = 1;  // times, a count
  std::uint32_t bytes = 0;
  std::uint64_t argument = 0;  // gathering: segments; messages: a class; locks: the range
  std::uint32_t delay_us = 0;  // busy wait before the call, inside the phase
  bool operator==(const Step&) const = default;
};

// Which of an unnamed object's ends a worker is handed, or opens before its first operation.
enum class Ends : std::uint8_t { kNone, kRead, kWrite, kBoth };

// What one worker does.  A stream when stream.call_count > 0, else a script.
struct WorkerPlan {
  std::uint64_t seed = 0;
  Topology topology = Topology::kRelated;
  Ends ends = Ends::kNone;
  Encoding encoding = Encoding::kFramed;
  std::uint8_t role = 0;            // index in Program::roles
  std::uint8_t bodies = 1;          // bit set of Body
  bool creator = false;             // makes the object (its death must not end the object)
  bool fresh = false;               // its process starts after the object was made
  bool overwrites = false;          // overwrites its buffer after each put
  bool ignores_broken_pipe = true;  // SIGPIPE ignored; else it is caught and counted
  std::uint8_t rank = 0;            // stepped: real-time priority 1 + rank above the scheduler
  std::uint8_t identity = 0;        // self-identifying encoding: the writer's number, 0..7
  Interrupts interrupts;
  Jitter jitter;
  StreamPlan stream;
  std::uint32_t step_count = 0;
  std::array<Step, kMaxSteps> steps{};
  bool operator==(const WorkerPlan&) const = default;
};
static_assert(std::is_trivially_copyable_v<WorkerPlan>);

enum class KillWhere : std::uint8_t { kInside, kBetween };

// A fault of a stream: dealt when the worker has made that many operations.
struct FaultPlan {
  FaultKind kind = FaultKind::kKill;
  KillWhere where = KillWhere::kInside;
  std::uint16_t worker = 0;
  bool respawn = true;  // a killed worker is replaced by another that goes on
  std::uint64_t after_operations = 0;
  std::uint32_t duration_us = 2000;  // of a stop
  bool operator==(const FaultPlan&) const = default;
};

inline constexpr std::uint32_t kRanks = 64;  // WorkerPlan::rank is below

enum class ScheduleKind : std::uint8_t {
  kStart,          // the worker begins its next call
  kSignal,         // a handled signal, no SA_RESTART, is delivered to it
  kSignalRestart,  // the same with SA_RESTART
  kKill,           // SIGKILL, and its death awaited
  kRespawn,        // a fresh process takes the place of the killed one; script_cursor.h
};

// One step of a stepped round.  Lenient: an entry that cannot be applied (the worker sleeps in a
// call, has finished or is dead, or is not to be replaced) is skipped, so that every part of a
// schedule is a schedule.  worker: of the program, whichever process has its place.
struct ScheduleEntry {
  ScheduleKind kind = ScheduleKind::kStart;
  std::uint16_t worker = 0;
  bool operator==(const ScheduleEntry&) const = default;
};

// Who is next when the schedule is exhausted; src/strategy.
enum class StrategyKind : std::uint8_t {
  kLowest,      // the ready worker of the lowest number: what a shrunk schedule ends with
  kRandomWalk,  // uniform over the ready ones
  kPct,         // priorities with change points
  kPos,         // partial order sampling
  kSurw,        // selectively uniform random walk
};

struct StrategyPlan {
  StrategyKind kind = StrategyKind::kLowest;
  std::uint8_t depth = 0;  // of PCT: ordering constraints that suffice for the bug, 1..
  std::uint64_t seed = 0;
  bool operator==(const StrategyPlan&) const = default;
};

inline constexpr std::size_t kMaxScheduleEntries = 4096;

// How a round is stepped: parley is the scheduler, and everybody else sleeps while it looks.
struct SteppedPlan {
  std::vector<ScheduleEntry> schedule;  // done first, entry by entry
  StrategyPlan strategy;                // then this chooses
  // Chances in 1024 that a step which the strategy would choose is one of these instead.
  std::uint16_t signal = 0;
  std::uint16_t signal_restart = 0;
  std::uint16_t kill = 0;
  std::uint16_t respawn = 0;  // also: who is dead when nobody is ready is replaced
  // When nobody is ready and somebody sleeps in a call: up to so many signals (from the strategy's
  // seed) interrupt sleepers, so that the round goes on.
  std::uint16_t rescues = 0;
  bool operator==(const SteppedPlan&) const = default;
};

struct Program {
  std::string facility;
  ObjectPlan object;
  std::vector<std::string> roles;
  std::vector<WorkerPlan> workers;
  std::vector<FaultPlan> faults;
  std::uint32_t phases = 0;  // of scripts; 0 when every worker is a stream
  bool maker_keeps = false;  // the maker keeps its descriptors until the round is over
  // Stepped mode: the workers' scripts are made call by call, phases and delays do not count.
  std::optional<SteppedPlan> stepped;
};

// Why a decoder of framed records cannot follow what such a call leads to; empty when it can.
std::string_view WhyNotFramed(Effect effect);

}  // namespace parley

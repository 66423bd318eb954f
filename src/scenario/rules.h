// What a scenario's rounds draw from: the file's content, checked, names resolved as far as they do
// not depend on the facility.  Every range includes both ends.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/base/seed.h"
#include "src/program/program.h"

namespace parley {

// Workers of one role.
inline constexpr std::uint32_t kMaxRoleCount = 64;
// Workers of all roles other than "writer" and "reader", whose counts the command line may raise.
inline constexpr std::uint32_t kMaxOtherWorkers = kMaxWorkers - 2 * kMaxRoleCount;
// Writers that self-identifying bytes can tell apart.
inline constexpr std::uint32_t kMaxIdentities = 8;
// What one write moves indivisibly on Linux, and thus what concurrent readers find whole.
inline constexpr std::uint32_t kWholeRecordBytes = 4096;

struct Interval {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  std::uint64_t Draw(Random& random) const { return random.Between(low, high); }
};

// Sizes in bytes, or the one size that all records of the round have.
struct SizeRule {
  Sizes sizes;
  bool record = false;
};

struct ObjectRule {
  Sizes capacity_bytes = Sizes::Range(0, 0);     // 0: the system's default
  Sizes capacity_messages = Sizes::Range(0, 0);  // 0: the system's default
  Sizes message_bytes = Sizes::Range(0, 0);      // 0: the system's default
  bool nonblocking = false;
  bool exists = true;
};

struct JitterRule {
  Interval yield;  // chances in 1024 an operation
  Interval spin;
  Interval sleep;
  Interval move;
  Interval pause_us{1000, 1000};
};

struct CallRule {
  std::string call;
  std::uint32_t weight = 1;
};

// A role without calls follows the phases, or just holds its ends.
struct RoleRule {
  std::string name;
  Interval count{1, 1};
  std::vector<Topology> topologies{Topology::kRelated};  // each worker draws one
  Ends ends = Ends::kNone;
  bool creator = false;
  bool fresh = false;
  bool overwrites = false;
  std::vector<bool> ignores_broken_pipe{true};  // each worker draws one
  std::uint8_t bodies = 1;                      // bit set of Body
  Interval interrupt_us{0, 0};
  bool restart = false;
  JitterRule jitter;
  std::vector<CallRule> calls;
  bool puts = false;  // some call offers bytes
  bool takes = false;
  bool locks = false;  // some call asks for a lock
  Interval operations;
  SizeRule sizes;  // of messages, buffers, capacities or ranges
  Sizes pieces = Sizes::Range(1, 1);
  Sizes classes;  // messages: priorities or types; none: 0
  Sizes starts;   // locks, and the next two, as in StreamPlan
  Sizes held = Sizes::Range(1, 1);
  bool ascending = false;
};

enum class FaultPlace : std::uint8_t { kInside, kBetween, kEither };

struct FaultRule {
  FaultKind kind = FaultKind::kKill;
  std::size_t role = 0;               // index in Rules::roles
  std::optional<std::uint32_t> only;  // that worker of the role; else any
  FaultPlace where = FaultPlace::kInside;
  Interval count;
  double per_thousand_operations = 0;  // beside count
  bool respawn = true;
  Interval duration_us{2000, 2000};
};

// Which workers of a role take a step.
enum class Who : std::uint8_t { kEach, kOnly, kAny };

// A range of bytes to lock.
struct RangeRule {
  Interval start;
  Interval length;           // 0: to the end of the file
  bool backwards = false;    // the bytes before the start
  std::uint32_t stride = 0;  // the start of a role's next worker lies so much further
  bool wraps = false;        // and behind its last worker is its first
};

struct StepRule {
  StepKind kind = StepKind::kCall;
  std::size_t role = 0;
  Who who = Who::kEach;
  std::uint32_t only = 0;  // kOnly
  std::string call;
  SizeRule bytes;
  Interval argument;
  bool each_argument = false;      // one step for every number of argument
  std::optional<RangeRule> range;  // of locks, instead of argument
  std::uint16_t handle = 0;
  Interval repeat{1, 1};
  std::optional<std::size_t> repeat_per;  // times the number of that role's workers
  Interval delay_us;
  std::uint32_t chance_percent = 100;
};

struct PhaseRule {
  bool cycle = false;  // part of the block that is repeated
  std::vector<StepRule> steps;
};

struct Rules {
  ObjectRule object;
  std::map<std::string, ObjectRule> facility_objects;  // instead of object, by facility
  Encoding encoding = Encoding::kFramed;
  Sizes record_bytes;  // one draw a round
  bool maker_keeps = false;
  std::vector<RoleRule> roles;
  std::vector<FaultRule> faults;
  std::vector<PhaseRule> phases;
  Interval cycles{1, 1};  // times that the block of phases marked cycle is repeated
};

}  // namespace parley

// Programs of the stepped mode as rapidcheck draws them: workers, calls from a facility's table,
// bytes, a schedule's first entries, and the strategy that goes on.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "src/history/lock_calls.h"
#include "src/program/program.h"

namespace parley {

// What the workers of one role may be like.  What is plural is drawn from, each with equal chance;
// what stands there twice is drawn twice as often.
struct ScriptRole {
  std::string name = "writer";
  Ends ends = Ends::kWrite;     // that an unnamed object's worker is handed
  std::uint32_t count_low = 1;  // workers of it
  std::uint32_t count_high = 3;
  std::vector<Topology> topologies{Topology::kRelated};
  std::vector<std::string> first;  // calls, one of which comes first; empty: none of them
  std::vector<std::string> calls;
  std::uint32_t calls_low = 1;  // calls of a worker, first and last one aside
  std::uint32_t calls_high = 10;
  std::vector<std::uint32_t> bytes{24};   // of messages and buffers
  std::vector<std::uint32_t> classes{};   // of messages; empty: byte streams
  std::vector<LockRange> ranges{};        // of locks
  std::vector<std::uint16_t> handles{0};  // of puts and takes; 0: the newest that fits
  bool leaves = true;                     // may close what it opened last
  bool creator = false;                   // makes the object
};

struct ScriptShape {
  std::string facility = "pipe";
  Encoding encoding = Encoding::kSelfIdentifying;
  std::vector<std::uint32_t> capacities{0};
  std::vector<std::uint32_t> places{0};  // of a queue: messages
  std::vector<std::uint32_t> records;    // one of them for all messages and buffers of a program
  std::vector<ScriptRole> roles;
  bool overwrites = false;    // in a part of the programs writers overwrite what they wrote
  bool may_not_wait = false;  // descriptors made with O_NONBLOCK in a part of the programs
  // The most that a program's chances of these may be, in 1024 a step.
  std::uint16_t signal = 0;
  std::uint16_t signal_restart = 0;
  std::uint16_t kill = 0;
  std::uint16_t respawn = 0;        // in a part of the programs; pipes are then kept by their maker
  std::uint32_t entries_high = 16;  // of the schedule that is written down
};

// Every one of them can be run (CheckProgram); none shrinks by itself: see ShrunkByPasses.
//
// shape: its calls are the facility's.
rc::Gen<Program> Scripts(ScriptShape shape);

// For rapidcheck's list of what was drawn: how large it is.  What happens in it is the listing's to
// say, which takes a round.
void showValue(const Program& program, std::ostream& os);

}  // namespace parley

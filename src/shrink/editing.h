// What the passes do to programs: each result is a program, whatever is taken away.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "src/history/history.h"
#include "src/program/program.h"

namespace parley {

// One call of a worker: the calls of its script, repeats unrolled, are numbered from 0.
struct CallAt {
  std::uint16_t worker = 0;
  std::uint32_t number = 0;
};

// 0 to the number of workers, as schedules name them.
std::vector<std::uint16_t> WorkersOf(const Program& program);

// A step of a script.
struct StepPlace {
  std::uint16_t worker = 0;
  std::uint32_t step = 0;
};

// Worker by worker.
std::vector<StepPlace> AllSteps(const Program& program);

// What the call does; kOther when the program's facility has no such call or is not linked in.
Effect EffectOf(const Program& program, std::uint8_t call);

// Equal entries that follow each other in a schedule.
struct Segment {
  ScheduleEntry entry;
  std::size_t first = 0;
  std::size_t count = 0;
};

std::vector<Segment> SegmentsOf(std::span<const ScheduleEntry> schedule);

// The calls that the schedule begins, in its order.  An entry that the round would skip because its
// worker sleeps is taken for a call.
std::vector<CallAt> ScheduledCalls(const Program& program);

// The numbers of the calls of one step: [first, first + repeat).
std::vector<CallAt> CallsOfStep(const WorkerPlan& worker, std::uint16_t index, std::uint32_t step);

// Takes the calls out of the scripts, and out of the schedule the entries that begin them, so that
// all other calls stay where they were.
void RemoveCalls(Program& program, std::span<const CallAt> calls);

// The same for all calls of the steps.
void RemoveSteps(Program& program, std::span<const StepPlace> steps);

// Takes the workers [first, first + count) away, with their entries; the others are renumbered.
void RemoveWorkers(Program& program, std::size_t first, std::size_t count);

// The worker now at order[i] becomes worker i.  order: a permutation.
void ReorderWorkers(Program& program, std::span<const std::uint16_t> order);

// Lets `into` make the calls of `from` too, in the order of the schedule, and takes `from` away.
// Returns: false, and nothing done, when the script would be too long.
bool MergeWorkers(Program& program, std::uint16_t into, std::uint16_t from);

}  // namespace parley

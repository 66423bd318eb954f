#include "src/shrink/schedule.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "src/history/successors.h"

namespace parley {
namespace {

std::optional<ScheduleKind> KindOf(FaultKind kind) {
  switch (kind) {
    case FaultKind::kKill:
      return ScheduleKind::kKill;
    case FaultKind::kSignal:
      return ScheduleKind::kSignal;
    case FaultKind::kSignalRestart:
      return ScheduleKind::kSignalRestart;
    case FaultKind::kRespawn:
      return ScheduleKind::kRespawn;
    case FaultKind::kStop:
    case FaultKind::kContinue:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::vector<ScheduleEntry> ScheduleOf(const History& history) {
  // Schedules name the place in the program, whoever has it.
  std::map<std::uint16_t, std::uint16_t> places;
  const auto place_of = [&](std::uint16_t worker) {
    const auto place = places.find(worker);
    return place == places.end() ? worker : place->second;
  };
  for (const Replacement& one : ReplacementsOf(history)) {
    places[one.successor] = place_of(one.gone);
  }
  std::map<std::uint64_t, ScheduleEntry> by_step;
  // Faults first: what a successor is handed is part of the step that brings it.
  for (const Fault& fault : history.faults) {
    const auto kind = KindOf(fault.kind);
    if (!kind) continue;
    by_step.emplace(StepAt(fault.invoked_ns),
                    ScheduleEntry{.kind = *kind, .worker = place_of(fault.worker)});
  }
  for (const Operation& op : history.operations) {
    by_step.emplace(StepAt(op.invoked_ns), ScheduleEntry{.worker = place_of(op.worker)});
  }
  by_step.erase(0);
  std::vector<ScheduleEntry> schedule;
  for (const auto& [step, entry] : by_step) schedule.push_back(entry);
  return schedule;
}

Program WithScheduleOf(Program program, const History& history) {
  SteppedPlan plan{.schedule = ScheduleOf(history)};
  // The maker's closing is no step.
  std::erase_if(plan.schedule,
                [&](const ScheduleEntry& entry) { return entry.worker >= program.workers.size(); });
  if (plan.schedule.size() > kMaxScheduleEntries) plan.schedule.resize(kMaxScheduleEntries);
  program.stepped = std::move(plan);
  return program;
}

}  // namespace parley

#include "src/history/successors.h"

#include <algorithm>

namespace parley {

std::vector<Replacement> ReplacementsOf(const History& history) {
  std::vector<Replacement> replacements;
  for (const Fault& fault : history.faults) {
    if (fault.kind != FaultKind::kRespawn) continue;
    replacements.push_back({.gone = fault.worker, .step = StepAt(fault.invoked_ns)});
  }
  std::ranges::sort(replacements, {}, &Replacement::step);
  const auto maker = std::ranges::find(history.workers, kMakerRole, &WorkerInfo::role);
  auto next = static_cast<std::uint16_t>(maker - history.workers.begin());
  for (Replacement& replacement : replacements) replacement.successor = ++next;
  return replacements;
}

}  // namespace parley

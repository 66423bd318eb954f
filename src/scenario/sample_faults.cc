// Faults of streams.
#include <algorithm>
#include <cmath>
#include <tuple>

#include "src/scenario/draft.h"

namespace parley {
namespace {

constexpr std::uint64_t kMaxFaults = 256;  // of a round
// What a take returns at most, whatever its buffer: about what a byte stream buffers.
constexpr double kTypicalTakeBytes = 65536;

double MeanBytes(const Sizes& sizes) {
  double sum = 0;
  for (std::uint32_t i = 0; i < sizes.count; ++i) {
    sum += (static_cast<double>(sizes.choices[i].low) + sizes.choices[i].high) / 2;
  }
  return sizes.count == 0 ? 0 : sum / sizes.count;
}

// At least 1.  A worker that receives until end-of-file shares what is sent with its fellows.
std::uint64_t ExpectedOperations(const Draft& draft, const WorkerPlan& worker) {
  if (worker.stream.operations != 0) return worker.stream.operations;
  double sent_bytes = 0;
  double takers = 0;
  for (const WorkerPlan& other : draft.program.workers) {
    const RoleRule& rule = draft.rules.roles[other.role];
    if (rule.puts) {
      sent_bytes += MeanBytes(other.stream.sizes) * static_cast<double>(other.stream.operations);
    }
    takers += rule.takes ? 1 : 0;
  }
  const double take_bytes = std::clamp(MeanBytes(worker.stream.sizes), 1.0, kTypicalTakeBytes);
  return std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(sent_bytes / take_bytes / std::max(takers, 1.0)));
}

// How many it makes all but certainly: chance may favour a worker's fellows, and large buffers take
// more than their mean, but hardly eight times.
std::uint64_t SureOperations(const Draft& draft, const WorkerPlan& worker) {
  const std::uint64_t expected = ExpectedOperations(draft, worker);
  return worker.stream.operations != 0 ? expected : std::max<std::uint64_t>(1, expected / 8);
}

std::uint64_t DrawCount(const Draft& draft, const FaultRule& rule,
                        const std::vector<std::uint16_t>& targets, Random& random) {
  double expected = 0;
  for (const std::uint16_t target : targets) {
    expected += static_cast<double>(ExpectedOperations(draft, draft.program.workers[target])) *
                rule.per_thousand_operations / 1000;
  }
  const double whole = std::floor(std::min(expected, static_cast<double>(kMaxFaults)));
  const auto thousandths = static_cast<std::uint64_t>((expected - whole) * 1000);
  const std::uint64_t count = rule.count.Draw(random) + static_cast<std::uint64_t>(whole) +
                              (random.Chance(thousandths, 1000) ? 1 : 0);
  return std::min(count, kMaxFaults);
}

FaultPlan SampleFault(const Draft& draft, const FaultRule& rule, std::uint16_t worker,
                      Random& random) {
  FaultPlan fault;
  fault.kind = rule.kind;
  fault.worker = worker;
  fault.respawn = rule.kind == FaultKind::kKill && rule.respawn;
  const bool inside = rule.where == FaultPlace::kInside ||
                      (rule.where == FaultPlace::kEither && random.Chance(1, 2));
  fault.where = inside ? KillWhere::kInside : KillWhere::kBetween;
  fault.after_operations = random.Below(SureOperations(draft, draft.program.workers[worker]));
  fault.duration_us = static_cast<std::uint32_t>(rule.duration_us.Draw(random));
  return fault;
}

}  // namespace

void SampleFaults(Draft& draft) {
  for (std::size_t i = 0; i < draft.rules.faults.size(); ++i) {
    const FaultRule& rule = draft.rules.faults[i];
    Random random(Derive(draft.root, "fault", i));
    std::vector<std::uint16_t> targets;
    for (std::uint32_t k = 0; k < draft.counts[rule.role]; ++k) {
      if (!rule.only || *rule.only == k) {
        targets.push_back(static_cast<std::uint16_t>(draft.first[rule.role] + k));
      }
    }
    const std::uint64_t count = DrawCount(draft, rule, targets, random);
    for (std::uint64_t n = 0; n < count && !targets.empty(); ++n) {
      if (draft.program.faults.size() == kMaxFaults) break;
      const std::size_t drawn = random.Below(targets.size());
      draft.program.faults.push_back(SampleFault(draft, rule, targets[drawn], random));
      // Who is not replaced can be killed only once.
      if (rule.kind == FaultKind::kKill && !rule.respawn) {
        targets.erase(targets.begin() + static_cast<std::ptrdiff_t>(drawn));
      }
    }
  }
  const auto order = [](const FaultPlan& fault) {
    return std::tuple(fault.worker, fault.after_operations, fault.kind, fault.where, fault.respawn,
                      fault.duration_us);
  };
  std::ranges::sort(draft.program.faults, {}, order);
  // No two at one place: the second would hit a successor that has done nothing yet.
  for (std::size_t i = 1; i < draft.program.faults.size(); ++i) {
    const FaultPlan& before = draft.program.faults[i - 1];
    FaultPlan& fault = draft.program.faults[i];
    if (fault.worker == before.worker) {
      fault.after_operations = std::max(fault.after_operations, before.after_operations + 1);
    }
  }
}

}  // namespace parley

// Scripts: phases laid out in time, steps dealt to workers.
#include <algorithm>
#include <utility>

#include "src/base/check.h"
#include "src/history/lock_calls.h"
#include "src/scenario/draft.h"
#include "src/scenario/reading.h"

namespace parley {
namespace {

constexpr std::uint64_t kMaxRepeat = 65535;
constexpr std::uint64_t kMaxStepsOfPhase = 1024;  // keeps the draws of one phase off the next's

void Append(WorkerPlan& worker, const Step& step) {
  CHECK(worker.step_count < kMaxSteps);
  worker.steps[worker.step_count++] = step;
}

// The workers of the rule's role that take the step, by index in the program.
std::vector<std::size_t> Takers(const Draft& draft, const StepRule& rule, std::uint64_t key) {
  const std::size_t first = draft.first[rule.role];
  const std::uint32_t count = draft.counts[rule.role];
  Random random(Derive(key, "who"));
  switch (rule.who) {
    case Who::kOnly:
      return {first + rule.only};
    case Who::kAny:
      return {first + random.Below(count)};
    case Who::kEach:
      break;
  }
  std::vector<std::size_t> all;
  for (std::uint32_t k = 0; k < count; ++k) all.push_back(first + k);
  return all;
}

// index: of the worker in its role, which has so many.
std::uint64_t SampleRange(const RangeRule& rule, std::uint32_t index, std::uint32_t workers,
                          Random& draws) {
  auto start = static_cast<std::uint32_t>(rule.start.Draw(draws)) + rule.stride * index;
  if (rule.wraps) start %= rule.stride * workers;
  const auto length = static_cast<std::int32_t>(rule.length.Draw(draws));
  return PackRange({.start = start, .length = rule.backwards ? -length : length});
}

// index: of the worker in its role.  draws: its own for this step.
Step SampleStep(const Draft& draft, const StepRule& rule, std::uint32_t index, std::uint16_t phase,
                Random& draws) {
  Step step;
  step.kind = rule.kind;
  step.phase = phase;
  step.delay_us = static_cast<std::uint32_t>(rule.delay_us.Draw(draws));
  if (rule.kind != StepKind::kCall) return step;
  const Facility* const facilities[] = {&draft.facility};
  step.call = CallIndex(draft.facility, rule.call);
  step.handle = rule.handle;
  step.bytes = SizesOf(draft, rule.bytes, PutsBytes(rule.call, facilities)).Draw(draws);
  const std::uint64_t per = rule.repeat_per ? draft.counts[*rule.repeat_per] : 1;
  step.repeat = static_cast<std::uint16_t>(std::min(rule.repeat.Draw(draws) * per, kMaxRepeat));
  step.argument = rule.each_argument ? 0 : rule.argument.Draw(draws);
  if (rule.range) step.argument = SampleRange(*rule.range, index, draft.counts[rule.role], draws);
  return step;
}

void DealStep(Draft& draft, const StepRule& rule, std::uint16_t phase, std::uint64_t key) {
  for (const std::size_t taker : Takers(draft, rule, key)) {
    const auto index = static_cast<std::uint32_t>(taker - draft.first[rule.role]);
    Random draws(Derive(key, "taker", index));
    const bool happens = draws.Chance(rule.chance_percent, 100);
    Step step = SampleStep(draft, rule, index, phase, draws);
    if (!happens) continue;
    if (!rule.each_argument) {
      Append(draft.program.workers[taker], step);
      continue;
    }
    for (std::uint64_t n = rule.argument.low; n <= rule.argument.high; ++n) {
      step.argument = n;
      Append(draft.program.workers[taker], step);
    }
  }
}

// A release is the maker's, but is written down with a worker: one that no kill can take it from.
void DealRelease(Draft& draft, std::uint16_t phase, std::uint32_t delay_us) {
  const auto killed = [](const WorkerPlan& worker) {
    return std::any_of(worker.steps.begin(), worker.steps.begin() + worker.step_count,
                       [](const Step& step) { return step.kind == StepKind::kKill; });
  };
  const Step release{.kind = StepKind::kRelease, .phase = phase, .delay_us = delay_us};
  auto& workers = draft.program.workers;
  auto keeper = std::ranges::find_if_not(workers, killed);
  if (keeper == workers.end()) keeper = workers.begin();
  CHECK(keeper->step_count < kMaxSteps);
  const auto end = keeper->steps.begin() + keeper->step_count++;
  const auto place = std::ranges::upper_bound(keeper->steps.begin(), end, phase, {}, &Step::phase);
  std::move_backward(place, end, end + 1);
  *place = release;
}

// The phases of the file in the order in which they happen, the cycle as often as drawn.
std::vector<const PhaseRule*> LayOut(const Draft& draft) {
  const auto& phases = draft.rules.phases;
  Random random(Derive(draft.root, "cycles"));
  const std::uint64_t cycles = draft.rules.cycles.Draw(random);
  const auto begin = std::ranges::find(phases, true, &PhaseRule::cycle);
  const auto end = std::find_if_not(begin, phases.end(), [](auto& phase) { return phase.cycle; });
  std::vector<const PhaseRule*> order;
  for (auto phase = phases.begin(); phase != begin; ++phase) order.push_back(&*phase);
  for (std::uint64_t n = 0; n < cycles; ++n) {
    for (auto phase = begin; phase != end; ++phase) order.push_back(&*phase);
  }
  for (auto phase = end; phase != phases.end(); ++phase) order.push_back(&*phase);
  return order;
}

}  // namespace

void SampleScript(Draft& draft) {
  const std::vector<const PhaseRule*> order = LayOut(draft);
  std::vector<std::pair<std::uint16_t, std::uint32_t>> releases;
  for (std::size_t phase = 0; phase < order.size(); ++phase) {
    const auto& steps = order[phase]->steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const std::uint64_t key = Derive(draft.root, "step", phase * kMaxStepsOfPhase + i);
      const auto number = static_cast<std::uint16_t>(phase);
      if (steps[i].kind == StepKind::kRelease) {
        Random draws(Derive(key, "release"));
        releases.emplace_back(number, static_cast<std::uint32_t>(steps[i].delay_us.Draw(draws)));
      } else {
        DealStep(draft, steps[i], number, key);
      }
    }
  }
  for (const auto& [phase, delay_us] : releases) DealRelease(draft, phase, delay_us);
  draft.program.phases = static_cast<std::uint32_t>(order.size());
}

}  // namespace parley

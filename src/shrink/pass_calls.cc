// Passes that take workers and calls away.
#include <algorithm>
#include <array>
#include <span>

#include "src/shrink/editing.h"
#include "src/shrink/passes.h"

namespace parley {
namespace {

// Pairs are tried only among so many steps: 24 * 23 / 2 replays cost about 0.1 s.
constexpr std::size_t kPairedStepsMax = 24;

// Who opens one end and then the other waits for a partner that he would be himself.
void OpenBothEnds(Program& program, std::size_t worker) {
  const auto calls = FindFacility(program.facility)->Calls();
  const auto both = std::ranges::find(calls, Effect::kOpenBoth, &CallTraits::effect);
  if (both == calls.end()) return;
  WorkerPlan& plan = program.workers[worker];
  for (Step& step : std::span(plan.steps).first(plan.step_count)) {
    const Effect effect = EffectOf(program, step.call);
    const bool opens = effect == Effect::kOpenRead || effect == Effect::kOpenWrite;
    if (opens) step.call = static_cast<std::uint8_t>(both - calls.begin());
  }
}

}  // namespace

std::vector<Edit> DropWorkers(const Program& program) {
  std::vector<Edit> edits;
  const std::size_t total = program.workers.size();
  ForChunks(total, [&](std::uint64_t rank, std::size_t first, std::size_t count) {
    if (count == total) return;  // a round has workers
    edits.push_back({rank, [=](Program& smaller) { RemoveWorkers(smaller, first, count); }});
  });
  return edits;
}

std::vector<Edit> DropWindows(const Program& program) {
  std::vector<Edit> edits;
  const std::size_t total = ScheduledCalls(program).size();
  ForChunks(total, [&](std::uint64_t rank, std::size_t first, std::size_t count) {
    edits.push_back({rank, [=](Program& smaller) {
                       const auto calls = ScheduledCalls(smaller);
                       RemoveCalls(smaller, std::span(calls).subspan(first, count));
                     }});
  });
  return edits;
}

std::vector<Edit> DropSteps(const Program& program) {
  std::vector<Edit> edits;
  const std::size_t total = AllSteps(program).size();
  ForChunks(total, [&](std::uint64_t rank, std::size_t first, std::size_t count) {
    edits.push_back({rank, [=](Program& smaller) {
                       const auto steps = AllSteps(smaller);
                       RemoveSteps(smaller, std::span(steps).subspan(first, count));
                     }});
  });
  return edits;
}

std::vector<Edit> DropPairs(const Program& program) {
  std::vector<Edit> edits;
  const auto steps = AllSteps(program);
  if (steps.size() > kPairedStepsMax) return edits;
  const auto last_call = [&](const StepPlace& at) {
    return CallsOfStep(program.workers[at.worker], at.worker, at.step).back();
  };
  const auto repeats = [&](const StepPlace& at) {
    return program.workers[at.worker].steps[at.step].repeat > 1;
  };
  for (std::size_t i = 0; i < steps.size(); ++i) {
    for (std::size_t j = i + 1; j < steps.size(); ++j) {
      const std::uint64_t rank = i << 32 | j << 1;
      const std::array pair{steps[i], steps[j]};
      edits.push_back({rank, [pair](Program& smaller) { RemoveSteps(smaller, pair); }});
      if (!repeats(pair[0]) && !repeats(pair[1])) continue;
      // Three sends in one step, and three receives in as many.
      const std::array calls{last_call(pair[0]), last_call(pair[1])};
      edits.push_back({rank | 1, [calls](Program& smaller) { RemoveCalls(smaller, calls); }});
    }
  }
  return edits;
}

std::vector<Edit> MergeCrew(const Program& program) {
  std::vector<Edit> edits;
  const bool named = FindFacility(program.facility)->named();
  for (const std::uint16_t into : WorkersOf(program)) {
    for (const std::uint16_t from : WorkersOf(program)) {
      if (from == into) continue;
      const std::uint64_t rank = std::uint64_t{into} << 32 | std::uint64_t{from} << 1;
      edits.push_back({rank, [=](Program& smaller) { MergeWorkers(smaller, into, from); }});
      if (!named) continue;
      edits.push_back({rank | 1, [=](Program& smaller) {
                         if (!MergeWorkers(smaller, into, from)) return;
                         OpenBothEnds(smaller, from < into ? into - 1U : into);
                       }});
    }
  }
  return edits;
}

}  // namespace parley

// Passes that let one call do what several did, though it may have to move more bytes.
#include <algorithm>
#include <bit>
#include <numeric>
#include <optional>
#include <span>

#include "src/facility/facility.h"
#include "src/shrink/editing.h"
#include "src/shrink/passes.h"

namespace parley {
namespace {

constexpr std::uint64_t kPageBytes = 4096;
constexpr std::uint64_t kDefaultCapacityBytes = 65536;  // of a pipe or FIFO; pipe(7)
// A run of so many steps has 120 parts; each is tried in a few ways.
constexpr std::uint32_t kShortRunMax = 16;

// Steps of one script that follow each other and make the same call.
struct StepRun {
  std::uint16_t worker = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

std::vector<StepRun> RunsOf(const Program& program) {
  std::vector<StepRun> runs;
  for (const StepPlace& at : AllSteps(program)) {
    const WorkerPlan& worker = program.workers[at.worker];
    const bool follows =
        at.step > 0 && worker.steps[at.step].call == worker.steps[at.step - 1].call;
    if (!follows) runs.push_back({.worker = at.worker, .first = at.step});
    ++runs.back().count;
  }
  return runs;
}

std::uint64_t PagesOf(const Program& program, const StepRun& run) {
  const auto steps = std::span(program.workers[run.worker].steps).subspan(run.first, run.count);
  return std::accumulate(steps.begin(), steps.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Step& step) {
                           const std::uint64_t pages = (step.bytes + kPageBytes - 1) / kPageBytes;
                           return sum + pages * step.repeat;
                         });
}

std::uint64_t BytesOf(const Program& program, const StepRun& run) {
  const auto steps = std::span(program.workers[run.worker].steps).subspan(run.first, run.count);
  return std::accumulate(steps.begin(), steps.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Step& step) {
                           return sum + std::uint64_t{step.bytes} * step.repeat;
                         });
}

// Capacities that the object has from the start or by its first resize.
std::vector<std::uint64_t> CapacitiesOf(const Program& program) {
  std::vector<std::uint64_t> capacities{
      program.object.capacity_bytes > 0 ? program.object.capacity_bytes : kDefaultCapacityBytes};
  for (const StepPlace& at : AllSteps(program)) {
    const Step& step = program.workers[at.worker].steps[at.step];
    if (EffectOf(program, step.call) != Effect::kResize) continue;
    // The system rounds up to a power of two pages.
    capacities.push_back(
        std::bit_ceil(std::clamp<std::uint64_t>(step.argument, kPageBytes, kMaxMessageBytes)));
    break;
  }
  return capacities;
}

// One call in place of all of a run.
struct Joining {
  std::uint64_t bytes = 0;
  bool last = false;                 // where the last of them was, not the first
  bool takes_too = false;            // takes ask for as much, and a page more
  std::uint32_t capacity_bytes = 0;  // of the object, 0: as it is
};

// Small writes fill an object by taking a page each, or what is left of one; a large write does it
// at once, with room in the last page or without (pipe(7)).
std::vector<Joining> JoiningsOf(const Program& program, const StepRun& run) {
  const std::uint64_t sum = BytesOf(program, run);
  if (sum == 0) return {};
  std::vector<Joining> joinings{{.bytes = sum},
                                {.bytes = sum, .last = true},
                                {.bytes = kPageBytes, .capacity_bytes = kPageBytes}};
  const std::uint32_t last = program.workers[run.worker].steps[run.first + run.count - 1].bytes;
  const std::uint64_t in_last_page = last % kPageBytes == 0 ? kPageBytes : last % kPageBytes;
  std::vector<std::uint64_t> fillings = CapacitiesOf(program);
  fillings.push_back(PagesOf(program, run) * kPageBytes);  // as many pages as all of them
  for (const std::uint64_t capacity : fillings) {
    const std::uint64_t but_one_page = capacity - std::min(capacity, kPageBytes);
    // Full; full but for what the last page can take; as much room in that as they left.
    for (const std::uint64_t bytes : {capacity, but_one_page + 1, but_one_page + in_last_page}) {
      joinings.push_back({.bytes = bytes});
      joinings.push_back({.bytes = bytes, .takes_too = true});
    }
  }
  std::erase_if(joinings, [](const Joining& joining) { return joining.bytes > kMaxMessageBytes; });
  return joinings;
}

void RaiseTakes(Program& program, std::uint32_t bytes) {
  for (const StepPlace& at : AllSteps(program)) {
    Step& step = program.workers[at.worker].steps[at.step];
    if (EffectOf(program, step.call) == Effect::kTake) step.bytes = std::max(step.bytes, bytes);
  }
}

void Join(Program& program, const StepRun& run, const Joining& joining) {
  WorkerPlan& plan = program.workers[run.worker];
  const auto bytes = static_cast<std::uint32_t>(joining.bytes);
  std::vector<CallAt> calls;
  for (std::uint32_t i = run.first; i < run.first + run.count; ++i) {
    const auto more = CallsOfStep(plan, run.worker, i);
    calls.insert(calls.end(), more.begin(), more.end());
  }
  plan.steps[joining.last ? run.first + run.count - 1 : run.first].bytes = bytes;
  if (joining.takes_too) RaiseTakes(program, bytes + static_cast<std::uint32_t>(kPageBytes));
  if (joining.capacity_bytes > 0) program.object.capacity_bytes = joining.capacity_bytes;
  calls.erase(joining.last ? calls.end() - 1 : calls.begin());
  RemoveCalls(program, calls);
}

// Parts of a run, the longest first: all of them of a short run, of a long one those that begin at
// multiples of their length.
std::vector<StepRun> PartsOf(const StepRun& run) {
  std::vector<StepRun> parts;
  for (std::uint32_t count = run.count; count > 0; --count) {
    const std::uint32_t stride = run.count <= kShortRunMax ? 1 : count;
    for (std::uint32_t first = 0; first + count <= run.count; first += stride) {
      parts.push_back({.worker = run.worker, .first = run.first + first, .count = count});
    }
  }
  return parts;
}

// The call that opens the same end, with O_NONBLOCK; nothing when there is none.
std::optional<std::uint8_t> NonblockingOpen(const Program& program, std::uint8_t call) {
  const Effect effect = EffectOf(program, call);
  const bool opens = effect == Effect::kOpenRead || effect == Effect::kOpenWrite;
  if (!opens) return std::nullopt;
  const auto calls = FindFacility(program.facility)->Calls();
  const auto at = std::ranges::find_if(calls, [&](const CallTraits& traits) {
    return traits.effect == effect && traits.nonblocking;
  });
  if (at == calls.end()) return std::nullopt;
  return static_cast<std::uint8_t>(at - calls.begin());
}

}  // namespace

std::vector<Edit> JoinSteps(const Program& program) {
  std::vector<Edit> edits;
  std::uint64_t number = 0;  // of the run
  for (const StepRun& whole : RunsOf(program)) {
    for (const StepRun& run : PartsOf(whole)) {
      const Step& first = program.workers[run.worker].steps[run.first];
      if (run.count == 1 && first.repeat == 1) continue;
      const std::uint64_t place = std::uint64_t{whole.count - run.count} << 8 | run.first;
      std::uint64_t variant = 0;
      for (const Joining& joining : JoiningsOf(program, run)) {
        edits.push_back({number << 32 | place << 8 | variant++,
                         [=](Program& smaller) { Join(smaller, run, joining); }});
      }
    }
    ++number;
  }
  return edits;
}

std::vector<Edit> JoinOpens(const Program& program) {
  std::vector<Edit> edits;
  for (const StepPlace& open : AllSteps(program)) {
    const WorkerPlan& worker = program.workers[open.worker];
    const auto call = NonblockingOpen(program, worker.steps[open.step].call);
    if (!call) continue;
    for (std::uint32_t i = open.step + 1; i < worker.step_count; ++i) {
      if (EffectOf(program, worker.steps[i].call) != Effect::kSetNonblocking) continue;
      const StepPlace set{.worker = open.worker, .step = i};
      edits.push_back({std::uint64_t{open.worker} << 32 | std::uint64_t{open.step} << 16 | i,
                       [=](Program& smaller) {
                         smaller.workers[open.worker].steps[open.step].call = *call;
                         RemoveSteps(smaller, std::span(&set, 1));
                       }});
    }
  }
  return edits;
}

std::vector<Edit> JoinEnds(const Program& program) {
  std::vector<Edit> edits;
  const auto calls = FindFacility(program.facility)->Calls();
  const auto both = std::ranges::find(calls, Effect::kOpenBoth, &CallTraits::effect);
  if (!FindFacility(program.facility)->named() || both == calls.end()) return edits;
  std::vector<StepPlace> opens;
  for (const StepPlace& at : AllSteps(program)) {
    const Effect effect = EffectOf(program, program.workers[at.worker].steps[at.step].call);
    const bool opens_it =
        effect == Effect::kOpenRead || effect == Effect::kOpenWrite || effect == Effect::kOpenBoth;
    if (opens_it) opens.push_back(at);
  }
  // Of one worker or of two: whoever keeps the call has both ends, and needs no partner.  Where
  // another one came first, it is perhaps the one who keeps it that has to come first now.
  for (std::size_t i = 0; i < opens.size(); ++i) {
    for (std::size_t k = 0; k < opens.size(); ++k) {
      const StepPlace kept = opens[i];
      const StepPlace gone = opens[k];
      if (i == k || (kept.worker == gone.worker && kept.step > gone.step)) continue;
      for (const bool first : {false, true}) {
        edits.push_back(
            {std::uint64_t{i} << 32 | k << 1 | (first ? 1U : 0U), [=](Program& smaller) {
               smaller.workers[kept.worker].steps[kept.step].call =
                   static_cast<std::uint8_t>(both - calls.begin());
               RemoveSteps(smaller, std::span(&gone, 1));
               auto& schedule = smaller.stepped->schedule;
               if (first) schedule.insert(schedule.begin(), {.worker = kept.worker});
             }});
      }
    }
  }
  return edits;
}

std::vector<Edit> FillAsMade(const Program& program) {
  std::vector<Edit> edits;
  std::vector<StepPlace> resizes;
  for (const StepPlace& at : AllSteps(program)) {
    const Step& step = program.workers[at.worker].steps[at.step];
    if (EffectOf(program, step.call) == Effect::kResize) resizes.push_back(at);
  }
  if (resizes.empty()) return edits;
  constexpr auto kFull = static_cast<std::uint32_t>(kDefaultCapacityBytes);
  for (const StepPlace& at : AllSteps(program)) {
    const Step& step = program.workers[at.worker].steps[at.step];
    if (EffectOf(program, step.call) != Effect::kPut) continue;
    // Full, or full but for the last page, or with as much room as it had.
    std::vector<std::uint32_t> fillings{kFull, kFull - static_cast<std::uint32_t>(kPageBytes) + 1};
    for (const std::uint64_t capacity : CapacitiesOf(program)) {
      if (capacity < kFull) {
        fillings.push_back(step.bytes + kFull - static_cast<std::uint32_t>(capacity));
      }
    }
    std::uint64_t variant = 0;
    for (const std::uint32_t bytes : fillings) {
      const std::uint64_t rank = std::uint64_t{at.worker} << 32 | std::uint64_t{at.step} << 16;
      edits.push_back({rank | variant++, [=](Program& smaller) {
                         smaller.workers[at.worker].steps[at.step].bytes = bytes;
                         RaiseTakes(smaller, kFull + static_cast<std::uint32_t>(kPageBytes));
                         RemoveSteps(smaller, resizes);
                       }});
    }
  }
  return edits;
}

}  // namespace parley

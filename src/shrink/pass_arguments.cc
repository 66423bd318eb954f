// Passes that make numbers smaller and settings plainer.  Edits that change nothing are listed too:
// they make no smaller program.
#include <algorithm>
#include <bit>

#include "src/facility/facility.h"
#include "src/program/check_program.h"
#include "src/shrink/editing.h"
#include "src/shrink/passes.h"

namespace parley {
namespace {

constexpr std::uint64_t kPageBytes = 4096;
constexpr std::uint64_t kPipeBufBytes = 4096;
// Landmarks, the boldest first.
constexpr std::uint64_t kSizes[] = {0, 1, kHeaderBytes, kPipeBufBytes, kPipeBufBytes + 1};
constexpr std::uint64_t kArguments[] = {0, 1, kPageBytes};
constexpr std::uint64_t kCounts[] = {1};
constexpr std::uint64_t kHandles[] = {0};

// A way to make one worker plainer.
using Plainer = void (*)(WorkerPlan&);

constexpr Plainer kWorkerEdits[] = {
    [](WorkerPlan& worker) { worker.rank = 0; },
    [](WorkerPlan& worker) { worker.topology = Topology::kRelated; },
    [](WorkerPlan& worker) { worker.topology = Topology::kForked; },
    [](WorkerPlan& worker) { worker.ends = Ends::kNone; },
    [](WorkerPlan& worker) { worker.ends = Ends::kRead; },
    [](WorkerPlan& worker) { worker.ends = Ends::kWrite; },
    [](WorkerPlan& worker) { worker.creator = false; },
    [](WorkerPlan& worker) { worker.fresh = false; },
    [](WorkerPlan& worker) { worker.overwrites = false; },
    [](WorkerPlan& worker) { worker.ignores_broken_pipe = true; },
    [](WorkerPlan& worker) { worker.bodies = 1U << static_cast<unsigned>(Body::kCounter); },
    [](WorkerPlan& worker) { worker.bodies = 1U << static_cast<unsigned>(Body::kZeros); },
    [](WorkerPlan& worker) { worker.bodies = 1U << static_cast<unsigned>(Body::kOnes); },
    [](WorkerPlan& worker) { worker.bodies = 1U << static_cast<unsigned>(Body::kNewlines); },
    [](WorkerPlan& worker) { worker.bodies = 1U << static_cast<unsigned>(Body::kMagic); },
    [](WorkerPlan& worker) { worker.seed = 0; },
    // What stepped rounds do not read.
    [](WorkerPlan& worker) {
      worker.jitter = {};
      worker.interrupts = {};
      for (Step& step : worker.steps) step.phase = 0;
      for (Step& step : worker.steps) step.delay_us = 0;
    },
};

// Smaller numbers to try, the boldest first: the landmarks below `number`, then what is left when a
// power of two is taken off, which finds any threshold by halves.  Use gets (place, value).
template <typename Use>
void ForSmaller(std::uint64_t number, std::span<const std::uint64_t> landmarks, Use use) {
  std::uint64_t place = 0;
  for (const std::uint64_t landmark : landmarks) {
    if (landmark < number) use(place, landmark);
    ++place;
  }
  for (int bit = std::bit_width(number) - 1; bit >= 0; --bit) {
    use(place + static_cast<std::uint64_t>(63 - bit), number - (std::uint64_t{1} << bit));
  }
}

// The first call of the facility that does the same: write for writev.
std::uint8_t PlainestCall(const Program& program, std::uint8_t call) {
  const Effect effect = EffectOf(program, call);
  if (effect == Effect::kOther) return call;
  const auto calls = FindFacility(program.facility)->Calls();
  return static_cast<std::uint8_t>(std::ranges::find(calls, effect, &CallTraits::effect) -
                                   calls.begin());
}

// Records of a byte become possible.  Whoever puts gets a number of its own, from 0.
void MakeSelfIdentifying(Program& program) {
  std::uint8_t identity = 0;
  for (WorkerPlan& worker : program.workers) {
    const auto end = worker.steps.begin() + worker.step_count;
    const bool puts = std::any_of(worker.steps.begin(), end, [&](const Step& step) {
      return EffectOf(program, step.call) == Effect::kPut;
    });
    if (puts && identity == kIdentityCount) return;
    worker.identity = puts ? identity++ : 0;
  }
  for (WorkerPlan& worker : program.workers) worker.encoding = Encoding::kSelfIdentifying;
}

}  // namespace

std::vector<Edit> SimplifyProgram(const Program&) {
  std::vector<Edit> edits;
  const auto add = [&](std::function<void(Program&)> apply) {
    edits.push_back({edits.size(), std::move(apply)});
  };
  add([](Program& plainer) { plainer.stepped->strategy = {}; });
  add([](Program& plainer) {
    plainer.stepped->signal = plainer.stepped->signal_restart = 0;
    plainer.stepped->kill = plainer.stepped->respawn = 0;
  });
  add([](Program& plainer) { plainer.stepped->rescues = 0; });
  for (const std::uint64_t bytes : {std::uint64_t{0}, kPageBytes}) {
    add([=](Program& plainer) {
      plainer.object.capacity_bytes = static_cast<std::uint32_t>(bytes);
    });
  }
  add([](Program& plainer) {
    plainer.object.capacity_bytes =
        static_cast<std::uint32_t>(plainer.object.capacity_bytes / (2 * kPageBytes) * kPageBytes);
  });
  add([](Program& plainer) { plainer.object.nonblocking = false; });
  add([](Program& plainer) { plainer.object.exists = true; });
  add([](Program& plainer) { plainer.maker_keeps = false; });
  add(MakeSelfIdentifying);
  return edits;
}

std::vector<Edit> ResizeAtStart(const Program& program) {
  std::vector<Edit> edits;
  if (FindFacility(program.facility)->named()) return edits;  // it is resized once it is open
  std::uint64_t number = 0;
  for (const StepPlace& at : AllSteps(program)) {
    const Step& step = program.workers[at.worker].steps[at.step];
    if (EffectOf(program, step.call) != Effect::kResize) continue;
    // The system rounds up to a power of two pages.
    const std::uint64_t bytes =
        std::bit_ceil(std::clamp<std::uint64_t>(step.argument, kPageBytes, kMaxMessageBytes));
    edits.push_back({number++, [=](Program& plainer) {
                       plainer.object.capacity_bytes = static_cast<std::uint32_t>(bytes);
                       RemoveSteps(plainer, std::span(&at, 1));
                     }});
  }
  return edits;
}

std::vector<Edit> SimplifyWorkers(const Program& program) {
  std::vector<Edit> edits;
  const std::size_t total = program.workers.size();
  for (std::uint64_t kind = 0; kind < std::size(kWorkerEdits); ++kind) {
    ForChunks(total, [&](std::uint64_t rank, std::size_t first, std::size_t count) {
      edits.push_back({kind << 48 | rank, [=](Program& plainer) {
                         std::for_each_n(
                             plainer.workers.begin() + static_cast<std::ptrdiff_t>(first), count,
                             kWorkerEdits[kind]);
                       }});
    });
  }
  return edits;
}

std::vector<Edit> SimplifySizes(const Program& program) {
  std::uint32_t largest = 0;
  for (const WorkerPlan& worker : program.workers) {
    for (const Step& step : worker.steps) largest = std::max(largest, step.bytes);
  }
  std::vector<Edit> edits;
  ForSmaller(largest, kSizes, [&](std::uint64_t place, std::uint64_t bytes) {
    edits.push_back({place, [=](Program& plainer) {
                       for (WorkerPlan& worker : plainer.workers) {
                         for (Step& step : worker.steps) {
                           if (step.bytes > 0) step.bytes = static_cast<std::uint32_t>(bytes);
                         }
                       }
                     }});
  });
  return edits;
}

std::vector<Edit> SimplifySteps(const Program& program) {
  std::vector<Edit> edits;
  std::uint64_t number = 0;  // of the step
  for (const std::uint16_t w : WorkersOf(program)) {
    const WorkerPlan& worker = program.workers[w];
    for (std::uint32_t i = 0; i < worker.step_count; ++i, ++number) {
      const Step& step = worker.steps[i];
      const auto add = [&](std::uint64_t field, std::uint64_t place, auto apply) {
        edits.push_back({number << 32 | field << 16 | place,
                         [=](Program& plainer) { apply(plainer, plainer.workers[w].steps[i]); }});
      };
      const std::uint8_t call = PlainestCall(program, step.call);
      add(0, 0, [=](Program&, Step& plainer) { plainer.call = call; });
      ForSmaller(step.repeat, kCounts, [&](std::uint64_t place, std::uint64_t repeat) {
        add(1, place, [=](Program& plainer, Step&) {
          const auto calls = CallsOfStep(plainer.workers[w], w, i);
          RemoveCalls(plainer, std::span(calls).subspan(repeat));
        });
      });
      ForSmaller(step.bytes, kSizes, [&](std::uint64_t place, std::uint64_t bytes) {
        add(2, place,
            [=](Program&, Step& plainer) { plainer.bytes = static_cast<std::uint32_t>(bytes); });
      });
      ForSmaller(step.argument, kArguments, [&](std::uint64_t place, std::uint64_t value) {
        add(3, place, [=](Program&, Step& plainer) { plainer.argument = value; });
      });
      ForSmaller(step.handle, kHandles, [&](std::uint64_t place, std::uint64_t handle) {
        add(4, place,
            [=](Program&, Step& plainer) { plainer.handle = static_cast<std::uint16_t>(handle); });
      });
    }
  }
  return edits;
}

}  // namespace parley

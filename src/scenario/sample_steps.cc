// Stepped mode: what a role draws from as it runs in free mode becomes a script of a few calls.
#include <algorithm>
#include <span>

#include "src/history/lock_calls.h"
#include "src/scenario/draft.h"
#include "src/strategy/strategy.h"

namespace parley {
namespace {

// Calls of one worker, opening and closing aside.
constexpr std::uint64_t kCallsMin = 2;
constexpr std::uint64_t kCallsMax = 14;
// Chances in 1024 a step.
constexpr std::uint16_t kSignalChance = 48;
constexpr std::uint16_t kKillChance = 48;
constexpr std::uint16_t kRespawnChance = 128;  // once somebody is dead
constexpr std::uint16_t kRescues = 24;

class Script {
 public:
  Script(const Facility& facility, const ObjectPlan& object, WorkerPlan& worker)
      : facility_(facility),
        object_(object),
        worker_(worker),
        random_(Derive(worker.seed, "script")) {}

  void Write() {
    const WorkerPlan drawn = worker_;
    worker_.stream = {};
    worker_.step_count = 0;
    OpenEnds();
    if (drawn.stream.call_count > 0) {
      DrawAll(drawn.stream);
    } else {
      // Phases order what free workers do; here the schedule does, and deals the kills.
      for (const Step& step : std::span(drawn.steps).first(drawn.step_count)) {
        if (step.kind == StepKind::kCall) Append(step);
      }
    }
    // Whoever waits for these ends to go shall not wait for the round's.
    while (open_-- > 0) Append({.call = CallWith(Effect::kClose)});
  }

 private:
  std::uint8_t CallWith(Effect effect) const {
    const auto calls = facility_.Calls();
    return static_cast<std::uint8_t>(std::ranges::find(calls, effect, &CallTraits::effect) -
                                     calls.begin());
  }

  void Append(const Step& step) {
    if (worker_.step_count < kMaxSteps) worker_.steps[worker_.step_count++] = step;
  }

  // Named objects are opened by a call of the script; O_NONBLOCK is the worker's own there.
  void OpenEnds() {
    const Ends ends = worker_.ends;
    if (ends == Ends::kNone) return;
    open_ = !facility_.named() && ends == Ends::kBoth ? 2 : 1;
    if (!facility_.named()) return;
    worker_.ends = Ends::kNone;
    Append({.call = CallWith(ends == Ends::kRead    ? Effect::kOpenRead
                             : ends == Ends::kWrite ? Effect::kOpenWrite
                                                    : Effect::kOpenBoth)});
    if (object_.nonblocking) {
      Append({.call = CallWith(Effect::kSetNonblocking), .argument = 1});
    }
  }

  void DrawAll(const StreamPlan& stream) {
    const std::uint64_t most =
        std::clamp(stream.operations == 0 ? kCallsMax : stream.operations, kCallsMin, kCallsMax);
    for (std::uint64_t n = random_.Between(kCallsMin, most); n > 0; --n) Draw(stream);
  }

  void Draw(const StreamPlan& stream) {
    std::uint64_t weights = 0;
    for (std::uint32_t i = 0; i < stream.call_count; ++i) weights += stream.calls[i].weight;
    std::uint64_t ticket = random_.Below(weights);
    std::uint32_t chosen = 0;
    while (ticket >= stream.calls[chosen].weight) ticket -= stream.calls[chosen++].weight;
    Step step{.call = stream.calls[chosen].call};
    const Effect effect = facility_.Calls()[step.call].effect;
    switch (effect) {
      case Effect::kPut:
      case Effect::kTake:
      case Effect::kPeek:
        step.bytes = stream.sizes.Draw(random_);
        step.argument = (stream.classes.count > 0 ? stream.classes : stream.pieces).Draw(random_);
        break;
      case Effect::kResize:
        step.argument = stream.sizes.Draw(random_);
        break;
      case Effect::kSetNonblocking:
        step.argument = random_.Below(2);
        break;
      case Effect::kLock:
      case Effect::kUnlock:
      case Effect::kQueryLock:
        step.argument =
            PackRange({.start = stream.starts.Draw(random_),
                       .length = static_cast<std::int32_t>(stream.sizes.Draw(random_))});
        break;
      case Effect::kSetPackets:
        step.argument = random_.Chance(3, 4) ? 1 : 0;
        break;
      case Effect::kOpenRead:
      case Effect::kOpenWrite:
      case Effect::kOpenBoth:
      case Effect::kDuplicate:
      case Effect::kDuplicateToChild:
        ++open_;
        break;
      case Effect::kClose:
        open_ = std::max(open_ - 1, 0);
        break;
      default:
        break;
    }
    Append(step);
    // What is held for good keeps the others asleep.
    if (effect == Effect::kLock && random_.Chance(1, 2)) {
      Append({.call = CallWith(Effect::kUnlock), .argument = step.argument});
    }
  }

  const Facility& facility_;
  const ObjectPlan& object_;
  WorkerPlan& worker_;
  Random random_;
  int open_ = 0;  // handles, if no call fails
};

// The killed are replaced in every other round that may have it so.  Who shall be handed an object
// without a name needs a maker that keeps it, and so nobody sees the end of it.
void LetOthersCome(Program& program, const Facility& facility, std::uint64_t root) {
  if (!Random(Derive(root, "respawn")).Chance(1, 2)) return;
  program.stepped->respawn = kRespawnChance;
  program.maker_keeps = program.maker_keeps || !facility.named();
}

bool Respawns(const Program& program) {
  return std::ranges::any_of(program.faults, [](const FaultPlan& fault) {
    return fault.kind == FaultKind::kKill && fault.respawn;
  });
}

bool Kills(const Program& program) {
  const auto kills = [](const FaultPlan& fault) { return fault.kind == FaultKind::kKill; };
  if (std::ranges::any_of(program.faults, kills)) return true;
  return std::ranges::any_of(program.workers, [](const WorkerPlan& worker) {
    return std::ranges::any_of(std::span(worker.steps).first(worker.step_count),
                               [](const Step& step) { return step.kind == StepKind::kKill; });
  });
}

}  // namespace

Program CallByCall(Program program, const Facility& facility, std::uint64_t root) {
  const bool kills = Kills(program);
  const bool respawns = Respawns(program);
  SteppedPlan plan;
  plan.strategy = DrawStrategy(Derive(root, "strategy"));
  plan.rescues = kRescues;
  Random ranks(Derive(root, "ranks"));
  for (WorkerPlan& worker : program.workers) {
    if (worker.interrupts.interval_us > 0) {
      (worker.interrupts.restart ? plan.signal_restart : plan.signal) = kSignalChance;
    }
    worker.interrupts = {};
    worker.jitter = {};
    worker.rank = static_cast<std::uint8_t>(ranks.Below(kRanks));
    Script(facility, program.object, worker).Write();
  }
  if (kills) plan.kill = kKillChance;
  program.phases = 0;
  program.faults.clear();
  program.stepped = std::move(plan);
  if (respawns) LetOthersCome(program, facility, root);
  return program;
}

void SampleSteps(Draft& draft) {
  SampleScript(draft);
  draft.program = CallByCall(std::move(draft.program), draft.facility, draft.root);
  // What a round of free mode may come without may happen in every stepped one.
  const auto kills = [](const FaultRule& fault) { return fault.kind == FaultKind::kKill; };
  if (std::ranges::none_of(draft.rules.faults, kills)) return;
  draft.program.stepped->kill = kKillChance;
  if (std::ranges::any_of(draft.rules.faults,
                          [&](const FaultRule& fault) { return kills(fault) && fault.respawn; })) {
    LetOthersCome(draft.program, draft.facility, draft.root);
  }
}

}  // namespace parley

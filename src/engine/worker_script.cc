#include "src/engine/worker_script.h"

#include <algorithm>

#include "src/base/clock.h"
#include "src/program/script_cursor.h"

namespace parley {

void WorkerScript::RunPhases() {
  std::uint32_t at = 0;
  for (std::uint32_t phase = 1; phase <= header_.program.phases; ++phase) {
    for (;;) {
      const std::uint32_t current = header_.phase.load(std::memory_order_acquire);
      if (current >= phase) break;
      FutexWait(header_.phase, current, 0);
    }
    for (; at < plan_.step_count && plan_.steps[at].phase < phase; ++at) RunStep(plan_.steps[at]);
    seat_.phase_done.store(phase, std::memory_order_release);
    RingBell(header_);
  }
}

void WorkerScript::RunStep(const Step& step) {
  if (step.kind != StepKind::kCall) return;
  for (std::uint16_t i = 0; i < step.repeat && performer_.HasRoom(8); ++i) {
    performer_.Refresh();
    if (step.delay_us > 0) SpinFor(step.delay_us * kNsPerUs);
    MakeCall(step);
  }
}

void WorkerScript::MakeCall(const Step& step) {
  const auto argument = static_cast<std::uint32_t>(step.argument);
  Performer::Transfer transfer{.call = step.call, .handle = step.handle, .bytes = step.bytes};
  if (performer_.facility().Calls()[step.call].gathers) {
    transfer.pieces = std::max<std::uint32_t>(argument, 1);
  } else if (performer_.messages()) {
    transfer.klass = argument;
  }
  switch (performer_.EffectOf(step.call)) {
    case Effect::kPut:
      transfer.body = DrawBody(plan_.bodies, random_);
      performer_.Put(transfer);
      break;
    case Effect::kTake:
    case Effect::kPeek:
      performer_.Take(transfer);
      break;
    default:
      performer_.Perform(step.call, step.handle, step.argument);
  }
}

void WorkerScript::RunSteps() {
  const auto predecessors = static_cast<std::uint32_t>(seat_.drawn.load());
  ScriptCursor cursor(plan_, performer_.facility().Calls(), predecessors);
  for (std::uint32_t made = 0; !cursor.AtEnd(); cursor.Begin()) {
    while (seat_.gate.load(std::memory_order_acquire) == made) {
      FutexWait(seat_.gate, made, 0);
    }
    if (performer_.HasRoom(8)) {
      MakeCall(StepOfCall(plan_, cursor.next()));
    } else {
      seat_.truncated = true;
    }
    seat_.made.store(++made, std::memory_order_release);
  }
}

}  // namespace parley

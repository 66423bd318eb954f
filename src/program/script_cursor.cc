#include "src/program/script_cursor.h"

#include <algorithm>
#include <optional>

#include "src/base/check.h"

namespace parley {
namespace {

constexpr std::uint32_t kWholeBytesMax = 4096;  // PIPE_BUF of Linux

std::span<const Step> StepsOf(const WorkerPlan& plan) {
  return std::span(plan.steps).first(plan.step_count);
}

bool Makes(const WorkerPlan& plan, const Facility& facility, Effect effect) {
  return std::ranges::any_of(StepsOf(plan), [&](const Step& step) {
    return step.kind == StepKind::kCall && facility.Calls()[step.call].effect == effect;
  });
}

}  // namespace

ScriptCursor::ScriptCursor(const WorkerPlan& plan, std::span<const CallTraits> calls,
                           std::uint32_t reached)
    : reached_(reached) {
  bool opening = true;
  for (const Step& step : StepsOf(plan)) {
    const Effect effect = step.call < calls.size() ? calls[step.call].effect : Effect::kOther;
    opening = opening && (Opens(effect) || (openings_ > 0 && effect == Effect::kSetNonblocking));
    if (opening) openings_ += step.repeat;
    total_ += step.repeat;
  }
  next_ = openings_ > 0 ? 0 : reached_;
}

void ScriptCursor::Begin() {
  ++next_;
  reached_ = std::max(reached_, next_);
  if (next_ == openings_) next_ = reached_;
}

const Step& StepOfCall(const WorkerPlan& plan, std::uint32_t number) {
  std::uint32_t end = 0;
  for (const Step& step : StepsOf(plan)) {
    end += step.repeat;
    if (number < end) return step;
  }
  CHECK(false);
}

bool RecordsAreWhole(std::span<const WorkerPlan> workers, const Facility& facility) {
  if (facility.GetFamily() == Family::kMessages) return true;
  std::optional<std::uint32_t> size;
  for (const WorkerPlan& worker : workers) {
    if (worker.encoding != Encoding::kFramed) return false;
    for (const Step& step : StepsOf(worker)) {
      if (step.kind != StepKind::kCall) continue;
      const Effect effect = facility.Calls()[step.call].effect;
      if (effect != Effect::kPut && effect != Effect::kTake) continue;
      if (step.bytes != size.value_or(step.bytes)) return false;
      size = step.bytes;
    }
  }
  return size.value_or(0) <= kWholeBytesMax;
}

bool MayBeReplaced(std::span<const WorkerPlan> workers, std::size_t worker,
                   const Facility& facility) {
  const WorkerPlan& plan = workers[worker];
  if (facility.GetFamily() == Family::kMessages) return true;
  // Self-identifying bytes say which script they are of, not which process of it.
  const bool puts = Makes(plan, facility, Effect::kPut);
  if (puts && plan.encoding == Encoding::kSelfIdentifying) return false;
  const bool takes = Makes(plan, facility, Effect::kTake) || Makes(plan, facility, Effect::kPeek);
  return !takes || RecordsAreWhole(workers, facility);
}

}  // namespace parley

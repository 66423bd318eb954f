#include "src/check/restarts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace parley {

void JudgeRestarts(const History& history, const model::Step& step,
                   const std::map<std::uint16_t, std::uint32_t>& inside, Tally& tally) {
  for (const model::Cause& cause : step.causes) {
    if (cause.kind != model::CauseKind::kSignal && cause.kind != model::CauseKind::kSignalRestart) {
      continue;
    }
    const auto woken = std::ranges::find_if(step.returned, [&](std::uint32_t id) {
      return history.operations[id].worker == cause.worker;
    });
    const auto sleeps = inside.find(cause.worker);
    if (woken == step.returned.end() && sleeps == inside.end()) continue;
    const std::uint32_t hit = woken != step.returned.end() ? *woken : sleeps->second;
    const bool restarts = cause.kind == model::CauseKind::kSignalRestart &&
                          !history.calls[history.operations[hit].call].never_restarts;
    tally.AddChances(1);
    if (restarts && woken != step.returned.end() && history.operations[*woken].failed_with(EINTR)) {
      tally.Break(fmt::format("step {}: a call fails with EINTR, though the handler has SA_RESTART",
                              step.number),
                  {*woken});
    } else if (!restarts && sleeps != inside.end()) {
      tally.Break(
          fmt::format("step {}: a call sleeps on after a signal that has to end it", step.number),
          {sleeps->second});
    }
  }
}

}  // namespace parley

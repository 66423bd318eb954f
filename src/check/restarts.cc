#include "src/check/restarts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace parley {

void JudgeRestarts(const History& history, const model::Step& step,
                   const std::map<std::uint16_t, std::uint32_t>& inside, Tally& tally) {
  for (const model::Cause& cause : step.causes) {
    const bool restarts = cause.kind == model::CauseKind::kSignalRestart;
    if (!restarts && cause.kind != model::CauseKind::kSignal) continue;
    const auto woken = std::ranges::find_if(step.returned, [&](std::uint32_t id) {
      return history.operations[id].worker == cause.worker;
    });
    const auto sleeps = inside.find(cause.worker);
    if (woken == step.returned.end() && sleeps == inside.end()) continue;
    tally.AddChances(1);
    if (restarts && woken != step.returned.end() && history.operations[*woken].failed_with(EINTR)) {
      tally.Break(fmt::format("step {}: a call fails with EINTR, though the handler has SA_RESTART",
                              step.number),
                  {*woken});
    } else if (!restarts && sleeps != inside.end()) {
      tally.Break(
          fmt::format("step {}: a call sleeps on after a signal without SA_RESTART", step.number),
          {sleeps->second});
    }
  }
}

}  // namespace parley

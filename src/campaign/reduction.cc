#include "src/campaign/reduction.h"

#include <algorithm>

#include "src/base/clock.h"
#include "src/program/check_program.h"
#include "src/shrink/schedule.h"

namespace parley {

std::optional<Reduction> Reduce(Engine& engine, const Program& program, const History& history,
                                Clause clause, std::uint64_t limit_ns,
                                const Interrupted& interrupted) {
  const RoundLabel label{.scenario = history.header.scenario,
                         .token = history.header.token,
                         .seed = history.header.seed,
                         .round = history.header.round};
  std::optional<Reduction> reduction;
  // What broke last is the smallest so far.
  const bool whole_records = ReadersFindWholeRecords(program);
  const auto fails = [&](const Program& candidate) {
    if (whole_records && !ReadersFindWholeRecords(candidate)) return false;
    auto again = engine.Run(candidate, label, interrupted);
    if (!again) return false;
    const std::vector<Judgement> judgements = Judge(*again);
    const auto broken = std::ranges::find_if(judgements, [&](const Judgement& judgement) {
      return judgement.clause == clause && judgement.verdict == Verdict::kBroken;
    });
    if (broken == judgements.end()) return false;
    reduction = Reduction{
        .program = candidate, .history = std::move(*again), .judgement = *broken, .report = {}};
    return true;
  };
  const Program start = WithScheduleOf(program, history);
  if (!fails(start)) return std::nullopt;
  const std::uint64_t until_ns = NowNs() + limit_ns;
  ShrinkReport report;
  Shrink(start, fails, {.out_of_time = [&] { return NowNs() > until_ns || interrupted(); }},
         &report);
  reduction->report = report;
  return reduction;
}

}  // namespace parley

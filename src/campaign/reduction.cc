#include "src/campaign/reduction.h"

#include <algorithm>

#include "src/base/clock.h"
#include "src/program/check_program.h"
#include "src/shrink/schedule.h"

namespace parley {
namespace {

bool TearsRecords(Clause clause) {
  return clause == Clause::kTorn || clause == Clause::kTornNonblocking ||
         clause == Clause::kTornGather || clause == Clause::kTornResized;
}

// Of a torn record it does not matter which of these names it, as long as one promise is broken.
bool IsSameBreach(const Facility& facility, Clause one, Clause other) {
  if (one == other) return true;
  if (!TearsRecords(one) || !TearsRecords(other)) return false;
  const auto bindings = facility.Bindings();
  const auto of_one = std::ranges::find(bindings, one, &Binding::clause);
  const auto of_other = std::ranges::find(bindings, other, &Binding::clause);
  return of_one != bindings.end() && of_other != bindings.end() &&
         of_one->promise == of_other->promise;
}

}  // namespace

std::optional<Reduction> Reduce(Engine& engine, const Program& program, const History& history,
                                Clause clause, std::uint64_t limit_ns,
                                const Interrupted& interrupted) {
  const RoundLabel label{.scenario = history.header.scenario,
                         .token = history.header.token,
                         .seed = history.header.seed,
                         .round = history.header.round};
  std::optional<Reduction> reduction;
  // What broke last is the smallest so far.
  const Facility& facility = *FindFacility(program.facility);
  const bool whole_records = ReadersFindWholeRecords(program);
  const auto fails = [&](const Program& candidate) {
    if (whole_records && !ReadersFindWholeRecords(candidate)) return false;
    auto again = engine.Run(candidate, label, interrupted);
    if (!again) return false;
    const std::vector<Judgement> judgements = Judge(*again);
    const auto broken = std::ranges::find_if(judgements, [&](const Judgement& judgement) {
      return judgement.verdict == Verdict::kBroken &&
             IsSameBreach(facility, clause, judgement.clause);
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

#include "src/campaign/reduction.h"

#include <algorithm>
#include <functional>
#include <tuple>

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

// What the default policy does in place of a schedule changes with every worker that goes.  So the
// schedule that the smallest program followed is written down again, and the passes look for a
// worker or a call to take away from that.  reduction: what `fails` said yes to last.
void ReduceSpelledOut(std::optional<Reduction>& reduction,
                      const std::function<bool(const Program&)>& fails, const ShrinkLimits& limits,
                      ShrinkReport& report) {
  while (true) {
    const Program start = WithScheduleOf(reduction->program, reduction->history);
    const ProgramSize size = SizeOf(start);
    // Else the first pass takes the schedule away again.
    const auto fails_with_less = [&](const Program& candidate) {
      const ProgramSize less = SizeOf(candidate);
      return std::tie(less.workers, less.operations) < std::tie(size.workers, size.operations) &&
             fails(candidate);
    };
    ShrinkReport again;
    Shrink(start, fails_with_less, limits, &again);
    report.replays += again.replays;
    report.accepted += again.accepted;
    report.finished = report.finished && again.finished;
    if (again.accepted == 0) return;
    report.to = again.to;
  }
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
  const ShrinkLimits limits{.out_of_time = [&] { return NowNs() > until_ns || interrupted(); }};
  ShrinkReport report;
  Shrink(start, fails, limits, &report);
  ReduceSpelledOut(reduction, fails, limits, report);
  reduction->report = report;
  return reduction;
}

}  // namespace parley

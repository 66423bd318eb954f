#include "properties/script/script_law.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "properties/crew/crew_runner.h"
#include "properties/script/script_gen.h"
#include "src/base/check.h"
#include "src/base/clock.h"
#include "src/facility/facility.h"
#include "src/finding/describe.h"
#include "src/finding/finding.h"
#include "src/program/codec.h"
#include "src/promise/promise.h"
#include "src/report/terminal.h"
#include "src/shrink/listing.h"
#include "src/shrink/rapidcheck_glue.h"
#include "src/shrink/schedule.h"
#include "src/shrink/size.h"

namespace parley {
namespace {

constexpr std::string_view kScriptName = "script";
// Who waits for a failure does not want to wait long for a smaller one.
constexpr std::uint64_t kShrinkNs = 5 * kNsPerS;

// Every round says the same of itself, so that a replay of its program is the same history.
RoundLabel Label() { return {.scenario = std::string(kScriptName)}; }

// The block of `parley run`.  Leaves the program with the test's outputs.
std::string Block(const Program& program, const History& history, const Judgement& broken,
                  std::string_view promise) {
  Finding finding{.promise = InstanceId(promise, program.facility),
                  .clause = broken.clause,
                  .reason = broken.reason,
                  .operations = history.operations.size(),
                  .scenario = std::string(kScriptName),
                  .facility = program.facility,
                  .planted = PlantedHere(),
                  .listing = StepListing(history, &broken),
                  .calls = SizeOf(program).operations,
                  .rounds_seen = 1,
                  .rounds_run = 1};
  for (const std::uint32_t id : broken.witness) {
    finding.witness.push_back(DescribeOperation(history, id));
  }
  const std::string path = ArtifactPath(".program.json");
  const auto written = WriteProgram(path, {.scenario = std::string(kScriptName),
                                           .planted = finding.planted,
                                           .promise = finding.promise,
                                           .clause = std::string(ClauseName(broken.clause)),
                                           .program = program});
  if (written) finding.program_path = ArtifactPlace(path);
  return "\n" + FindingText(finding, {.program = "bazel run //:parley --"}) +
         (written ? "" : written.error().message + "\n");
}

}  // namespace

ScriptLaw::ScriptLaw(std::string_view facility, std::vector<std::string> rows)
    : facility_(facility) {
  const auto bindings = FindFacility(facility)->Bindings();
  for (std::string& row : rows) {
    CHECK(std::ranges::find(bindings, row, &Binding::promise) != bindings.end());
    rows_[std::move(row)];
  }
}

void ScriptLaw::HoldsFor(rc::Gen<Program> scripts) {
  const bool held = Try(std::move(scripts));
  if (unsupported_) GTEST_SKIP() << *unsupported_;
  Print();
  ASSERT_TRUE(held) << "a promise was broken";
  const std::vector<std::string> without = RowsWithoutChances();
  EXPECT_TRUE(without.empty()) << "never in danger in " << rounds_
                               << " rounds: " << fmt::format("{}", fmt::join(without, ", "));
}

bool ScriptLaw::Try(rc::Gen<Program> scripts) {
  const auto restate = [this](const Program& program) { return WrittenDown(program); };
  const rc::Gen<Program> shrunk = ShrunkByPasses(std::move(scripts), restate);
  return rc::check([&] { Sample(*shrunk); });
}

std::vector<std::string> ScriptLaw::RowsWithoutChances() const {
  std::vector<std::string> without;
  for (const auto& [id, row] : rows_) {
    if (row.chances == 0) without.push_back(id);
  }
  return without;
}

void ScriptLaw::Sample(const Program& program) {
  if (unsupported_) return;
  if (smallest_ && Fingerprint(program) == Fingerprint(*smallest_)) RC_FAIL(text_);
  // Time is up: no smaller program is looked at.
  if (clause_ && NowNs() > shrink_until_ns_) return;
  const auto history = RunProgram(program, Label());
  // A smaller program that cannot be run breaks nothing.
  if (!history && clause_) return;
  if (!history && history.error().blame == Blame::kUnsupported) {
    unsupported_ = history.error().message;
    return;
  }
  if (!history) RC_FAIL(history.error().message);
  const std::vector<Judgement> judgements = Judge(*history);
  if (!clause_) {
    ++rounds_;
    operations_ += history->operations.size();
    Count(judgements);
  }
  const auto broken = BrokenIn(judgements);
  if (!broken) return;
  Fail(program, *history, *broken);
}

void ScriptLaw::Count(const std::vector<Judgement>& judgements) {
  std::map<std::string_view, Row> seen;
  for (const Judgement& judgement : judgements) {
    const std::string_view promise = PromiseOf(judgement.clause);
    if (promise.empty() && judgement.verdict == Verdict::kBroken) {
      ++deviations_;
      fmt::print("deviation {} in round {}: {}\n", ClauseName(judgement.clause), rounds_,
                 judgement.reason);
    }
    Row& row = seen[promise];
    if (judgement.verdict == Verdict::kKept) row.chances += judgement.chances;
    if (judgement.verdict == Verdict::kInconclusive) row.doubts = 1;
  }
  for (auto& [id, row] : rows_) {
    const auto found = seen.find(id);
    if (found == seen.end()) continue;
    row.rounds += found->second.chances > 0 ? 1 : 0;
    row.chances += found->second.chances;
    row.doubts += found->second.doubts;
  }
}

// Empty when the facility promises nothing of the kind.
std::string_view ScriptLaw::PromiseOf(Clause clause) const {
  const auto bindings = FindFacility(facility_)->Bindings();
  const auto bound = std::ranges::find(bindings, clause, &Binding::clause);
  return bound == bindings.end() ? std::string_view() : bound->promise;
}

// The first failure may be of any promise, rather of a row of the law; what follows must be the
// same, or shrinking slips to another bug.
std::optional<Judgement> ScriptLaw::BrokenIn(const std::vector<Judgement>& judgements) const {
  std::optional<Judgement> broken;
  for (const Judgement& judgement : judgements) {
    if (judgement.verdict != Verdict::kBroken) continue;
    if (clause_ && judgement.clause == *clause_) return judgement;
    const std::string_view promise = PromiseOf(judgement.clause);
    if (clause_ || promise.empty()) continue;
    if (!SoughtPromise().empty() && promise != SoughtPromise()) continue;
    if (rows_.contains(promise)) return judgement;
    if (!broken) broken = judgement;
  }
  return broken;
}

void ScriptLaw::Fail(const Program& program, const History& history, const Judgement& broken) {
  if (!clause_) {
    clause_ = broken.clause;
    shrink_until_ns_ = NowNs() + kShrinkNs;
    drawn_ = Fingerprint(program);
    written_ = WithScheduleOf(program, history);
  }
  text_ = Block(program, history, broken, PromiseOf(broken.clause));
  smallest_ = program;
  RC_FAIL(text_);
}

// The passes have little to hold on to in a program whose schedule is a strategy's.
std::optional<Program> ScriptLaw::WrittenDown(const Program& program) const {
  if (!written_ || Fingerprint(program) != drawn_ || Fingerprint(*written_) == drawn_) {
    return std::nullopt;
  }
  return written_;
}

void ScriptLaw::Print() const {
  fmt::print("{} rounds, {} operations, {} deviations\n", rounds_, operations_, deviations_);
  for (const auto& [id, row] : rows_) {
    fmt::print("{:<28} {:>8} chances in {:>6} rounds, {:>6} in doubt\n", id, row.chances,
               row.rounds, row.doubts);
  }
}

}  // namespace parley

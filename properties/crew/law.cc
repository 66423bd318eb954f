#include "properties/crew/law.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <fstream>
#include <string_view>
#include <utility>

#include "properties/crew/crew_gen.h"
#include "properties/crew/crew_runner.h"
#include "src/base/clock.h"
#include "src/history/file.h"
#include "src/promise/promise.h"
#include "src/report/terminal.h"

namespace parley {
namespace {

constexpr std::uint64_t kRounds = 3;
// A smaller crew may need a few more to show what the larger one did.
constexpr std::uint64_t kRoundsShrinking = 6;
// A smaller crew has to break the promise in that many of its round's repetitions: what is shrunk
// to the edge of never happening does not replay.
constexpr std::uint64_t kRepeats = 4;
constexpr std::uint64_t kRepeatsBreaking = 2;
// Who waits for a failure does not want to wait long for a smaller one.
constexpr std::uint64_t kShrinkNs = 10 * kNsPerS;
constexpr std::uint32_t kSeedMax = 999'999;

// The block of `parley run`.  Its replay line writes the crew down first, so that it works
// anywhere.
std::string Block(Finding finding, const std::string& scenario) {
  finding.token += fmt::format(" --scenario {0}.toml\n{1}END", kCrewName, scenario);
  const std::string write_down = fmt::format("cat >{}.toml <<'END' &&", kCrewName);
  return FindingText(finding, {.program = write_down + " bazel run //:parley --"});
}

// What a failing sample says.  Leaves the scenario and the history with the test's outputs.
std::string FailureText(CrewResult result, const std::string& scenario, const std::string& first) {
  std::ofstream(ArtifactPath(".toml")) << scenario;
  const std::string path = ArtifactPath(".jsonl");
  const bool written = WriteHistory(*result.evidence, path).has_value();
  auto& findings = result.run.findings;
  const auto own = std::ranges::find(findings, first, &Finding::promise);
  std::rotate(findings.begin(), own, own + 1);
  std::string text = "\n";
  for (Finding& finding : findings) {
    const bool shown = finding.round == result.evidence->header.round;
    if (written && shown) finding.history_path = ArtifactPlace(path);
    text += Block(finding, scenario) + "\n";
  }
  return text;
}

// In how many rounds; those that repeat one that broke it included.
std::uint64_t RoundsBreaking(const RunResult& run, std::string_view promise) {
  const auto found = std::ranges::find(run.findings, promise, &Finding::promise);
  return found == run.findings.end() ? 0 : found->rounds_seen;
}

}  // namespace

void Law::Holds(SampledCrew crew) {
  crew.facility = facility_;
  crew.promises = {promise_};
  crew.seed = *rc::gen::noShrink(Between(0, kSeedMax));
  if (unsupported_) GTEST_SKIP() << *unsupported_;
  const std::string scenario = ScenarioText(crew);
  const auto known = failures_.find({scenario, crew.seed});
  if (known != failures_.end()) RC_FAIL(known->second);
  // Time is up: no smaller crew is looked at.
  if (broken_ && NowNs() > shrink_until_ns_) return;
  const std::string instance = InstanceId(promise_, facility_);
  auto result = broken_ ? RunCrew(crew, kRoundsShrinking, kRepeats, *broken_)
                        : RunCrew(crew, kRounds, 0, instance);
  if (!result && result.error().blame == Blame::kUnsupported) {
    unsupported_ = result.error().message;
    GTEST_SKIP() << *unsupported_;
  }
  if (!result) RC_FAIL(result.error().message + "\n" + scenario);
  if (broken_ || result->evidence) {
    if (!broken_) {
      const bool own = RoundsBreaking(result->run, instance) > 0;
      broken_ = own ? instance : result->run.findings.front().promise;
      shrink_until_ns_ = NowNs() + kShrinkNs;
    } else if (RoundsBreaking(result->run, *broken_) <= kRepeatsBreaking) {
      // It breaks another promise, or this one by rare chance: another failure.
      return;
    }
    const std::string text = FailureText(std::move(*result), scenario, *broken_);
    failures_[{scenario, crew.seed}] = text;
    RC_FAIL(text);
  }
  const auto& promises = result->run.promises;
  const auto promise = std::ranges::find(promises, instance, &PromiseResult::id);
  if (promise->verdict != Verdict::kKept) RC_DISCARD(instance + ": " + promise->reason);
}

}  // namespace parley

#include "src/campaign/replay.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/campaign/round_runner.h"
#include "src/facility/facility.h"
#include "src/history/hash.h"

namespace parley {
namespace {

// Compares the histories of the rounds with the first.
class Comparison {
 public:
  void Add(const History& history) {
    if (!hash_) {
      hash_ = ReplayHash{.hash = HashOf(history), .same = 1};
      first_ = history;
    } else if (HashOf(history) == hash_->hash) {
      ++hash_->same;
    } else if (!hash_->differs_at) {
      hash_->differs_at = FirstDifference(first_, history);
    }
  }
  const std::optional<ReplayHash>& hash() const { return hash_; }

 private:
  std::optional<ReplayHash> hash_;
  History first_;
};

// program: in place of what the scenario would give.
ReplayResult RunAgain(const Choice& choice, std::uint64_t round,
                      const std::optional<Program>& fixed, std::uint64_t times,
                      const CampaignOptions& options, const Callbacks& callbacks) {
  RoundRunner runner(options, callbacks, {&choice, 1});
  ReplayResult result;
  Comparison comparison;
  const bool started = runner.Start();
  Pair& pair = runner.pairs().front();
  const Program program = fixed ? *fixed : runner.Sample(pair, round);
  const auto over = [&] {
    return !started || runner.Ended() || !pair.unsupported.empty() ||
           result.times >= (times > 0 ? times : kReplayRoundsMax) ||
           (times == 0 && result.reproduced > 0) ||
           (options.for_ns > 0 && runner.Elapsed() >= options.for_ns);
  };
  while (!over()) {
    runner.ShowProgress(pair, options.for_ns);
    const auto judged = runner.Run(pair, round, program, false);
    if (!judged) continue;
    ++result.times;
    result.reproduced += judged->broken ? 1 : 0;
    if (program.stepped) comparison.Add(judged->history);
  }
  result.hash = comparison.hash();
  result.result = runner.Finish();
  return result;
}

}  // namespace

Result<ReplayResult> Replay(const Token& token, const Scenario& scenario, std::uint64_t times,
                            const CampaignOptions& options, const Callbacks& callbacks) {
  const auto facility = RequireFacility(token.facility);
  if (!facility) return std::unexpected(facility.error());
  if (std::ranges::find(scenario.facilities, token.facility) == scenario.facilities.end()) {
    return InputError(fmt::format("scenario \"{}\" is not one of facility \"{}\"", scenario.name,
                                  token.facility));
  }
  CampaignOptions replay = options;
  replay.seed = token.seed;
  if (token.writers > 0 || token.readers > 0) {
    replay.crew = CrewSize{.writers = token.writers, .readers = token.readers};
  }
  const Choice choice{.scenario = scenario,
                      .facility = *facility,
                      .mode = token.mode,
                      .path = options.scenario_path};
  return RunAgain(choice, token.round, std::nullopt, times, replay, callbacks);
}

Result<ReplayResult> ReplayProgram(const ProgramFile& file, std::uint64_t times,
                                   const CampaignOptions& options, const Callbacks& callbacks) {
  const auto facility = RequireFacility(file.program.facility);
  if (!facility) return std::unexpected(facility.error());
  const std::string promise = file.promise.substr(0, file.promise.find('@'));
  const Choice choice{.scenario = {.name = file.scenario,
                                   .facilities = {file.program.facility},
                                   .promises = {promise}},
                      .facility = *facility,
                      .mode = Mode::kStepped,
                      .path = ""};
  CampaignOptions replay = options;
  replay.seed = file.seed;
  return RunAgain(choice, file.round, file.program, times, replay, callbacks);
}

}  // namespace parley

#include "src/campaign/campaign.h"

#include <algorithm>
#include <concepts>
#include <functional>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/clock.h"
#include "src/base/units.h"
#include "src/campaign/round_runner.h"
#include "src/campaign/selection.h"
#include "src/check/checker.h"
#include "src/facility/facility.h"
#include "src/finding/tally.h"

namespace parley {
namespace {

// Every pair has its first turn within this time, so that a plain run has seen everything soon.
constexpr std::uint64_t kFirstPassNs = 6 * kNsPerS;
constexpr std::uint64_t kTurnNsMax = 250 * kNsPerMs;
constexpr std::uint64_t kTurnNsMin = 20 * kNsPerMs;
// Of a scenario that exercises the row of a planted bug.
constexpr std::uint64_t kOwnTurnNs = 1 * kNsPerS;
// A pair that has not exercised its promises yet gets further turns, of at most that time.
constexpr int kDoubtSweeps = 3;
constexpr std::uint64_t kDoubtNsMax = 2 * kNsPerS;
// A default run that has found something ends soon: the finding is what its reader waits for.
constexpr std::uint64_t kAfterFindingNs = 8 * kNsPerS;

// Gives every pair its turns until time or rounds are over.
class Campaign {
 public:
  Campaign(const CampaignOptions& options, RoundRunner& runner)
      : options_(options), runner_(runner) {}

  void RunPasses() {
    std::vector<Pair>& pairs = runner_.pairs();
    BeginWithOwn(pairs);
    for (bool first = true; !Over(); first = false) {
      if (!first) SettleDoubts(pairs);
      const std::uint64_t elapsed = Elapsed();
      const std::uint64_t budget = Limit() == 0 ? ~0ULL : Limit() - std::min(Limit(), elapsed);
      std::uint64_t turn = std::min(budget, first ? kFirstPassNs : budget) / pairs.size();
      turn = std::clamp(turn, kTurnNsMin, first ? kTurnNsMax : 8 * kTurnNsMax);
      bool any = false;
      for (Pair& pair : pairs) {
        if (Over()) return;
        if (pair.Done(options_.rounds)) continue;
        any = true;
        Turn(pair, options_.rounds > 0 && options_.for_ns == 0 ? ~0ULL : TurnOf(pair, turn));
      }
      if (!any || (EndsOnFinding() && runner_.found())) return;
    }
  }

 private:
  std::uint64_t Limit() const {
    if (options_.for_ns > 0) return options_.for_ns;
    return options_.rounds > 0 ? 0 : kDefaultCampaignNs;
  }
  // What is found shall not cost others their turn, unless somebody said how long all may take.
  std::uint64_t Elapsed() const {
    return options_.for_ns > 0 ? runner_.Elapsed() : runner_.ElapsedInRounds();
  }
  std::uint64_t TurnOf(const Pair& pair, std::uint64_t turn) const {
    return LooksForBug() && Exercises(pair) ? std::max(turn, kOwnTurnNs) : turn;
  }
  bool LooksForBug() const { return IsDefault() || options_.ends_when_caught; }
  bool IsDefault() const { return options_.for_ns == 0 && options_.rounds == 0; }

  // What looks for a planted bug begins where it can be found.
  void BeginWithOwn(std::vector<Pair>& pairs) const {
    BeginWith(pairs, [&](const Pair& pair) { return Exercises(pair); });
    const bool anything = options_.selection.empty() && !options_.planted_facilities.empty();
    if (anything) std::erase_if(pairs, [&](const Pair& pair) { return !CanBeTold(pair); });
  }

  // What nobody could tell yet comes before what is known: sweep by sweep it gets half of the time
  // that is left, but no more than it would get in a long run.
  void SettleDoubts(std::vector<Pair>& pairs) {
    if (!options_.engine.planted.empty()) return;
    const auto in_doubt = [&](const Pair& pair) {
      return !pair.Done(options_.rounds) && runner_.InDoubt(pair);
    };
    for (int sweep = 0; sweep < kDoubtSweeps; ++sweep) {
      const auto doubts = static_cast<std::uint64_t>(std::ranges::count_if(pairs, in_doubt));
      if (doubts == 0 || Over() || Limit() == 0) return;
      const std::uint64_t left = Limit() - std::min(Limit(), Elapsed());
      const std::uint64_t turn = std::min(left / 2 / doubts, kDoubtNsMax);
      for (Pair& pair : pairs) {
        const std::uint64_t until = NowNs() + turn;
        while (!Over() && in_doubt(pair) && NowNs() < until) RunNext(pair);
      }
    }
  }

  static void BeginWith(std::vector<Pair>& pairs,
                        const std::predicate<const Pair&> auto& comes_first) {
    std::vector<Pair> ordered;
    std::ranges::copy_if(pairs, std::back_inserter(ordered), comes_first);
    std::ranges::copy_if(pairs, std::back_inserter(ordered), std::not_fn(comes_first));
    pairs = std::move(ordered);
  }

  static bool Has(const auto& all, std::string_view one) {
    return std::ranges::find(all, one) != all.end();
  }

  bool CanBeTold(const Pair& pair) const {
    return Has(options_.planted_facilities, pair.facility->Name());
  }

  // The bug can be told there, and breaks a promise that is looked at.
  bool Exercises(const Pair& pair) const {
    return Has(pair.scenario.promises, options_.planted_promise) && CanBeTold(pair);
  }

  // A plain run shows what it has found; one with a planted bug looks for that one.
  bool EndsOnFinding() const { return IsDefault() && options_.engine.planted.empty(); }

  bool Over() {
    if (runner_.Ended()) return true;
    // That is all that such a run is for.
    if (LooksForBug() && runner_.PlantedCaught()) return true;
    if (EndsOnFinding() && runner_.found() && Elapsed() > kAfterFindingNs) return true;
    return Limit() > 0 && Elapsed() >= Limit();
  }

  void Turn(Pair& pair, std::uint64_t turn_ns) {
    const std::uint64_t until = turn_ns == ~0ULL ? turn_ns : NowNs() + turn_ns;
    do {
      RunNext(pair);
    } while (!Over() && !pair.Done(options_.rounds) && NowNs() < until);
  }

  void RunNext(Pair& pair) {
    runner_.ShowProgress(pair, Limit());
    const std::uint64_t round = pair.next_round++;
    runner_.Run(pair, round, runner_.Sample(pair, round), true);
  }

  const CampaignOptions& options_;
  RoundRunner& runner_;
};

}  // namespace

Result<RunResult> RunCampaign(const CampaignOptions& options, const Callbacks& callbacks) {
  const auto choices = SelectChoices(options.selection, options.modes);
  if (!choices) return std::unexpected(choices.error());
  callbacks.began(options.seed);
  RoundRunner runner(options, callbacks, *choices);
  if (runner.Start()) Campaign(options, runner).RunPasses();
  return runner.Finish();
}

Result<RunResult> JudgeHistory(const History& history) {
  const auto facility = RequireFacility(history.header.facility);
  if (!facility) return std::unexpected(facility.error());
  const std::vector<Judgement> judgements = Judge(history);
  std::vector<std::string> promises;
  for (const Judgement& judgement : judgements) {
    for (const Binding& binding : (*facility)->Bindings()) {
      if (binding.clause == judgement.clause) promises.emplace_back(binding.promise);
    }
  }
  RunTally tally;
  const std::string scenario =
      history.header.scenario.empty() ? "history" : history.header.scenario;
  tally.Declare(scenario, **facility, promises);
  tally.Add(scenario, **facility, history, judgements);
  RunResult result;
  result.environment = {.kernel = history.header.kernel,
                        .clock_slack_ns = history.header.clock_slack_ns,
                        .seed = history.header.seed};
  tally.Fill(result);
  return result;
}

}  // namespace parley

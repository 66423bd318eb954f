#include "src/campaign/campaign.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <filesystem>
#include <span>

#include "src/base/clock.h"
#include "src/base/units.h"
#include "src/campaign/reduction.h"
#include "src/campaign/selection.h"
#include "src/check/checker.h"
#include "src/facility/facility.h"
#include "src/finding/tally.h"
#include "src/history/file.h"
#include "src/history/hash.h"
#include "src/program/codec.h"
#include "src/promise/promise.h"
#include "src/shrink/listing.h"
#include "src/shrink/schedule.h"

namespace parley {
namespace {

// Every pair has its first turn within this time, so that a plain run has seen everything soon.
constexpr std::uint64_t kFirstPassNs = 6 * kNsPerS;
constexpr std::uint64_t kTurnNsMax = 250 * kNsPerMs;
constexpr std::uint64_t kTurnNsMin = 20 * kNsPerMs;
// A default run that has found something ends soon: the finding is what its reader waits for.
constexpr std::uint64_t kAfterFindingNs = 8 * kNsPerS;
constexpr std::uint64_t kClockTestMs = 20;
constexpr int kTroublesBeforeGivingUp = 3;
// For making one finding smaller, and for all of a run.
constexpr std::uint64_t kReductionNs = 10 * kNsPerS;
constexpr std::uint64_t kReductionsNs = 30 * kNsPerS;

struct Pair : Choice {
  explicit Pair(const Choice& choice) : Choice(choice) {}

  std::uint64_t next_round = 0;
  std::string unsupported;
  bool judged = false;           // has had a round
  std::optional<Error> trouble;  // that cost it the latest round

  bool Done(std::uint64_t rounds) const {
    const std::uint64_t limit = rounds > 0 ? rounds : scenario.rounds;
    return !unsupported.empty() || (limit > 0 && next_round >= limit);
  }
};

// A scenario of several facilities lists the promises of all of them; each keeps its own.
std::vector<std::string> PromisesOn(const Pair& pair) {
  std::vector<std::string> promises;
  for (const std::string& promise : pair.scenario.promises) {
    const auto bindings = pair.facility->Bindings();
    if (std::ranges::find(bindings, promise, &Binding::promise) != bindings.end()) {
      promises.push_back(promise);
    }
  }
  return promises;
}

std::uint32_t AllowedCpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  ::sched_getaffinity(0, sizeof set, &set);
  return static_cast<std::uint32_t>(CPU_COUNT(&set));
}

class Campaign {
 public:
  Campaign(const CampaignOptions& options, const Callbacks& callbacks,
           std::span<const Choice> choices)
      : options_(options), callbacks_(callbacks) {
    for (const Choice& choice : choices) pairs_.emplace_back(choice);
  }

  RunResult Run() {
    begin_ns_ = NowNs();
    if (Start()) {
      if (replayed_) {
        RunReplay();
      } else {
        RunPasses();
      }
    }
    return Finish();
  }

  // In place of what the pair's scenario would give.
  void Fix(const Program& program) { fixed_program_ = program; }

  // Runs the one pair's one round again and again.
  void ReplayRound(std::uint64_t round, std::uint64_t times) {
    replayed_ = true;
    replay_round_ = round;
    replay_times_ = times;
  }
  std::uint64_t reproduced() const { return reproduced_; }
  std::uint64_t times_run() const { return times_run_; }
  const std::optional<ReplayHash>& hash() const { return hash_; }

 private:
  bool Start() {
    result_.environment = {.kernel = KernelText(), .cpus = AllowedCpus(), .seed = options_.seed};
    EngineOptions engine = options_.engine;
    engine.clock_slack_ns = TestClock(kClockTestMs).SlackNs();
    result_.environment.clock_slack_ns = engine.clock_slack_ns;
    auto started = Engine::Start(engine);
    if (!started) {
      result_.error = started.error();
      return false;
    }
    engine_ = std::move(*started);
    result_.environment.containment = engine_->containment();
    for (const Pair& pair : pairs_) {
      tally_.Declare(pair.scenario.name, *pair.facility, PromisesOn(pair));
    }
    return true;
  }

  std::uint64_t Elapsed() const { return NowNs() - begin_ns_; }
  std::uint64_t Limit() const {
    if (options_.for_ns > 0) return options_.for_ns;
    return options_.rounds > 0 || replayed_ ? 0 : kDefaultCampaignNs;
  }
  bool IsDefault() const { return options_.for_ns == 0 && options_.rounds == 0 && !replayed_; }

  bool Over() {
    if (result_.interrupted == 0) result_.interrupted = callbacks_.signal();
    if (result_.interrupted != 0 || result_.error) return true;
    if (IsDefault() && PlantedCaught()) return true;
    if (EndsOnFinding() && !tally_.findings().empty() && Elapsed() > kAfterFindingNs) return true;
    return Limit() > 0 && Elapsed() >= Limit();
  }

  // A plain run shows what it has found; one with a planted bug looks for that one.
  bool EndsOnFinding() const { return IsDefault() && options_.engine.planted.empty(); }

  // What was planted is found: that is all that such a run is for.
  bool PlantedCaught() {
    return !options_.planted_promise.empty() &&
           std::ranges::any_of(tally_.findings(), [&](const Finding& finding) {
             return FindPromise(finding.promise)->id == options_.planted_promise;
           });
  }

  void RunPasses() {
    for (bool first = true; !Over(); first = false) {
      const std::uint64_t budget = Limit() == 0 ? ~0ULL : Limit() - std::min(Limit(), Elapsed());
      std::uint64_t turn = std::min(budget, first ? kFirstPassNs : budget) / pairs_.size();
      turn = std::clamp(turn, kTurnNsMin, first ? kTurnNsMax : 8 * kTurnNsMax);
      bool any = false;
      for (Pair& pair : pairs_) {
        if (Over()) return;
        if (pair.Done(options_.rounds)) continue;
        any = true;
        Turn(pair, options_.rounds > 0 && options_.for_ns == 0 ? ~0ULL : turn);
      }
      if (!any || (EndsOnFinding() && !tally_.findings().empty())) return;
    }
  }

  void ShowProgress(const Pair& pair) {
    callbacks_.progress({.scenario = pair.scenario.name,
                         .facility = std::string(pair.facility->Name()),
                         .rounds = tally_.rounds(),
                         .operations = tally_.operations(),
                         .elapsed_ns = Elapsed(),
                         .limit_ns = Limit(),
                         .findings = tally_.findings().size()});
  }

  void Turn(Pair& pair, std::uint64_t turn_ns) {
    const std::uint64_t until = turn_ns == ~0ULL ? turn_ns : NowNs() + turn_ns;
    do {
      ShowProgress(pair);
      RunRound(pair, pair.next_round++);
    } while (!Over() && !pair.Done(options_.rounds) && NowNs() < until);
  }

  void RunReplay() {
    Pair& pair = pairs_.front();
    const std::uint64_t times = replay_times_ > 0 ? replay_times_ : kReplayRoundsMax;
    while (times_run_ < times && pair.unsupported.empty() && !Over()) {
      ShowProgress(pair);
      const std::size_t before = broken_rounds_;
      if (RunRound(pair, replay_round_)) ++times_run_;
      if (broken_rounds_ > before) ++reproduced_;
      if (replay_times_ == 0 && reproduced_ > 0) return;
    }
  }

  Token TokenOf(const Pair& pair, std::uint64_t round) const {
    const CrewSize crew = options_.crew.value_or(CrewSize{});
    return {.scenario = pair.scenario.name,
            .facility = std::string(pair.facility->Name()),
            .mode = pair.mode,
            .seed = options_.seed,
            .round = round,
            .writers = crew.writers,
            .readers = crew.readers,
            .planted = options_.engine.planted};
  }

  // False when the round has no history.
  bool RunRound(Pair& pair, std::uint64_t round) {
    const Program program = fixed_program_
                                ? *fixed_program_
                                : SampleProgram(pair.scenario, *pair.facility, options_.seed, round,
                                                options_.crew, pair.mode);
    const RoundLabel label{.scenario = pair.scenario.name,
                           .token = FormatToken(TokenOf(pair, round)),
                           .seed = options_.seed,
                           .round = round};
    const auto history = engine_->Run(program, label, [&] { return callbacks_.signal() != 0; });
    if (!history) {
      NoteTrouble(pair, history.error());
      return false;
    }
    troubles_ = 0;
    pair.judged = true;
    const std::vector<Judgement> judgements = Judge(*history);
    if (std::ranges::any_of(judgements, [](const Judgement& judgement) {
          return judgement.verdict == Verdict::kBroken;
        })) {
      ++broken_rounds_;
    }
    const std::vector<std::size_t> fresh =
        tally_.Add(pair.scenario.name, *pair.facility, *history, judgements);
    for (const std::size_t index : fresh) {
      tally_.findings()[index].scenario_path = pair.path;
      if (program.stepped && !replayed_) Shrunk(program, *history, tally_.findings()[index]);
    }
    if (program.stepped && replayed_) Compare(*history);
    KeepHistory(*history, label.token, fresh);
    return true;
  }

  // The smallest program that shows it, for people and for replay.
  void Shrunk(const Program& program, const History& history, Finding& finding) {
    const std::uint64_t limit_ns = std::min(kReductionNs, reduction_left_ns_);
    if (limit_ns == 0) return;
    const std::uint64_t begin_ns = NowNs();
    const auto reduction = Reduce(*engine_, program, history, finding.clause, limit_ns,
                                  [&] { return callbacks_.signal() != 0; });
    reduction_left_ns_ -= std::min(reduction_left_ns_, NowNs() - begin_ns);
    if (!reduction) return;
    finding.listing = StepListing(reduction->history, &reduction->judgement);
    finding.calls = ScheduleOf(reduction->history).size();
    const std::string path = fmt::format("{}/{}.{}.program.json", options_.findings_directory,
                                         finding.token, ClauseName(finding.clause));
    std::error_code error;
    std::filesystem::create_directories(options_.findings_directory, error);
    const auto written = WriteProgram(path, {.scenario = finding.scenario,
                                             .seed = finding.seed,
                                             .round = finding.round,
                                             .token = finding.token,
                                             .planted = finding.planted,
                                             .promise = finding.promise,
                                             .clause = std::string(ClauseName(finding.clause)),
                                             .program = reduction->program});
    if (written) {
      finding.program_path = path;
    } else {
      callbacks_.trouble(written.error());
    }
  }

  // Whether a replay is the same history as the first.
  void Compare(const History& history) {
    if (!hash_) {
      hash_ = ReplayHash{.hash = HashOf(history), .same = 1};
      first_history_ = history;
    } else if (HashOf(history) == hash_->hash) {
      ++hash_->same;
    } else if (!hash_->differs_at) {
      hash_->differs_at = FirstDifference(*first_history_, history);
    }
  }

  void NoteTrouble(Pair& pair, const Error& error) {
    if (callbacks_.signal() != 0) return;
    if (error.blame == Blame::kUnsupported) {
      pair.unsupported = error.message;
      tally_.Unsupported(pair.scenario.name, *pair.facility, error.message);
      return;
    }
    const bool repeated = pair.trouble && pair.trouble->message.ends_with(error.message);
    pair.trouble = Error{.blame = error.blame,
                         .message = fmt::format("{} on {}: {}", pair.scenario.name,
                                                pair.facility->Name(), error.message),
                         .system_error = error.system_error};
    // One lost round may be chance (a process killed from outside); several are not.
    if (++troubles_ >= kTroublesBeforeGivingUp || error.blame == Blame::kInput) {
      result_.error = pair.trouble;
    } else if (!repeated) {
      callbacks_.trouble(*pair.trouble);
    }
  }

  void KeepHistory(const History& history, const std::string& token,
                   const std::vector<std::size_t>& fresh) {
    if (fresh.empty() && !options_.keep_history) return;
    std::error_code error;
    std::filesystem::create_directories(options_.findings_directory, error);
    const std::string path = fmt::format("{}/{}.jsonl", options_.findings_directory, token);
    const auto written = WriteHistory(history, path);
    for (const std::size_t index : fresh) {
      if (written) tally_.findings()[index].history_path = path;
      callbacks_.found(tally_.findings()[index]);
    }
    if (written) return;
    // The verdict stands without its history, unless it was the history that was asked for.
    if (options_.keep_history) {
      result_.error = written.error();
    } else if (!lost_history_) {
      callbacks_.trouble(written.error());
      lost_history_ = true;
    }
  }

  // What was asked for and never judged is parley's trouble, not a gap in the workload.
  void SettleTroubles() {
    if (result_.error || result_.interrupted != 0) return;
    for (const Pair& pair : pairs_) {
      if (!pair.judged && pair.trouble) result_.error = pair.trouble;
    }
  }

  RunResult Finish() {
    SettleTroubles();
    tally_.Fill(result_);
    result_.environment.duration_ns = Elapsed();
    if (engine_ != nullptr) result_.environment.scheduler = engine_->scheduler();
    if (!options_.engine.planted.empty() && engine_ != nullptr) {
      result_.planted = PlantedResult{.name = options_.engine.planted,
                                      .promise = options_.planted_promise,
                                      .told = engine_->PlantedTold()};
      SettlePlanted(result_);
    }
    return result_;
  }

  const CampaignOptions& options_;
  const Callbacks& callbacks_;
  std::vector<Pair> pairs_;
  std::unique_ptr<Engine> engine_;
  RunTally tally_;
  RunResult result_;
  std::uint64_t begin_ns_ = 0;
  int troubles_ = 0;           // in a row
  bool lost_history_ = false;  // and said so
  std::uint64_t broken_rounds_ = 0;
  bool replayed_ = false;
  std::uint64_t replay_round_ = 0;
  std::uint64_t replay_times_ = 0;
  std::uint64_t reproduced_ = 0;
  std::uint64_t times_run_ = 0;
  std::optional<Program> fixed_program_;
  std::optional<History> first_history_;  // of a replay
  std::optional<ReplayHash> hash_;
  std::uint64_t reduction_left_ns_ = kReductionsNs;
};

}  // namespace

Result<RunResult> RunCampaign(const CampaignOptions& options, const Callbacks& callbacks) {
  const auto choices = SelectChoices(options.selection, options.modes);
  if (!choices) return std::unexpected(choices.error());
  callbacks.began(options.seed);
  return Campaign(options, callbacks, *choices).Run();
}

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
  Campaign campaign(replay, callbacks, {&choice, 1});
  campaign.ReplayRound(token.round, times);
  ReplayResult result;
  result.result = campaign.Run();
  result.times = campaign.times_run();
  result.reproduced = campaign.reproduced();
  result.hash = campaign.hash();
  return result;
}

Result<ReplayResult> ReplayProgram(const ProgramFile& file, std::uint64_t times,
                                   const CampaignOptions& options, const Callbacks& callbacks) {
  const auto facility = RequireFacility(file.program.facility);
  if (!facility) return std::unexpected(facility.error());
  const std::string promise = file.promise.substr(0, file.promise.find('@'));
  Choice choice{.scenario = {.name = file.scenario,
                             .facilities = {file.program.facility},
                             .promises = {promise}},
                .facility = *facility,
                .mode = Mode::kStepped,
                .path = ""};
  CampaignOptions replay = options;
  replay.seed = file.seed;
  Campaign campaign(replay, callbacks, {&choice, 1});
  campaign.Fix(file.program);
  campaign.ReplayRound(file.round, times);
  ReplayResult result;
  result.result = campaign.Run();
  result.times = campaign.times_run();
  result.reproduced = campaign.reproduced();
  result.hash = campaign.hash();
  return result;
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

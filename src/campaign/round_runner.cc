#include "src/campaign/round_runner.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <filesystem>

#include "src/base/clock.h"
#include "src/base/units.h"
#include "src/check/checker.h"
#include "src/facility/facility.h"
#include "src/history/file.h"
#include "src/history/output_file.h"
#include "src/promise/promise.h"

namespace parley {
namespace {

constexpr std::uint64_t kClockTestMs = 20;
constexpr int kTroublesBeforeGivingUp = 3;

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

}  // namespace

RoundRunner::RoundRunner(const CampaignOptions& options, const Callbacks& callbacks,
                         std::span<const Choice> choices)
    : options_(options), callbacks_(callbacks), begin_ns_(NowNs()) {
  for (const Choice& choice : choices) pairs_.emplace_back(choice);
}

bool RoundRunner::Start() {
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
  witnesses_.emplace(*engine_, options_, [&] { return callbacks_.signal() != 0; });
  result_.environment.containment = engine_->containment();
  for (const Pair& pair : pairs_) {
    tally_.Declare(pair.scenario.name, *pair.facility, PromisesOn(pair));
  }
  return true;
}

std::uint64_t RoundRunner::Elapsed() const { return NowNs() - begin_ns_; }

bool RoundRunner::Ended() {
  if (result_.interrupted == 0) result_.interrupted = callbacks_.signal();
  return result_.interrupted != 0 || result_.error;
}

std::uint64_t RoundRunner::ElapsedInRounds() const {
  return Elapsed() - (witnesses_ ? witnesses_->spent_ns() : 0);
}

// A run with a planted bug looks for that one; what it breaks beside its own row is known.
bool RoundRunner::IsWanted(const Finding& finding) const {
  return options_.planted_promise.empty() ||
         FindPromise(finding.promise)->id == options_.planted_promise;
}

bool RoundRunner::InDoubt(const Pair& pair) const {
  return pair.unsupported.empty() && tally_.InDoubt(pair.scenario.name, *pair.facility);
}

bool RoundRunner::PlantedCaught() {
  return !options_.planted_promise.empty() &&
         std::ranges::any_of(tally_.findings(),
                             [&](const Finding& finding) { return IsWanted(finding); });
}

void RoundRunner::ShowProgress(const Pair& pair, std::uint64_t limit_ns) {
  callbacks_.progress({.scenario = pair.scenario.name,
                       .facility = std::string(pair.facility->Name()),
                       .rounds = tally_.rounds(),
                       .operations = tally_.operations(),
                       .elapsed_ns = Elapsed(),
                       .limit_ns = limit_ns,
                       .findings = tally_.findings().size()});
}

Token RoundRunner::TokenOf(const Pair& pair, std::uint64_t round) const {
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

Program RoundRunner::Sample(const Pair& pair, std::uint64_t round) const {
  return SampleProgram(pair.scenario, *pair.facility, options_.seed, round, options_.crew,
                       pair.mode);
}

std::optional<JudgedRound> RoundRunner::Run(Pair& pair, std::uint64_t round, const Program& program,
                                            bool looks_for_witness) {
  const RoundLabel label{.scenario = pair.scenario.name,
                         .token = FormatToken(TokenOf(pair, round)),
                         .seed = options_.seed,
                         .round = round};
  auto history = engine_->Run(program, label, [&] { return callbacks_.signal() != 0; });
  if (!history) {
    NoteTrouble(pair, history.error());
    return std::nullopt;
  }
  troubles_ = 0;
  pair.judged = true;
  const std::vector<Judgement> judgements = Judge(*history);
  const bool broken = std::ranges::any_of(
      judgements, [](const Judgement& judgement) { return judgement.verdict == Verdict::kBroken; });
  const std::vector<std::size_t> fresh =
      tally_.Add(pair.scenario.name, *pair.facility, *history, judgements);
  for (const std::size_t index : fresh) {
    Finding& finding = tally_.findings()[index];
    finding.scenario_path = pair.path;
    const bool kept = !options_.findings_directory.empty();
    if (!looks_for_witness || !kept || !IsWanted(finding)) continue;
    const auto judged = std::ranges::find_if(judgements, [&](const Judgement& judgement) {
      return judgement.clause == finding.clause && judgement.verdict == Verdict::kBroken;
    });
    const auto written = witnesses_->Improve(pair, program, *history, judged->witness, finding);
    if (!written) callbacks_.trouble(written.error());
  }
  KeepHistory(*history, label.token, fresh);
  return JudgedRound{.history = std::move(*history), .broken = broken};
}

void RoundRunner::NoteTrouble(Pair& pair, const Error& error) {
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

namespace {

// STEM.jsonl, or STEM.2.jsonl and so on where another history has the name: a round of free mode
// that is made again is another one, and the first one's evidence is not to be lost.
std::string PathFor(const History& history, const std::string& stem) {
  const std::string content = EncodeHistory(history, HistoryForm::kJsonLines);
  std::string path = stem + ".jsonl";
  for (int n = 2; std::filesystem::exists(path); ++n) {
    const auto there = ReadWholeFile(path);
    if (there && *there == content) break;
    path = fmt::format("{}.{}.jsonl", stem, n);
  }
  return path;
}

}  // namespace

void RoundRunner::KeepHistory(const History& history, const std::string& token,
                              const std::vector<std::size_t>& fresh) {
  if (fresh.empty() && !options_.keep_history) return;
  if (options_.findings_directory.empty()) {
    for (const std::size_t index : fresh) callbacks_.found(tally_.findings()[index]);
    return;
  }
  std::error_code error;
  std::filesystem::create_directories(options_.findings_directory, error);
  const std::string path = PathFor(history, options_.findings_directory + "/" + token);
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
void RoundRunner::SettleTroubles() {
  if (result_.error || result_.interrupted != 0) return;
  for (const Pair& pair : pairs_) {
    if (!pair.judged && pair.trouble) result_.error = pair.trouble;
  }
}

RunResult RoundRunner::Finish() {
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

}  // namespace parley

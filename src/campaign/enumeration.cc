#include "src/campaign/enumeration.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "src/base/clock.h"
#include "src/check/checker.h"
#include "src/engine/engine.h"
#include "src/facility/facility.h"
#include "src/finding/tally.h"
#include "src/history/hash.h"
#include "src/shrink/listing.h"
#include "src/shrink/schedule.h"
#include "src/strategy/enumerator.h"

namespace parley {
namespace {

constexpr std::uint64_t kClockTestMs = 20;

// A step in which a worker began a call, and who could have.
struct Turn {
  std::uint16_t worker = 0;
  std::vector<Candidate> ready;
};

// Read off a round in which nobody was killed.
class Turns {
 public:
  Turns(const Program& program, const History& history) : begun_(program.workers.size()) {
    for (const WorkerPlan& worker : program.workers) {
      std::uint32_t calls = 0;
      for (const Step& step : std::span(worker.steps).first(worker.step_count)) {
        calls += step.repeat;
      }
      calls_.push_back(calls);
    }
    for (const Operation& op : history.operations) {
      // What sets the round up, and what is closed when it is over, is no call of the script.
      if (op.worker >= begun_.size() || StepAt(op.invoked_ns) == 0) continue;
      if (begun_[op.worker].size() < calls_[op.worker]) begun_[op.worker].push_back(&op);
    }
  }

  std::vector<Turn> All() const {
    std::map<std::uint64_t, std::uint16_t> by_step;
    for (const auto& calls : begun_) {
      for (const Operation* op : calls) by_step.emplace(StepAt(op->invoked_ns), op->worker);
    }
    std::vector<Turn> turns;
    for (const auto& [step, worker] : by_step) {
      turns.push_back({.worker = worker, .ready = ReadyBefore(step)});
    }
    return turns;
  }

 private:
  std::vector<Candidate> ReadyBefore(std::uint64_t step) const {
    std::vector<Candidate> ready;
    for (std::size_t worker = 0; worker < begun_.size(); ++worker) {
      const auto earlier = [&](const Operation* op) { return StepAt(op->invoked_ns) < step; };
      const auto next = static_cast<std::uint32_t>(std::ranges::count_if(begun_[worker], earlier));
      if (next == calls_[worker]) continue;
      const bool inside = next > 0 && StepAt(begun_[worker][next - 1]->returned_ns) >= step;
      if (!inside) ready.push_back({.worker = static_cast<std::uint16_t>(worker), .next = next});
    }
    return ready;
  }

  std::vector<std::uint32_t> calls_;                  // by worker: how many its script makes
  std::vector<std::vector<const Operation*>> begun_;  // by worker, in its order
};

// Of what calls returned, not of when: two schedules are two orders anyway.
std::uint64_t OutcomeOf(History history) {
  for (Operation& op : history.operations) {
    op.invoked_ns = 0;
    op.returned_ns = op.outcome == Outcome::kReturned ? 0 : kNever;
  }
  history.faults.clear();
  return HashOf(history);
}

class EverySchedule {
 public:
  EverySchedule(const ProgramFile& file, const Facility& facility, const CampaignOptions& options,
                const Callbacks& callbacks)
      : file_(file),
        facility_(facility),
        options_(options),
        callbacks_(callbacks),
        program_(file.program) {
    program_.stepped = SteppedPlan{.strategy = {.seed = file.program.stepped->strategy.seed},
                                   .rescues = file.program.stepped->rescues};
  }

  Enumeration Run(std::uint64_t schedules_max) {
    const std::uint64_t begin_ns = NowNs();
    if (Start()) Walk(schedules_max);
    enumeration_.outcomes = outcomes_.size();
    RunResult& result = enumeration_.result;
    tally_.Fill(result);
    result.interrupted = callbacks_.signal();
    result.environment.duration_ns = NowNs() - begin_ns;
    if (engine_ == nullptr) return std::move(enumeration_);
    result.environment.scheduler = engine_->scheduler();
    if (!options_.engine.planted.empty()) {
      result.planted = PlantedResult{.name = options_.engine.planted,
                                     .promise = options_.planted_promise,
                                     .told = engine_->PlantedTold()};
      SettlePlanted(result);
    }
    return std::move(enumeration_);
  }

 private:
  bool Start() {
    RunResult& result = enumeration_.result;
    result.environment = {.kernel = KernelText(), .seed = file_.seed};
    EngineOptions engine = options_.engine;
    engine.clock_slack_ns = TestClock(kClockTestMs).SlackNs();
    auto started = Engine::Start(engine);
    if (!started) {
      result.error = started.error();
      return false;
    }
    engine_ = std::move(*started);
    result.environment.containment = engine_->containment();
    const std::string promise = file_.promise.substr(0, file_.promise.find('@'));
    tally_.Declare(file_.scenario, facility_, std::span(&promise, promise.empty() ? 0 : 1));
    return true;
  }

  void Walk(std::uint64_t schedules_max) {
    Enumerator enumerator;
    bool followed = true;
    do {
      if (enumeration_.schedules == schedules_max || callbacks_.signal() != 0) return;
      program_.stepped->schedule = enumerator.Schedule();
      const auto history = Round();
      if (!history) {
        enumeration_.result.error = history.error();
        return;
      }
      for (const Turn& turn : Turns(program_, *history).All()) {
        followed &= turn.ready[enumerator.Choose(turn.ready)].worker == turn.worker;
      }
      Judged(*history);
    } while (enumerator.NextRun());
    enumeration_.complete = followed && !enumerator.diverged();
  }

  // Chance may kill a process from outside, once.
  Result<History> Round() {
    const RoundLabel label{
        .scenario = file_.scenario, .token = file_.token, .seed = file_.seed, .round = file_.round};
    const Interrupted interrupted = [&] { return callbacks_.signal() != 0; };
    auto history = engine_->Run(program_, label, interrupted);
    if (history || history.error().blame != Blame::kSystem) return history;
    return engine_->Run(program_, label, interrupted);
  }

  void Judged(const History& history) {
    ++enumeration_.schedules;
    outcomes_.insert(OutcomeOf(history));
    const std::vector<Judgement> judgements = Judge(history);
    const auto bound = [&](const Judgement& judgement) {
      return judgement.verdict == Verdict::kBroken &&
             std::ranges::find(facility_.Bindings(), judgement.clause, &Binding::clause) !=
                 facility_.Bindings().end();
    };
    if (std::ranges::any_of(judgements, bound)) ++enumeration_.broken;
    for (const std::size_t index : tally_.Add(file_.scenario, facility_, history, judgements)) {
      Finding& finding = tally_.findings()[index];
      const auto broken = std::ranges::find_if(judgements, [&](const Judgement& judgement) {
        return judgement.clause == finding.clause && judgement.verdict == Verdict::kBroken;
      });
      finding.token.clear();  // it would replay what the file's program was made of
      finding.listing = StepListing(history, &*broken);
      Keep(WithScheduleOf(program_, history), finding);
      callbacks_.found(finding);
    }
    callbacks_.progress({.scenario = file_.scenario,
                         .facility = file_.program.facility,
                         .rounds = enumeration_.schedules,
                         .operations = tally_.operations(),
                         .findings = tally_.findings().size()});
  }

  // The program with the schedule that broke the promise.
  void Keep(Program program, Finding& finding) {
    std::error_code error;
    std::filesystem::create_directories(options_.findings_directory, error);
    const std::string path =
        fmt::format("{}/{}.{}.every-schedule.program.json", options_.findings_directory,
                    file_.program.facility, ClauseName(finding.clause));
    ProgramFile kept = file_;
    kept.planted = options_.engine.planted;
    kept.promise = finding.promise;
    kept.clause = ClauseName(finding.clause);
    kept.program = std::move(program);
    if (const auto written = WriteProgram(path, kept); written) {
      finding.program_path = path;
    } else {
      callbacks_.trouble(written.error());
    }
  }

  const ProgramFile& file_;
  const Facility& facility_;
  const CampaignOptions& options_;
  const Callbacks& callbacks_;
  Program program_;
  std::unique_ptr<Engine> engine_;
  RunTally tally_;
  std::set<std::uint64_t> outcomes_;
  Enumeration enumeration_;
};

}  // namespace

Result<Enumeration> RunEverySchedule(const ProgramFile& file, std::uint64_t schedules_max,
                                     const CampaignOptions& options, const Callbacks& callbacks) {
  const auto facility = RequireFacility(file.program.facility);
  if (!facility) return std::unexpected(facility.error());
  return EverySchedule(file, **facility, options, callbacks).Run(schedules_max);
}

}  // namespace parley

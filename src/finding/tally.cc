#include "src/finding/tally.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "src/base/check.h"
#include "src/finding/describe.h"
#include "src/promise/promise.h"

namespace parley {
namespace {

// Why the pairs that run here leave the promise in doubt; empty when none does.
template <typename Exercises>
std::string FirstDoubt(const Exercises& exercises, std::uint64_t chances) {
  for (const auto& [key, exercise] : exercises) {
    if (!exercise.unsupported.empty() || exercise.kept > 0) continue;
    if (!exercise.doubt.empty()) return fmt::format("{}: {}", exercise.scenario, exercise.doubt);
    if (chances > 0) return fmt::format("not exercised by {}", exercise.scenario);
    return "not exercised";
  }
  return "";
}

}  // namespace

std::string RunTally::KeyOf(std::string_view scenario, const Facility& facility) {
  return fmt::format("{} on {}", scenario, facility.Name());
}

void RunTally::Declare(std::string_view scenario, const Facility& facility,
                       std::span<const std::string> promises) {
  const std::string key = KeyOf(scenario, facility);
  if (pairs_.contains(key)) return;
  Pair& pair = pairs_[key];
  pair.scenario = scenario;
  pair.facility = &facility;
  for (const Binding& binding : facility.Bindings()) {
    pair.instances.emplace(binding.clause, InstanceId(binding.promise, facility.Name()));
  }
  for (const std::string& promise : promises) {
    std::string id = InstanceId(promise, facility.Name());
    promises_[id].exercises[key].scenario = scenario;
    pair.promises.insert(std::move(id));
  }
}

void RunTally::Unsupported(std::string_view scenario, const Facility& facility,
                           std::string_view reason) {
  const std::string key = KeyOf(scenario, facility);
  const auto pair = pairs_.find(key);
  CHECK(pair != pairs_.end());
  for (const std::string& promise : pair->second.promises) {
    promises_[promise].exercises[key].unsupported = reason;
  }
}

bool RunTally::InDoubt(std::string_view scenario, const Facility& facility) const {
  const std::string key = KeyOf(scenario, facility);
  const auto pair = pairs_.find(key);
  CHECK(pair != pairs_.end());
  return std::ranges::any_of(pair->second.promises, [&](const std::string& promise) {
    const PromiseState& state = promises_.at(promise);
    if (ResultOf(promise, state).verdict != Verdict::kInconclusive) return false;
    // What it has kept is in doubt for a clause, or for another pair, whose affair that is.
    return state.exercises.at(key).kept == 0 || FirstDoubt(state.exercises, 1).empty();
  });
}

std::vector<std::size_t> RunTally::Add(std::string_view scenario, const Facility& facility,
                                       const History& history,
                                       std::span<const Judgement> judgements) {
  const std::string key = KeyOf(scenario, facility);
  const auto at = pairs_.find(key);
  CHECK(at != pairs_.end());
  Pair& pair = at->second;
  ++pair.rounds;
  ++rounds_;
  operations_ += history.operations.size();
  for (const std::string& promise : pair.promises) {
    promises_[promise].operations += history.operations.size();
  }
  std::vector<std::size_t> fresh;
  for (const Judgement& judgement : judgements) {
    const auto instance = pair.instances.find(judgement.clause);
    if (instance == pair.instances.end()) {
      if (judgement.verdict == Verdict::kBroken) AddDeviation(pair, judgement);
      continue;
    }
    const std::string& promise = instance->second;
    if (judgement.verdict == Verdict::kBroken) {
      AddBroken(pair, history, judgement, promise, fresh);
    } else if (!pair.promises.contains(promise)) {
      continue;
    } else if (judgement.verdict == Verdict::kKept) {
      AddKept(key, judgement, promise);
    } else {
      AddDoubt(pair, key, judgement, promise);
    }
  }
  return fresh;
}

void RunTally::AddKept(const std::string& key, const Judgement& judgement,
                       const std::string& promise) {
  if (judgement.chances == 0) return;
  PromiseState& state = promises_[promise];
  state.chances += judgement.chances;
  state.clauses[judgement.clause].kept = true;
  ++state.exercises[key].kept;
}

void RunTally::AddDoubt(const Pair& pair, const std::string& key, const Judgement& judgement,
                        const std::string& promise) {
  PromiseState& state = promises_[promise];
  state.chances += judgement.chances;
  std::string& exercise = state.exercises[key].doubt;
  if (exercise.empty()) exercise = judgement.reason;
  std::string& clause = state.clauses[judgement.clause].doubt;
  if (clause.empty()) clause = fmt::format("{}: {}", pair.scenario, judgement.reason);
}

void RunTally::AddBroken(const Pair& pair, const History& history, const Judgement& judgement,
                         const std::string& promise, std::vector<std::size_t>& fresh) {
  PromiseState& state = promises_[promise];
  state.chances += judgement.chances;
  state.broken_by.insert(pair.scenario);
  if (state.broken_reason.empty()) state.broken_reason = judgement.reason;
  const std::string_view facility = pair.facility->Name();
  const auto known = std::ranges::find_if(findings_, [&](const Finding& finding) {
    return finding.promise == promise && finding.scenario == pair.scenario &&
           finding.facility == facility;
  });
  const auto index = static_cast<std::size_t>(known - findings_.begin());
  if (known != findings_.end()) {
    // Two clauses of one promise may break in one round.
    if (std::exchange(last_seen_[index], rounds_) != rounds_) ++known->rounds_seen;
    return;
  }
  Finding finding;
  finding.promise = promise;
  finding.clause = judgement.clause;
  finding.reason = judgement.reason;
  for (const std::uint32_t id : judgement.witness) {
    finding.witness.push_back(DescribeOperation(history, id));
  }
  finding.operations = history.operations.size();
  finding.scenario = pair.scenario;
  finding.facility = facility;
  finding.round = history.header.round;
  finding.seed = history.header.seed;
  finding.planted = history.header.planted;
  finding.token = history.header.token;
  finding.rounds_seen = 1;
  findings_.push_back(std::move(finding));
  last_seen_.push_back(rounds_);
  fresh.push_back(index);
}

void RunTally::AddDeviation(const Pair& pair, const Judgement& judgement) {
  for (Deviation& deviation : deviations_) {
    if (deviation.clause == judgement.clause && deviation.scenario == pair.scenario &&
        deviation.facility == pair.facility->Name()) {
      ++deviation.rounds_seen;
      return;
    }
  }
  deviations_.push_back({.clause = judgement.clause,
                         .facility = std::string(pair.facility->Name()),
                         .scenario = pair.scenario,
                         .reason = judgement.reason,
                         .rounds_seen = 1});
}

PromiseResult RunTally::ResultOf(const std::string& id, const PromiseState& state) const {
  PromiseResult result;
  result.id = id;
  result.chances = state.chances;
  result.operations = state.operations;
  result.scenarios = state.broken_by;
  const std::string* unsupported = nullptr;
  bool runs = false;
  for (const auto& [key, exercise] : state.exercises) {
    result.scenarios.insert(exercise.scenario);
    if (exercise.unsupported.empty()) {
      runs = true;
    } else if (unsupported == nullptr) {
      unsupported = &exercise.unsupported;
    }
  }
  if (!state.broken_by.empty()) {
    result.verdict = Verdict::kBroken;
    result.reason = state.broken_reason;
    return result;
  }
  if (!runs && unsupported != nullptr) {
    result.verdict = Verdict::kUnsupported;
    result.reason = *unsupported;
    return result;
  }
  result.reason = FirstDoubt(state.exercises, state.chances);
  for (const auto& [clause, doubt] : state.clauses) {
    if (result.reason.empty() && !doubt.kept) result.reason = doubt.doubt;
  }
  result.verdict = result.reason.empty() ? Verdict::kKept : Verdict::kInconclusive;
  return result;
}

void RunTally::Fill(RunResult& result) const {
  result.rounds = rounds_;
  result.operations = operations_;
  result.promises.clear();
  for (const auto& [id, state] : promises_) result.promises.push_back(ResultOf(id, state));
  // Rows lie in the catalogue one behind the other.
  const Promise* const end = Catalogue().data() + Catalogue().size();
  std::ranges::sort(result.promises, {}, [end](const PromiseResult& promise) {
    const Promise* const row = FindPromise(promise.id);
    return std::pair(row == nullptr ? end : row, std::string_view(promise.id));
  });
  result.findings = findings_;
  for (Finding& finding : result.findings) {
    const auto pair = std::ranges::find_if(pairs_, [&](const auto& entry) {
      return entry.second.scenario == finding.scenario &&
             entry.second.facility->Name() == finding.facility;
    });
    finding.rounds_run = pair->second.rounds;
  }
  result.deviations = deviations_;
}

}  // namespace parley

// Adds the judgements of many rounds up to one verdict a promise.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/check/checker.h"
#include "src/facility/facility.h"
#include "src/finding/finding.h"
#include "src/history/history.h"

namespace parley {

// A promise is
//   broken        when a round broke it, whether the round's scenario declares it or not;
//   unsupported   when no facility that its scenarios need runs here;
//   kept          when each scenario that declares it (and runs here) had a round in which it could
//                 have been broken and was not, and each of its clauses that was ever in doubt was
//                 kept in another round;
//   inconclusive  otherwise, "not exercised" among the reasons.
class RunTally {
 public:
  // The scenario shall run on the facility to exercise these promises (catalogue ids).  Before the
  // first round of the pair; a pair that runs in two modes is one, and may be declared for each.
  // facility: outlives the tally.
  void Declare(std::string_view scenario, const Facility& facility,
               std::span<const std::string> promises);

  // A declared pair that cannot run here, and why.
  void Unsupported(std::string_view scenario, const Facility& facility, std::string_view reason);

  // One round of a declared pair.  Returns the findings() that are new: those whose history is to
  // be kept as evidence.
  std::vector<std::size_t> Add(std::string_view scenario, const Facility& facility,
                               const History& history, std::span<const Judgement> judgements);

  // A declared pair whose rounds may still settle a promise that would be inconclusive.
  bool InDoubt(std::string_view scenario, const Facility& facility) const;

  // A broken promise is found once for each pair.
  std::vector<Finding>& findings() { return findings_; }

  std::uint64_t rounds() const { return rounds_; }
  std::uint64_t operations() const { return operations_; }

  // Sets rounds, operations, promises, findings and deviations.
  void Fill(RunResult& result) const;

 private:
  // What one declaring pair has to say of one promise.
  struct Exercise {
    std::string scenario;
    std::uint64_t kept = 0;   // rounds that kept it and could have broken it
    std::string doubt;        // the first reason not to know
    std::string unsupported;  // why it cannot run
  };
  struct ClauseDoubt {
    bool kept = false;
    std::string doubt;
  };
  struct PromiseState {
    std::uint64_t chances = 0;
    std::uint64_t operations = 0;
    std::map<std::string, Exercise, std::less<>> exercises;  // by pair
    std::map<Clause, ClauseDoubt> clauses;
    std::set<std::string> broken_by;  // scenarios
    std::string broken_reason;
  };
  struct Pair {
    std::string scenario;
    const Facility* facility = nullptr;
    std::uint64_t rounds = 0;
    std::set<std::string> promises;           // instance ids
    std::map<Clause, std::string> instances;  // what each clause breaks there
  };

  static std::string KeyOf(std::string_view scenario, const Facility& facility);
  void AddKept(const std::string& key, const Judgement& judgement, const std::string& promise);
  void AddDoubt(const Pair& pair, const std::string& key, const Judgement& judgement,
                const std::string& promise);
  void AddBroken(const Pair& pair, const History& history, const Judgement& judgement,
                 const std::string& promise, std::vector<std::size_t>& fresh);
  void AddDeviation(const Pair& pair, const Judgement& judgement);
  PromiseResult ResultOf(const std::string& id, const PromiseState& state) const;

  std::map<std::string, Pair, std::less<>> pairs_;
  std::map<std::string, PromiseState> promises_;  // by instance id
  std::vector<Finding> findings_;
  std::vector<Deviation> deviations_;
  // The round that a finding was last seen in, counted over the run.
  std::vector<std::uint64_t> last_seen_;
  std::uint64_t rounds_ = 0;
  std::uint64_t operations_ = 0;
};

}  // namespace parley

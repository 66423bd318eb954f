// A law of the stepped mode: no program whatever, under no schedule, breaks a promise.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/check/checker.h"
#include "src/history/history.h"
#include "src/program/program.h"

namespace parley {

class ScriptLaw {
 public:
  // How a row of the catalogue fared.
  struct Row {
    std::uint64_t rounds = 0;   // with a chance
    std::uint64_t chances = 0;  // situations in which it could have been broken, and was not
    std::uint64_t doubts = 0;   // rounds that left it in doubt
  };

  // rows: catalogue ids that the law is to exercise, each bound on the facility.
  ScriptLaw(std::string_view facility, std::vector<std::string> rows);

  // Call it from a test.  Runs a round of each program that rapidcheck draws (RC_PARAMS says how
  // many), and judges it.  The test fails
  // - when any promise of the facility is broken, with the block that `parley run` prints: the
  //   program as small as the passes of src/shrink make it, its steps, and its file for replay;
  // - when a row had no chance in all rounds: what cannot fail says nothing.
  // A deviation from the model that breaks no promise is printed and counted, and fails nothing.
  // Skips the test, with the reason, where the facility cannot run.
  void HoldsFor(rc::Gen<Program> scripts);

  // The same without a word to the test.  False: a promise was broken.
  bool Try(rc::Gen<Program> scripts);
  std::vector<std::string> RowsWithoutChances() const;

  const std::map<std::string, Row, std::less<>>& rows() const { return rows_; }
  std::uint64_t rounds() const { return rounds_; }
  std::uint64_t deviations() const { return deviations_; }
  const std::optional<Program>& smallest() const { return smallest_; }  // that broke a promise

 private:
  void Sample(const Program& program);
  void Count(const std::vector<Judgement>& judgements);
  std::string_view PromiseOf(Clause clause) const;
  std::optional<Judgement> BrokenIn(const std::vector<Judgement>& judgements) const;
  void Fail(const Program& program, const History& history, const Judgement& broken);
  std::optional<Program> WrittenDown(const Program& program) const;
  void Print() const;

  std::string facility_;
  std::map<std::string, Row, std::less<>> rows_;  // by catalogue id
  std::uint64_t rounds_ = 0;
  std::uint64_t operations_ = 0;
  std::uint64_t deviations_ = 0;
  std::optional<std::string> unsupported_;  // why the facility cannot run here

  // Of what failed first: shrinking follows that one failure and comes to an end.
  std::optional<Clause> clause_;
  std::uint64_t shrink_until_ns_ = 0;
  std::optional<Program> smallest_;  // that failed last, which is the smallest one so far
  std::string text_;                 // what it said: rapidcheck asks again
  std::uint64_t drawn_ = 0;          // fingerprint of the program that failed first
  std::optional<Program> written_;   // that one, with the schedule that its round followed
};

}  // namespace parley

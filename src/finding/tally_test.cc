#include "src/finding/tally.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "src/finding/fake_facility.h"
#include "src/history/sample_history.h"

namespace parley {
namespace {

Judgement Kept(Clause clause, std::uint64_t chances) {
  return {
      .clause = clause, .verdict = Verdict::kKept, .reason = "", .witness = {}, .chances = chances};
}

Judgement Doubtful(Clause clause, std::string reason) {
  return {.clause = clause,
          .verdict = Verdict::kInconclusive,
          .reason = std::move(reason),
          .witness = {},
          .chances = 0};
}

Judgement Broken(Clause clause, std::string reason, std::vector<std::uint32_t> witness = {}) {
  return {.clause = clause,
          .verdict = Verdict::kBroken,
          .reason = std::move(reason),
          .witness = std::move(witness),
          .chances = 1};
}

// A tally of the scenarios "s" and "t" on a pipe, and what tests ask of it.
class Tally : public testing::Test {
 protected:
  void Declare(std::string_view scenario, std::vector<std::string> promises) {
    tally_.Declare(scenario, pipe_, promises);
  }
  std::vector<std::size_t> Add(std::string_view scenario, std::vector<Judgement> judgements) {
    return tally_.Add(scenario, pipe_, SampleHistory(), judgements);
  }
  RunResult Result() const {
    RunResult result;
    tally_.Fill(result);
    return result;
  }
  PromiseResult Of(std::string_view id) const {
    for (const PromiseResult& promise : Result().promises) {
      if (promise.id == id) return promise;
    }
    ADD_FAILURE() << id << " has no result";
    return {};
  }

  const FakeFacility pipe_{"pipe"};
  RunTally tally_;
};

TEST_F(Tally, CountsAPairOfTwoModesOnce) {
  Declare("s", {"xfer.destructive-read"});
  Declare("s", {"xfer.destructive-read"});

  Add("s", {Kept(Clause::kDuplicate, 3)});

  EXPECT_EQ(Of("xfer.destructive-read@pipe").chances, 3U);
  EXPECT_EQ(Of("xfer.destructive-read@pipe").scenarios, (std::set<std::string>{"s"}));
}

TEST_F(Tally, KeepsAPromiseThatCouldHaveBeenBrokenAndWasNot) {
  Declare("s", {"xfer.destructive-read"});

  Add("s", {Kept(Clause::kDuplicate, 3)});
  Add("s", {Kept(Clause::kDuplicate, 4)});

  const PromiseResult promise = Of("xfer.destructive-read@pipe");
  EXPECT_EQ(promise.verdict, Verdict::kKept);
  EXPECT_EQ(promise.chances, 7U);
  EXPECT_EQ(promise.operations, 10U);
  EXPECT_EQ(promise.scenarios, (std::set<std::string>{"s"}));
  EXPECT_EQ(promise.reason, "");
  EXPECT_EQ(Result().rounds, 2U);
  EXPECT_EQ(Result().operations, 10U);
}

TEST_F(Tally, DoesNotKnowWhatWasNeverExercised) {
  Declare("s", {"pipe.order"});

  Add("s", {Kept(Clause::kProgramOrder, 0)});

  EXPECT_EQ(Of("pipe.order").verdict, Verdict::kInconclusive);
  EXPECT_EQ(Of("pipe.order").reason, "not exercised");
}

TEST_F(Tally, DoesNotKnowWhatOneOfTheScenariosNeverExercised) {
  Declare("s", {"pipe.order"});
  Declare("t", {"pipe.order"});

  Add("s", {Kept(Clause::kProgramOrder, 1)});
  Add("t", {});

  EXPECT_EQ(Of("pipe.order").verdict, Verdict::kInconclusive);
  EXPECT_EQ(Of("pipe.order").reason, "not exercised by t");
}

TEST_F(Tally, IsNotSwayedByOneRoundInDoubt) {
  Declare("s", {"pipe.order"});

  Add("s", {Doubtful(Clause::kProgramOrder, "too few")});
  Add("s", {Kept(Clause::kProgramOrder, 1)});

  EXPECT_EQ(Of("pipe.order").verdict, Verdict::kKept);
}

TEST_F(Tally, TellsWhoseRoundsCanSettleADoubt) {
  Declare("s", {"pipe.order"});
  Declare("t", {"pipe.order"});
  EXPECT_TRUE(tally_.InDoubt("s", pipe_));
  Add("s", {Kept(Clause::kRealTimeOrder, 3)});
  EXPECT_FALSE(tally_.InDoubt("s", pipe_));
  EXPECT_TRUE(tally_.InDoubt("t", pipe_));
  Add("t", {Kept(Clause::kRealTimeOrder, 1)});
  EXPECT_FALSE(tally_.InDoubt("t", pipe_));
  // A clause that nobody could settle is everybody's affair.
  Add("t", {Doubtful(Clause::kProgramOrder, "too weak")});
  EXPECT_TRUE(tally_.InDoubt("s", pipe_));
  Add("s", {Broken(Clause::kRealTimeOrder, "late")});
  EXPECT_FALSE(tally_.InDoubt("s", pipe_));
}

TEST_F(Tally, SaysWhyAScenarioNeverKnew) {
  Declare("s", {"pipe.order"});

  Add("s", {Doubtful(Clause::kProgramOrder, "too few")});
  Add("s", {Doubtful(Clause::kProgramOrder, "too many")});

  EXPECT_EQ(Of("pipe.order").verdict, Verdict::kInconclusive);
  EXPECT_EQ(Of("pipe.order").reason, "s: too few");
}

TEST_F(Tally, LetsNoClauseHideBehindAnother) {
  Declare("s", {"xfer.conservation"});

  Add("s", {Kept(Clause::kInvented, 9), Doubtful(Clause::kLost, "a log was full")});

  EXPECT_EQ(Of("xfer.conservation@pipe").verdict, Verdict::kInconclusive);
  EXPECT_EQ(Of("xfer.conservation@pipe").reason, "s: a log was full");

  Add("s", {Kept(Clause::kLost, 1)});

  EXPECT_EQ(Of("xfer.conservation@pipe").verdict, Verdict::kKept);
}

TEST_F(Tally, BreaksAPromiseForEverByOneRound) {
  Declare("s", {"xfer.destructive-read"});

  Add("s", {Kept(Clause::kDuplicate, 3)});
  const auto fresh = Add("s", {Broken(Clause::kDuplicate, "twice", {0, 3})});
  Add("s", {Kept(Clause::kDuplicate, 3)});

  EXPECT_EQ(Of("xfer.destructive-read@pipe").verdict, Verdict::kBroken);
  EXPECT_EQ(Of("xfer.destructive-read@pipe").reason, "twice");
  EXPECT_EQ(Of("xfer.destructive-read@pipe").chances, 7U);
  EXPECT_EQ(fresh, (std::vector<std::size_t>{0}));
}

TEST_F(Tally, FindsABrokenPromiseOnceForEachScenarioAndCounts) {
  Declare("s", {"pipe.order"});
  Declare("t", {"pipe.order"});
  const auto both = {Broken(Clause::kProgramOrder, "first", {0}),
                     Broken(Clause::kRealTimeOrder, "second", {3})};

  EXPECT_EQ(Add("s", both), (std::vector<std::size_t>{0}));
  EXPECT_EQ(Add("s", both), (std::vector<std::size_t>{}));
  EXPECT_EQ(Add("s", {}), (std::vector<std::size_t>{}));
  EXPECT_EQ(Add("t", both), (std::vector<std::size_t>{1}));

  const RunResult result = Result();
  ASSERT_EQ(result.findings.size(), 2U);
  const Finding& finding = result.findings[0];
  EXPECT_EQ(finding.promise, "pipe.order");
  EXPECT_EQ(finding.clause, Clause::kProgramOrder);
  EXPECT_EQ(finding.reason, "first");
  EXPECT_EQ(finding.witness, (std::vector<std::string>{"#0 writer 1 writes 64 bytes -> 64"}));
  EXPECT_EQ(finding.operations, 5U);
  EXPECT_EQ(finding.scenario, "s");
  EXPECT_EQ(finding.facility, "pipe");
  EXPECT_EQ(finding.seed, 7U);
  EXPECT_EQ(finding.round, 3U);
  EXPECT_EQ(finding.token, "1.pipe_kill.pipe.f.7.3");
  EXPECT_EQ(finding.rounds_seen, 2U);
  EXPECT_EQ(finding.rounds_run, 3U);
  EXPECT_EQ(result.findings[1].scenario, "t");
  EXPECT_EQ(result.findings[1].rounds_seen, 1U);
}

TEST_F(Tally, KeepsWhereTheHistoryOfAFindingIs) {
  Declare("s", {"pipe.order"});
  const auto fresh = Add("s", {Broken(Clause::kProgramOrder, "late")});

  tally_.findings()[fresh.at(0)].history_path = "out/h.jsonl";

  EXPECT_EQ(Result().findings.at(0).history_path, "out/h.jsonl");
}

TEST_F(Tally, ReportsABrokenPromiseThatNoScenarioDeclares) {
  Declare("s", {"pipe.order"});

  Add("s", {Broken(Clause::kTorn, "torn"), Kept(Clause::kProgramOrder, 1)});

  EXPECT_EQ(Of("pipe.atomic-write").verdict, Verdict::kBroken);
  EXPECT_EQ(Of("pipe.atomic-write").scenarios, (std::set<std::string>{"s"}));
  EXPECT_EQ(Of("pipe.order").verdict, Verdict::kKept);
}

TEST_F(Tally, CountsNothingForAPromiseThatTheScenarioDoesNotDeclare) {
  Declare("s", {"pipe.order"});

  Add("s",
      {Kept(Clause::kTorn, 5), Doubtful(Clause::kDuplicate, "x"), Kept(Clause::kProgramOrder, 1)});

  ASSERT_EQ(Result().promises.size(), 1U);
  EXPECT_EQ(Result().promises[0].id, "pipe.order");
}

TEST_F(Tally, SetsApartWhatBreaksNoPromiseOfTheFacility) {
  Declare("s", {"pipe.order"});

  Add("s", {Broken(Clause::kOverfull, "too full")});
  Add("s", {Broken(Clause::kOverfull, "too full again"), Kept(Clause::kProgramOrder, 1)});

  const RunResult result = Result();
  EXPECT_TRUE(result.findings.empty());
  EXPECT_EQ(result.deviations, (std::vector<Deviation>{{.clause = Clause::kOverfull,
                                                        .facility = "pipe",
                                                        .scenario = "s",
                                                        .reason = "too full",
                                                        .rounds_seen = 2}}));
  EXPECT_EQ(ExitCode(result), kExitKept);
}

TEST_F(Tally, SetsAsideScenariosThatCannotRunHere) {
  Declare("s", {"pipe.order", "pipe.atomic-write"});
  Declare("t", {"pipe.order"});
  tally_.Unsupported("s", pipe_, "no pipes here");

  Add("t", {Kept(Clause::kProgramOrder, 1)});

  EXPECT_EQ(Of("pipe.order").verdict, Verdict::kKept);
  EXPECT_EQ(Of("pipe.atomic-write").verdict, Verdict::kUnsupported);
  EXPECT_EQ(Of("pipe.atomic-write").reason, "no pipes here");
}

TEST_F(Tally, JudgesTheFacilitiesOfAScenarioApart) {
  const FakeFacility fifo("fifo");
  const std::vector<std::string> promises = {"xfer.destructive-read"};
  Declare("s", promises);
  tally_.Declare("s", fifo, promises);

  Add("s", {Kept(Clause::kDuplicate, 1)});
  tally_.Add("s", fifo, SampleHistory(), std::vector{Broken(Clause::kDuplicate, "twice")});

  EXPECT_EQ(Of("xfer.destructive-read@pipe").verdict, Verdict::kKept);
  EXPECT_EQ(Of("xfer.destructive-read@fifo").verdict, Verdict::kBroken);
  EXPECT_EQ(Result().findings.at(0).facility, "fifo");
}

TEST_F(Tally, OrdersPromisesAsTheCatalogueDoes) {
  Declare("s", {"pipe.order", "pipe.atomic-write", "xfer.destructive-read"});

  std::vector<std::string> ids;
  for (const PromiseResult& promise : Result().promises) ids.push_back(promise.id);

  EXPECT_EQ(ids, (std::vector<std::string>{"xfer.destructive-read@pipe", "pipe.atomic-write",
                                           "pipe.order"}));
}

}  // namespace
}  // namespace parley

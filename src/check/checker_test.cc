#include "src/check/checker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "src/check/history_builder.h"

namespace parley {
namespace {

TEST(Checkers, AreSortedByNameAndDifferent) {
  const auto checkers = Checkers();

  EXPECT_GE(checkers.size(), 6U);
  EXPECT_EQ(std::ranges::adjacent_find(checkers, std::ranges::greater_equal{}, &Checker::name),
            checkers.end());
}

TEST(Checkers, ShareClausesOnlyWithTheModelsOfSteppedHistories) {
  for (const Family family : {Family::kByteStream, Family::kMessages}) {
    std::set<Clause> seen;
    for (const Checker& checker : Checkers()) {
      EXPECT_FALSE(checker.oracle.empty()) << checker.name;
      if (checker.oracle == "O-MODEL" || !checker.Judges(family)) continue;
      for (const Clause clause : checker.clauses) {
        EXPECT_TRUE(seen.insert(clause).second) << ClauseName(clause);
      }
    }
  }
}

TEST(Checkers, ReportEveryClause) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Clause::kCount); ++i) {
    const auto clause = static_cast<Clause>(i);
    EXPECT_TRUE(std::ranges::any_of(Checkers(), [&](const Checker& checker) {
      return std::ranges::find(checker.clauses, clause) != checker.clauses.end();
    })) << ClauseName(clause);
  }
}

TEST(Judge, SaysNothingOfAnEmptyHistory) { EXPECT_TRUE(Judge(History{}).empty()); }

TEST(Judge, SaysTheSameAsEachCheckerByItself) {
  const History history = HistoryBuilder()
                              .Worker("writer")
                              .Worker("reader")
                              .Put(0, {.from = 1, .to = 2, .bytes = 8})
                              .Put(0, {.from = 3, .to = 4, .bytes = 8})
                              .Take(1, {.from = 5, .to = 6, .bytes = 99},
                                    {Written(0, 8, 8), Written(0, 0, 4), Written(0, 0, 4)})
                              .Drained()
                              .Build();
  std::vector<Judgement> one_by_one;
  for (const Checker& checker : Checkers()) {
    if (checker.Judges(history.header.family)) checker.judge(history, one_by_one);
  }

  const std::vector<Judgement> together = Judge(history);

  ASSERT_EQ(together.size(), one_by_one.size());
  ASSERT_GE(together.size(), 4U);
  for (std::size_t i = 0; i < together.size(); ++i) {
    EXPECT_EQ(together[i].clause, one_by_one[i].clause);
    EXPECT_EQ(together[i].verdict, one_by_one[i].verdict);
    EXPECT_EQ(together[i].reason, one_by_one[i].reason);
    EXPECT_EQ(together[i].witness, one_by_one[i].witness);
    EXPECT_EQ(together[i].chances, one_by_one[i].chances);
  }
}

TEST(VerdictName, NamesEachVerdict) {
  EXPECT_EQ(VerdictName(Verdict::kKept), "kept");
  EXPECT_EQ(VerdictName(Verdict::kUnsupported), "unsupported");
  EXPECT_EQ(VerdictName(Verdict::kInconclusive), "inconclusive");
  EXPECT_EQ(VerdictName(Verdict::kBroken), "broken");
}

constexpr std::array kDuplicateOnly = {Clause::kDuplicate};

void JudgeTwice(const History&, std::vector<Judgement>& judgements) {
  judgements.push_back({Clause::kDuplicate, Verdict::kKept, "", {}, 1});
  judgements.push_back({Clause::kDuplicate, Verdict::kKept, "", {}, 1});
}

void JudgeAnother(const History&, std::vector<Judgement>& judgements) {
  judgements.push_back({Clause::kLost, Verdict::kKept, "", {}, 1});
}

TEST(JudgeDeathTest, AbortsWhenACheckerReportsAClauseTwice) {
  EXPECT_DEATH(
      {
        const CheckerRegistration kTwice({"zz_twice", "O-NONE", kDuplicateOnly, JudgeTwice});
        Judge(History{});
      },
      "broken invariant");
}

TEST(JudgeDeathTest, AbortsWhenACheckerReportsAClauseThatItDoesNotList) {
  EXPECT_DEATH(
      {
        const CheckerRegistration kAnother({"zz_another", "O-NONE", kDuplicateOnly, JudgeAnother});
        Judge(History{});
      },
      "broken invariant");
}

TEST(JudgeDeathTest, AbortsWhenANameIsTaken) {
  EXPECT_DEATH(
      { const CheckerRegistration kAgain({"records", "O-NONE", kDuplicateOnly, JudgeAnother}); },
      "broken invariant");
}

}  // namespace
}  // namespace parley

// What a round leaves behind.
#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

HistoryBuilder Round() {
  return HistoryBuilder().Worker("maker").OpenBoth(0, {.from = 1, .to = 2});
}

TEST(Residue, IsBrokenByWhatIsLeftAndNamesIt) {
  const auto judgement = JudgementOf(Clause::kResidue, Round().Residue("name object-1").Build());

  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->verdict, Verdict::kBroken);
  EXPECT_EQ(judgement->reason, "name object-1");
  EXPECT_TRUE(judgement->witness.empty());
}

TEST(Residue, CountsWhatElseIsLeft) {
  const History history = Round().Residue("name a").Residue("name b").Residue("name c").Build();

  EXPECT_EQ(JudgementOf(Clause::kResidue, history)->reason, "name a (and 2 more)");
}

TEST(Residue, IsKeptWhenNothingIsLeft) {
  EXPECT_EQ(VerdictOf(Clause::kResidue, Round().Build()), "kept");
}

TEST(Residue, SaysNothingOfARoundInWhichNothingHappened) {
  EXPECT_EQ(VerdictOf(Clause::kResidue, HistoryBuilder().Build()), "none");
}

}  // namespace
}  // namespace parley

// Exclusive creations of one name side by side.
#include <gtest/gtest.h>

#include <cerrno>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

Names Broken(const History& history) { return Broken("life", history); }

HistoryBuilder Racers() { return HistoryBuilder().Worker("a").Worker("b").Worker("c"); }

TEST(CreatedTwice, IsBrokenByTwoWinners) {
  const History history = Racers()
                              .MakeName(0, {.from = 1, .to = 5})
                              .MakeName(1, {.from = 2, .to = 4})
                              .MakeName(2, {.from = 2, .to = 3, .error = EEXIST})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"created-twice"});
  EXPECT_EQ(JudgementOf(Clause::kCreatedTwice, history)->witness,
            (std::vector<std::uint32_t>{0, 1}));
}

TEST(CreatedTwice, IsBrokenByASecondCreationLater) {
  const History history =
      Racers().MakeName(0, {.from = 1, .to = 2}).MakeName(1, {.from = 3, .to = 4}).Build();

  EXPECT_EQ(Broken(history), Names{"created-twice"});
}

TEST(CreatedTwice, IsBrokenByThreeWinnersAndOneRemoval) {
  const History history = Racers()
                              .MakeName(0, {.from = 1, .to = 9})
                              .MakeName(1, {.from = 2, .to = 8})
                              .MakeName(2, {.from = 3, .to = 7})
                              .Worker("remover")
                              .RemoveName(3, {.from = 4, .to = 5})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"created-twice"});
}

TEST(CreatedTwice, IsBrokenWhenNobodyWins) {
  const History history = Racers()
                              .MakeName(0, {.from = 1, .to = 3, .error = EEXIST})
                              .MakeName(1, {.from = 2, .to = 4, .error = EEXIST})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"created-twice"});
}

TEST(CreatedTwice, IsBrokenWhenNobodyWinsAfterARemoval) {
  const History history = Racers()
                              .MakeName(0, {.from = 1, .to = 2})
                              .RemoveName(0, {.from = 3, .to = 4})
                              .MakeName(1, {.from = 5, .to = 6, .error = EEXIST})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"created-twice"});
}

TEST(CreatedTwice, IsKeptByOneWinner) {
  const History history = Racers()
                              .MakeName(0, {.from = 1, .to = 3})
                              .MakeName(1, {.from = 2, .to = 4, .error = EEXIST})
                              .MakeName(2, {.from = 10, .to = 11, .error = EEXIST})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kCreatedTwice, history), "kept");
  EXPECT_EQ(JudgementOf(Clause::kCreatedTwice, history)->chances, 2u);
}

TEST(CreatedTwice, HasAChanceInStepsWhereverACreationIsRefused) {
  History history = Racers()
                        .MakeName(0, {.from = 1, .to = 2})
                        .MakeName(1, {.from = 3, .to = 4, .error = EEXIST})
                        .Build();
  EXPECT_FALSE(JudgementOf(Clause::kCreatedTwice, history));

  history.header.mode = "stepped";

  EXPECT_EQ(JudgementOf(Clause::kCreatedTwice, history)->chances, 1u);
}

TEST(CreatedTwice, AllowsNoWinnerWhenOneWasKilled) {
  const History history = Racers()
                              .MakeName(0, {.from = 1})
                              .Kill(0, 2, 3)
                              .MakeName(1, {.from = 2, .to = 4, .error = EEXIST})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kCreatedTwice, history), "kept");
}

TEST(CreatedTwice, AllowsTwoWinnersWithARemovalThatMayLieBetween) {
  EXPECT_EQ(Broken(Racers()
                       .MakeName(0, {.from = 1, .to = 5})
                       .MakeName(1, {.from = 2, .to = 4})
                       .RemoveName(2, {.from = 3, .to = 9})
                       .Build()),
            Names{});
  EXPECT_EQ(Broken(Racers()
                       .MakeName(0, {.from = 1, .to = 2})
                       .RenameName(2, {.from = 3, .to = 9})
                       .MakeName(1, {.from = 4, .to = 5})
                       .Build()),
            Names{});
  EXPECT_EQ(Broken(Racers()
                       .MakeName(0, {.from = 1, .to = 2})
                       .RemoveName(2, {.from = 3})
                       .Kill(2, 4, 5)
                       .MakeName(1, {.from = 6, .to = 7})
                       .Build()),
            Names{});
}

TEST(CreatedTwice, DoesNotBelieveARemovalThatLiesOutside) {
  EXPECT_EQ(Broken(Racers()
                       .RemoveName(2, {.from = 1, .to = 2})
                       .MakeName(0, {.from = 3, .to = 4})
                       .MakeName(1, {.from = 5, .to = 6})
                       .RemoveName(2, {.from = 7, .to = 8})
                       .Build()),
            Names{"created-twice"});
}

TEST(CreatedTwice, LeavesTheDoubtToClocksThatDiffer) {
  const History history = Racers()
                              .RemoveName(2, {.from = 1, .to = 2})
                              .MakeName(0, {.from = 3, .to = 4})
                              .MakeName(1, {.from = 5, .to = 6})
                              .ClockSlackNs(1)
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(CreatedTwice, AllowsEexistOfANameThatWasSeenBefore) {
  const History history = Racers()
                              .QueryName(0, {.from = 1, .to = 2})
                              .MakeName(1, {.from = 3, .to = 4, .error = EEXIST})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

}  // namespace
}  // namespace parley

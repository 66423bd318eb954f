// Names and content between their making and their end.
#include <gtest/gtest.h>

#include <cerrno>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

Names Broken(const History& history) { return Broken("life", history); }

HistoryBuilder Made() {
  return HistoryBuilder().Worker("maker").Worker("writer").Worker("reader").MakeName(
      0, {.from = 1, .to = 2});
}

constexpr CallSpec kGone{.from = 10, .to = 20, .error = ENOENT};

TEST(NameGone, IsBrokenByAQueryThatDoesNotFindIt) {
  const History history = Made().QueryName(0, kGone).Build();

  EXPECT_EQ(Broken(history), Names{"name-gone"});
  EXPECT_EQ(JudgementOf(Clause::kNameGone, history)->witness, (std::vector<std::uint32_t>{1}));
}

TEST(NameGone, IsBrokenByAQueryThatFindsSomethingElse) {
  const History history = Made().QueryName(0, {.from = 10, .to = 20, .error = ENOTTY}).Build();

  EXPECT_EQ(Broken(history), Names{"name-gone"});
}

TEST(NameGone, IsBrokenByAnOpenOfARelatedProcessThatDoesNotFindIt) {
  EXPECT_EQ(Broken(Made().OpenBoth(1, kGone).Build()), Names{"name-gone"});
}

TEST(NameGone, IsKeptWhenItOutlivesItsMaker) {
  const History history = Made().Kill(0, 3, 4).QueryName(1, {.from = 10, .to = 20}).Build();

  EXPECT_EQ(VerdictOf(Clause::kNameGone, history), "kept");
  EXPECT_EQ(JudgementOf(Clause::kNameGone, history)->chances, 1u);
}

TEST(NameGone, AllowsARemovalBeforeAndDuringTheQuery) {
  EXPECT_EQ(VerdictOf(Clause::kNameGone,
                      Made().QueryName(0, kGone).RemoveName(1, {.from = 3, .to = 4}).Build()),
            "none");
  EXPECT_EQ(VerdictOf(Clause::kNameGone,
                      Made().QueryName(0, kGone).RemoveName(1, {.from = 20, .to = 30}).Build()),
            "none");
}

TEST(NameGone, AllowsARemovalThatWasKilled) {
  const History history =
      Made().QueryName(0, kGone).RemoveName(1, {.from = 3}).Kill(1, 4, 5).Build();

  EXPECT_EQ(VerdictOf(Clause::kNameGone, history), "none");
}

TEST(NameGone, DoesNotBelieveARemovalThatFailed) {
  const History history =
      Made().QueryName(0, kGone).RemoveName(1, {.from = 3, .to = 4, .error = ENOENT}).Build();

  EXPECT_EQ(VerdictOf(Clause::kNameGone, history), "broken");
}

TEST(NameGone, AllowsAMoveDuringTheQueryAndOneThatFailed) {
  EXPECT_EQ(VerdictOf(Clause::kNameGone,
                      Made().QueryName(0, kGone).RenameName(1, {.from = 3, .to = 10}).Build()),
            "none");
  EXPECT_EQ(
      VerdictOf(
          Clause::kNameGone,
          Made().QueryName(0, kGone).RenameName(1, {.from = 3, .to = 4, .error = ENOENT}).Build()),
      "none");
}

TEST(NameGone, IsBrokenAfterTheNameWasMadeAnew) {
  const History history = Made()
                              .RemoveName(0, {.from = 3, .to = 4})
                              .MakeName(0, {.from = 5, .to = 6})
                              .QueryName(0, kGone)
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kNameGone, history), "broken");
}

TEST(NameGone, LeavesTheDoubtToAMakingUnderWayAndToClocksThatDiffer) {
  EXPECT_EQ(VerdictOf(Clause::kNameGone, HistoryBuilder()
                                             .Worker("maker")
                                             .Worker("other")
                                             .MakeName(0, {.from = 1, .to = 10})
                                             .QueryName(1, kGone)
                                             .Build()),
            "none");
  EXPECT_EQ(VerdictOf(Clause::kNameGone, Made().QueryName(0, kGone).ClockSlackNs(8).Build()),
            "none");
}

// The name may have been moved away for as long as the move was under way, by either clock.
TEST(NameGone, LeavesTheDoubtToMovesAndRemovalsNearTheQuery) {
  const auto with = [](Effect effect, CallSpec spec, std::uint64_t slack_ns) {
    return VerdictOf(Clause::kNameGone,
                     Made().QueryName(0, kGone).Do(effect, 1, spec).ClockSlackNs(slack_ns).Build());
  };

  EXPECT_EQ(with(Effect::kRenameName, {.from = 21, .to = 25}, 0), "broken");
  EXPECT_EQ(with(Effect::kRenameName, {.from = 21, .to = 25}, 1), "none");
  EXPECT_EQ(with(Effect::kRenameName, {.from = 5, .to = 9}, 0), "broken");
  EXPECT_EQ(with(Effect::kRenameName, {.from = 5, .to = 9}, 1), "none");
  EXPECT_EQ(with(Effect::kRemoveName, {.from = 21, .to = 25}, 0), "broken");
  EXPECT_EQ(with(Effect::kRemoveName, {.from = 21, .to = 25}, 1), "none");
  EXPECT_EQ(with(Effect::kRemoveName, {.from = 1, .to = 1}, 0), "none");
}

TEST(NameGone, IsInconclusiveWhenALogWasFull) {
  EXPECT_EQ(VerdictOf(Clause::kNameGone, Made().QueryName(0, kGone).Incomplete().Build()),
            "inconclusive");
}

// Worker 1 leaves 10 bytes and closes; worker 2 opens from 20 on.
HistoryBuilder LeftBehind() {
  return Made()
      .OpenBoth(1, {.from = 3, .to = 4})
      .Put(1, {.from = 5, .to = 6, .bytes = 10})
      .Close(1, {.from = 7, .to = 8})
      .OpenBoth(2, {.from = 20, .to = 21});
}
constexpr CallSpec kTake{.from = 22, .to = 23, .bytes = 10};

TEST(DataSurvived, IsBrokenByBytesOfBeforeTheLastClose) {
  const History history = LeftBehind().Take(2, kTake, {Written(1, 0, 10)}).Build();

  EXPECT_EQ(Broken(history), Names{"data-survived"});
  EXPECT_EQ(JudgementOf(Clause::kDataSurvived, history)->witness,
            (std::vector<std::uint32_t>{2, 4, 5}));
}

TEST(DataSurvived, IsBrokenByBytesOfAPutThatWasKilled) {
  const History history = Made()
                              .OpenBoth(1, {.from = 3, .to = 4})
                              .Put(1, {.from = 5, .bytes = 10})
                              .Kill(1, 6, 7)
                              .OpenBoth(2, {.from = 20, .to = 21})
                              .Take(2, kTake, {Written(1, 0, 10)})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"data-survived"});
}

TEST(DataSurvived, IsKeptWhenTheBytesVanish) {
  const History history =
      LeftBehind()
          .Take(2, {.from = 22, .to = 23, .bytes = 10, .error = EAGAIN, .nonblocking = true})
          .Build();

  EXPECT_EQ(VerdictOf(Clause::kDataSurvived, history), "kept");
  EXPECT_EQ(JudgementOf(Clause::kDataSurvived, history)->chances, 1u);
}

TEST(DataSurvived, AllowsThatSomebodyElseHeldItMeanwhile) {
  const History history = LeftBehind()
                              .Worker("holder")
                              .OpenBoth(3, {.from = 6, .to = 7})
                              .Close(3, {.from = 19, .to = 20})
                              .Take(2, kTake, {Written(1, 0, 10)})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(DataSurvived, AllowsThatAnAttemptToOpenHeldItMeanwhile) {
  const History history = LeftBehind()
                              .Worker("holder")
                              .OpenRead(3, {.from = 8, .to = 20, .error = EINTR})
                              .Take(2, kTake, {Written(1, 0, 10)})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(DataSurvived, AllowsAHandleThatWasOpenedBefore) {
  const History history = Made()
                              .OpenBoth(2, {.from = 3, .to = 4})
                              .OpenBoth(1, {.from = 3, .to = 4})
                              .Put(1, {.from = 5, .to = 6, .bytes = 10})
                              .Close(1, {.from = 7, .to = 8})
                              .Take(2, kTake, {Written(1, 0, 10)})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(DataSurvived, LeavesTheDoubtToAKillInFlightAndToClocksThatDiffer) {
  EXPECT_EQ(Broken(Made()
                       .OpenBoth(1, {.from = 3, .to = 4})
                       .Put(1, {.from = 5, .to = 6, .bytes = 10})
                       .Kill(1, 7, 20)
                       .OpenBoth(2, {.from = 20, .to = 21})
                       .Take(2, kTake, {Written(1, 0, 10)})
                       .Build()),
            Names{});
  EXPECT_EQ(Broken(LeftBehind().Take(2, kTake, {Written(1, 0, 10)}).ClockSlackNs(6).Build()),
            Names{});
}

TEST(DataSurvived, SaysNothingOfHandlesThatAreNotOnRecord) {
  const History history = HistoryBuilder()
                              .Worker("writer")
                              .Worker("reader")
                              .Put(0, {.from = 5, .to = 6, .bytes = 10})
                              .Take(1, kTake, {Written(0, 0, 10)})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kDataSurvived, history), "none");
}

// Worker 1 has the first object open, worker 2 its namesake.
HistoryBuilder Namesakes() {
  return Made()
      .OpenBoth(1, {.from = 3, .to = 4})
      .RemoveName(0, {.from = 5, .to = 6})
      .MakeName(0, {.from = 7, .to = 8})
      .OpenBoth(2, {.from = 9, .to = 10});
}

TEST(GenerationsMixed, IsBrokenByBytesOfTheRemovedObjectInItsNamesake) {
  const History history = Namesakes()
                              .Put(1, {.from = 11, .to = 12, .bytes = 10})
                              .Take(2, kTake, {Written(1, 0, 10)})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"generations-mixed"});
  EXPECT_EQ(JudgementOf(Clause::kGenerationsMixed, history)->witness,
            (std::vector<std::uint32_t>{1, 4, 5, 6}));
}

TEST(GenerationsMixed, IsBrokenByBytesOfTheNamesakeInTheRemovedObject) {
  const History history = Namesakes()
                              .Put(2, {.from = 11, .to = 12, .bytes = 10})
                              .Take(1, kTake, {Written(2, 0, 10)})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"generations-mixed"});
}

TEST(GenerationsMixed, FollowsADuplicateToItsOpen) {
  const History history =
      Namesakes()
          .Duplicate(1, {.from = 11, .to = 12, .argument = 1})
          .Put(2, {.from = 13, .to = 14, .bytes = 10})
          .Take(1, {.from = 22, .to = 23, .bytes = 10, .handle = 2}, {Written(2, 0, 10)})
          .Build();

  EXPECT_EQ(Broken(history), Names{"generations-mixed"});
}

TEST(GenerationsMixed, IsKeptWhenEachStaysByItself) {
  const History history = Namesakes()
                              .Put(1, {.from = 11, .to = 12, .bytes = 10})
                              .Take(1, {.from = 13, .to = 14, .bytes = 10}, {Written(1, 0, 10)})
                              .Put(2, {.from = 11, .to = 12, .bytes = 10})
                              .Take(2, kTake, {Written(2, 0, 10)})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kGenerationsMixed, history), "kept");
  EXPECT_EQ(JudgementOf(Clause::kGenerationsMixed, history)->chances, 2u);
}

TEST(GenerationsMixed, LeavesTheDoubtToAnOpenDuringTheMaking) {
  const History history = Made()
                              .OpenBoth(1, {.from = 3, .to = 4})
                              .RemoveName(0, {.from = 5, .to = 6})
                              .MakeName(0, {.from = 7, .to = 9})
                              .OpenBoth(2, {.from = 9, .to = 10})
                              .Put(1, {.from = 11, .to = 12, .bytes = 10})
                              .Take(2, kTake, {Written(1, 0, 10)})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(GenerationsMixed, AllowsAMoveThatKeepsTheObject) {
  const History history = Made()
                              .OpenBoth(1, {.from = 3, .to = 4})
                              .RenameName(0, {.from = 5, .to = 6})
                              .OpenBoth(2, {.from = 9, .to = 10})
                              .Put(1, {.from = 11, .to = 12, .bytes = 10})
                              .Take(2, kTake, {Written(1, 0, 10)})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(GenerationsMixed, SaysNothingWhenTheNameWasMovedAndMadeAnew) {
  const History history = Namesakes()
                              .RenameName(0, {.from = 9, .to = 10})
                              .Put(1, {.from = 11, .to = 12, .bytes = 10})
                              .Take(2, kTake, {Written(1, 0, 10)})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kGenerationsMixed, history), "none");
}

}  // namespace
}  // namespace parley

#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/lock_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

Names Excluded(LockBuilder& built) { return Broken("lock_exclusion", built.history()); }
Names Tried(LockBuilder& built) { return Broken("lock_tries", built.history()); }

TEST(LockExclusion, KeepsLocksThatFollowEachOther) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2});
  built.Lock(1, {.from = 3, .to = 7});
  built.Unlock(0, {.from = 5, .to = 8});
  built.Unlock(1, {.from = 9, .to = 10});

  EXPECT_EQ(Excluded(built), Names{});
  EXPECT_EQ(VerdictOf(Clause::kLocksOverlap, built.history()), "kept");
}

TEST(LockExclusion, BreaksWhenTwoHaveAByte) {
  LockBuilder built(2);
  const auto first = built.Lock(0, {.from = 1, .to = 2, .first = 0, .last = 7});
  const auto second = built.Lock(1, {.from = 3, .to = 4, .first = 7, .last = 9});
  built.Unlock(0, {.from = 5, .to = 6});

  EXPECT_EQ(Excluded(built), Names{"locks-overlap"});
  EXPECT_EQ(JudgementOf(Clause::kLocksOverlap, built.history())->witness,
            (std::vector<std::uint32_t>{first, second}));
}

TEST(LockExclusion, KeepsNeighboursAndThoseWhoShare) {
  LockBuilder built(3);
  built.Lock(0, {.from = 1, .to = 2, .first = 0, .last = 7});
  built.Lock(1, {.from = 3, .to = 4, .exclusive = false, .first = 8, .last = 9});
  built.Lock(2, {.from = 5, .to = 6, .exclusive = false, .first = 8, .last = 9});

  EXPECT_EQ(Excluded(built), Names{});
}

TEST(LockExclusion, BreaksWhenAnExclusiveOneIsGivenBesideASharedOne) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2, .exclusive = false});
  built.Lock(1, {.from = 3, .to = 4});
  built.Unlock(1, {.from = 5, .to = 6});

  EXPECT_EQ(Excluded(built), Names{"shared-overlap"});
}

// While it is converted upwards, the shared lock goes on.
TEST(LockExclusion, BreaksBesideALockThatIsBeingUpgraded) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2, .exclusive = false});
  built.Lock(0, {.from = 4, .to = 9});
  built.Lock(1, {.from = 5, .to = 6});
  built.Unlock(1, {.from = 7, .to = 8});

  EXPECT_EQ(Excluded(built), Names{"shared-overlap"});
}

TEST(LockExclusion, BreaksWhenAnUpgradeSucceedsBesideASharedLock) {
  LockBuilder built(2, LockKind::kWhole);
  built.Lock(0, {.from = 1, .to = 2, .exclusive = false});
  built.Lock(1, {.from = 3, .to = 4, .exclusive = false});
  built.Try(1, {.from = 5, .to = 6});

  EXPECT_EQ(Excluded(built), Names{"upgrade-beside"});
}

TEST(LockExclusion, LaysToTheCutWhatIsMissingBehindIt) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2, .first = 0, .last = 9});
  built.Unlock(0, {.from = 3, .to = 4, .first = 4, .last = 5});
  built.Lock(1, {.from = 5, .to = 6, .first = 6, .last = 9});

  EXPECT_EQ(Excluded(built), Names{"remnant-wrong"});
}

TEST(LockExclusion, LaysToTheFailureWhatIsGoneAfterIt) {
  LockBuilder built(3);
  built.Lock(0, {.from = 1, .to = 2, .exclusive = false});
  built.Lock(2, {.from = 1, .to = 2, .exclusive = false});
  built.Try(0, {.from = 3, .to = 4, .error = EAGAIN});
  built.Unlock(2, {.from = 5, .to = 6});
  built.Lock(1, {.from = 7, .to = 8});

  EXPECT_EQ(Excluded(built), Names{"gone-at-failure"});
}

TEST(LockExclusion, LaysToTheVictimWhatADeadlockCostIt) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2, .first = 0, .last = 0});
  built.Lock(0, {.from = 3, .to = 4, .first = 1, .last = 1, .error = EDEADLK});
  built.Lock(1, {.from = 5, .to = 6, .first = 0, .last = 0});

  EXPECT_EQ(Excluded(built), Names{"victim-harmed"});
}

TEST(LockExclusion, LaysToTheCloseWhatADescriptionLosesByIt) {
  LockBuilder built(2, LockKind::kDescription);
  built.Open(0, {.from = 1, .to = 2, .handle = 2});
  built.Lock(0, {.from = 3, .to = 4, .handle = 1});
  built.Close(0, {.from = 5, .to = 6, .handle = 2});
  built.Lock(1, {.from = 7, .to = 8});

  EXPECT_EQ(Excluded(built), Names{"gone-at-close"});
}

TEST(LockExclusion, LaysToTheCloseWhatADescriptionLosesWithTheChildThatTookIt) {
  LockBuilder built(2, LockKind::kWhole);
  built.TryByCopy(0, {.from = 1, .to = 2});
  built.Lock(1, {.from = 3, .to = 4});

  EXPECT_EQ(Excluded(built), Names{"gone-at-close"});
}

// A child goes on for a moment when its parent is killed.
TEST(LockTries, KeepsARefusalBecauseOfAChildWhoseParentWasKilled) {
  for (const LockKind kind : {LockKind::kProcess, LockKind::kWhole}) {
    LockBuilder built(2, kind);
    if (kind == LockKind::kProcess) {
      built.TryInChild(0, {.from = 1});
    } else {
      built.TryByCopy(0, {.from = 1});
    }
    built.Kill(0, 3, 4);
    built.Try(1, {.from = 5, .to = 6, .error = EAGAIN});

    EXPECT_EQ(Tried(built), Names{});
  }
}

TEST(LockExclusion, LaysToTheUnlockWhatAnotherDescriptionLosesByIt) {
  LockBuilder built(2, LockKind::kWhole);
  built.Open(0, {.from = 1, .to = 2, .handle = 2});
  built.Lock(0, {.from = 3, .to = 4, .handle = 1});
  built.Unlock(0, {.from = 5, .to = 6, .handle = 2});
  built.Lock(1, {.from = 7, .to = 8});

  EXPECT_EQ(Excluded(built), Names{"gone-at-unlock"});
}

TEST(LockExclusion, KeepsWhatAnyCloseOfAProcessEnds) {
  LockBuilder built(2);
  built.Open(0, {.from = 1, .to = 2, .handle = 2});
  built.Lock(0, {.from = 3, .to = 4, .handle = 1});
  built.Close(0, {.from = 5, .to = 6, .handle = 2});
  built.Lock(1, {.from = 7, .to = 8});

  EXPECT_EQ(Excluded(built), Names{});
}

TEST(LockExclusion, KeepsWhatTheLastCopyOfADescriptionEnds) {
  LockBuilder built(2, LockKind::kDescription);
  built.Duplicate(0, {.from = 1, .to = 2, .handle = 2}, 1);
  built.Lock(0, {.from = 3, .to = 4, .handle = 1});
  built.Close(0, {.from = 5, .to = 6, .handle = 1});
  built.Close(0, {.from = 7, .to = 8, .handle = 2});
  built.Lock(1, {.from = 9, .to = 10});

  EXPECT_EQ(Excluded(built), Names{});
}

TEST(LockExclusion, KeepsWhatADeathEnds) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2});
  built.Lock(1, {.from = 3, .to = 6});
  built.Kill(0, 4, 7);

  EXPECT_EQ(Excluded(built), Names{});
}

// flock() gives up the shared lock when it fails to convert it (flock(2)).
TEST(LockExclusion, KeepsWhatAFailedConversionOfFlockEnds) {
  LockBuilder built(3, LockKind::kWhole);
  built.Lock(0, {.from = 1, .to = 2, .exclusive = false});
  built.Lock(1, {.from = 1, .to = 2, .exclusive = false});
  built.Try(0, {.from = 3, .to = 4, .error = EWOULDBLOCK});
  built.Unlock(1, {.from = 5, .to = 6});
  built.Lock(2, {.from = 7, .to = 8});

  EXPECT_EQ(Excluded(built), Names{});
}

TEST(LockTries, KeepsARefusalThatSomebodyMayExcuse) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2});
  built.Unlock(0, {.from = 4, .to = 8});
  built.Try(1, {.from = 5, .to = 6, .error = EAGAIN});

  EXPECT_EQ(Tried(built), Names{});
  EXPECT_EQ(VerdictOf(Clause::kLockRefused, built.history()), "kept");
}

TEST(LockTries, BreaksARefusalBecauseOfNobody) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2, .first = 0, .last = 3});
  built.Try(1, {.from = 5, .to = 6, .first = 4, .last = 9, .error = EAGAIN});

  EXPECT_EQ(Tried(built), Names{"lock-refused"});
}

TEST(LockTries, BreaksASharedLockThatIsRefusedBesideAnother) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2, .exclusive = false});
  built.Try(1, {.from = 5, .to = 6, .exclusive = false, .error = EAGAIN});

  EXPECT_EQ(Tried(built), Names{"shared-refused"});
}

TEST(LockTries, BreaksARefusalBecauseOfTheDead) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2});
  built.Kill(0, 3, 4);
  built.Try(1, {.from = 5, .to = 6, .error = EAGAIN});

  EXPECT_EQ(Tried(built), Names{"held-after-death"});
}

TEST(LockTries, KeepsARefusalBecauseOfTheDying) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2});
  built.Kill(0, 3, 7);
  built.Try(1, {.from = 5, .to = 6, .error = EAGAIN});

  EXPECT_EQ(Tried(built), Names{});
}

TEST(LockTries, BreaksARefusalBecauseOfALockThatWasClosedAway) {
  LockBuilder built(2);
  built.Open(0, {.from = 1, .to = 2, .handle = 2});
  built.Lock(0, {.from = 3, .to = 4, .handle = 1});
  built.Close(0, {.from = 5, .to = 6, .handle = 2});
  built.Try(1, {.from = 7, .to = 8, .error = EAGAIN});

  EXPECT_EQ(Tried(built), Names{"held-after-close"});
}

TEST(LockTries, BreaksARefusalAfterAFailedConversionOfFlock) {
  LockBuilder built(3, LockKind::kWhole);
  built.Lock(0, {.from = 1, .to = 2, .exclusive = false});
  built.Lock(1, {.from = 1, .to = 2, .exclusive = false});
  built.Try(0, {.from = 3, .to = 4, .error = EWOULDBLOCK});
  built.Unlock(1, {.from = 3, .to = 3});
  built.Try(2, {.from = 6, .to = 7, .error = EWOULDBLOCK});

  EXPECT_EQ(Tried(built), Names{"held-after-failure"});
}

TEST(LockTries, BreaksARefusalBecauseOfAnotherKind) {
  LockBuilder built(2, LockKind::kWhole);
  built.Lock(0, {.from = 1, .to = 2});
  built.TryRecord(1, {.from = 3, .to = 4, .error = EAGAIN});

  EXPECT_EQ(Tried(built), Names{"other-kind-refused"});
}

TEST(LockTries, BreaksWhenAChildIsGivenItsParentsLock) {
  LockBuilder built(1);
  built.Lock(0, {.from = 1, .to = 2});
  built.TryInChild(0, {.from = 3, .to = 4});

  EXPECT_EQ(Tried(built), Names{"inherited-lock"});
}

TEST(LockTries, KeepsAChildThatIsRefusedItsParentsLock) {
  LockBuilder built(1);
  built.Lock(0, {.from = 1, .to = 2});
  built.TryInChild(0, {.from = 3, .to = 4, .error = EAGAIN});

  EXPECT_EQ(Tried(built), Names{});
  EXPECT_EQ(VerdictOf(Clause::kInheritedLock, built.history()), "kept");
}

TEST(LockTries, BreaksWhatAnInterruptedRequestTook) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2});
  built.Unlock(0, {.from = 5, .to = 6});
  built.Lock(1, {.from = 3, .to = 4, .error = EINTR});
  built.Try(0, {.from = 7, .to = 8, .error = EAGAIN});

  EXPECT_EQ(Tried(built), Names{"interrupted-effect"});
}

TEST(LockTries, BreaksAnExclusiveLockByAHandleForReading) {
  LockBuilder built(1);
  built.OpenRead(0, {.from = 1, .to = 2, .handle = 2});
  built.Try(0, {.from = 3, .to = 4, .handle = 2});

  EXPECT_EQ(Tried(built), Names{"try-unchecked"});
}

TEST(LockTries, KeepsOneThatIsRefusedAsItHasToBe) {
  LockBuilder built(1);
  built.OpenRead(0, {.from = 1, .to = 2, .handle = 2});
  built.Try(0, {.from = 3, .to = 4, .error = EBADF, .handle = 2});

  EXPECT_EQ(Tried(built), Names{});
  EXPECT_EQ(VerdictOf(Clause::kTryUnchecked, built.history()), "kept");
}

TEST(LockTries, BreaksWhenSomebodyElseIsSaidToBeInTheWay) {
  LockBuilder built(3);
  built.Lock(0, {.from = 1, .to = 2});
  built.Ask(
      1,
      {.from = 3, .to = 4, .result = PackHolder({.worker = std::uint16_t{2}, .exclusive = true})});

  EXPECT_EQ(Tried(built), Names{"query-wrong"});
}

TEST(LockTries, BreaksWhenNobodyIsSaidToBeInTheWay) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2});
  built.Ask(1, {.from = 3, .to = 4, .result = 0});

  EXPECT_EQ(Tried(built), Names{"query-wrong"});
}

TEST(LockTries, KeepsWhoIsTrulyInTheWay) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2});
  built.Ask(
      1,
      {.from = 3, .to = 4, .result = PackHolder({.worker = std::uint16_t{0}, .exclusive = true})});

  EXPECT_EQ(Tried(built), Names{});
}

TEST(LockTries, BlamesNobodyForOneWhoHasGone) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2});
  built.Ask(1, {.from = 3, .to = 4, .result = kGoneHolder});
  built.Kill(0, 5, 6);

  EXPECT_EQ(Tried(built), Names{});
}

}  // namespace
}  // namespace parley

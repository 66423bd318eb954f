#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/lock_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

Names Deadlocked(LockBuilder& built) { return Broken("lock_deadlock", built.history()); }

constexpr std::uint64_t At(std::uint64_t step) { return step * kStepNs; }
constexpr std::uint64_t Done(std::uint64_t step) { return step * kStepNs + kReturnNs; }

Names Stepwise(LockBuilder& built) {
  built.Stepped();
  return Broken("lock_stepwise", built.history());
}

TEST(LockStepwise, BreaksInTheStepThatLetsNobodyGoOn) {
  LockBuilder built(2);
  built.Lock(0, {.from = At(1), .to = Done(1)});
  built.Lock(1, {.from = At(2), .to = Done(4)});
  built.Unlock(0, {.from = At(3), .to = Done(3)});

  EXPECT_EQ(Stepwise(built), Names{"lock-asleep"});
}

TEST(LockStepwise, KeepsOneWhoIsWokenInTheStep) {
  LockBuilder built(2);
  built.Lock(0, {.from = At(1), .to = Done(1)});
  built.Lock(1, {.from = At(2), .to = Done(3)});
  built.Unlock(0, {.from = At(3), .to = Done(3)});

  EXPECT_EQ(Stepwise(built), Names{});
  EXPECT_EQ(VerdictOf(Clause::kLockAsleep, built.history()), "kept");
}

// A writer waits for two readers, of whom one waits for it; then the other leaves.
void Late(LockBuilder& built, int error) {
  built.Lock(0, {.from = At(1), .to = Done(1), .exclusive = false, .first = 0, .last = 0});
  built.Lock(1, {.from = At(2), .to = Done(2), .exclusive = false, .first = 0, .last = 0});
  built.Lock(2, {.from = At(3), .to = Done(3), .first = 8, .last = 8});
  built.Lock(
      2,
      {.from = At(4), .to = error != 0 ? Done(6) : kNever, .first = 0, .last = 0, .error = error});
  built.Lock(1, {.from = At(5), .first = 8, .last = 8});
  built.Unlock(0, {.from = At(6), .to = Done(6), .first = 0, .last = 0});
}

TEST(LockStepwise, BreaksWhenACycleThatComesLateSleeps) {
  LockBuilder built(3);
  Late(built, 0);

  EXPECT_EQ(Stepwise(built), Names{"late-deadlock-missed"});
}

TEST(LockStepwise, KeepsACycleThatIsFoundLate) {
  LockBuilder built(3);
  Late(built, EDEADLK);

  EXPECT_EQ(Stepwise(built), Names{});
  EXPECT_EQ(Deadlocked(built), Names{});
  EXPECT_EQ(VerdictOf(Clause::kLateDeadlockMissed, built.history()), "kept");
}

// A conversion that failed has given up the shared lock.
TEST(LockStepwise, LaysToTheFailedConversionWhatKeepsASleeper) {
  LockBuilder built(3, LockKind::kWhole);
  built.Lock(0, {.from = At(1), .to = Done(1), .exclusive = false});
  built.Lock(1, {.from = At(2), .to = Done(2), .exclusive = false});
  built.Try(0, {.from = At(3), .to = Done(3), .error = EWOULDBLOCK});
  built.Lock(2, {.from = At(4)});
  built.Unlock(1, {.from = At(5), .to = Done(5)});

  EXPECT_EQ(Stepwise(built), Names{"held-after-failure"});
}

TEST(LockStepwise, TakesATryThatSleepsForNoPartOfACircle) {
  LockBuilder built(2);
  built.Lock(0, {.from = At(1), .to = Done(1), .first = 0, .last = 0});
  built.Lock(1, {.from = At(2), .to = Done(2), .first = 8, .last = 8});
  built.Try(0, {.from = At(3), .first = 8, .last = 8});
  built.Lock(1, {.from = At(4), .first = 0, .last = 0});

  EXPECT_EQ(Stepwise(built), Names{"lock-asleep-nonblocking"});
}

TEST(LockStepwise, BreaksWhenASignalDoesNotEndASleep) {
  LockBuilder built(2);
  built.Lock(0, {.from = At(1), .to = Done(1)});
  built.Lock(1, {.from = At(2)});
  built.history().faults.push_back(
      {.kind = FaultKind::kSignal, .worker = 1, .invoked_ns = At(3), .returned_ns = Done(3)});

  EXPECT_EQ(Stepwise(built), Names{"restarted-wrongly"});
}

Names Deviates(LockBuilder& built) {
  built.Stepped();
  return Broken("lock_model", built.history());
}

const Names kDeviation{"model-deviation"};

// Two who wait for the same byte: the first of them is woken, the other goes on waiting below it.
TEST(LockModel, ExpectsTheOneWhoCameFirst) {
  for (const std::uint16_t woken : {1, 2}) {
    LockBuilder built(3);
    built.Lock(0, {.from = At(1), .to = Done(1)});
    built.Lock(1, {.from = At(2), .to = woken == 1 ? Done(4) : kNever});
    built.Lock(2, {.from = At(3), .to = woken == 2 ? Done(4) : kNever});
    built.Unlock(0, {.from = At(4), .to = Done(4)});

    EXPECT_EQ(Deviates(built), woken == 1 ? Names{} : kDeviation) << woken;
    EXPECT_EQ(Stepwise(built), Names{});
  }
}

// Those who are not in each other's way are woken together.
TEST(LockModel, ExpectsAllWhoAreNotInEachOthersWay) {
  LockBuilder built(3);
  built.Lock(0, {.from = At(1), .to = Done(1)});
  built.Lock(1, {.from = At(2), .to = Done(4), .first = 0, .last = 4});
  built.Lock(2, {.from = At(3), .to = Done(4), .first = 5, .last = 9});
  built.Unlock(0, {.from = At(4), .to = Done(4)});

  EXPECT_EQ(Deviates(built), Names{});
  EXPECT_EQ(JudgementOf(Clause::kModelDeviation, built.history())->chances, 5U);
}

// Two readers are in the way, and the table has the older one first.
TEST(LockModel, ExpectsTheFirstOneToBeNamed) {
  for (const std::uint16_t named : {0, 1}) {
    LockBuilder built(3);
    built.Lock(0, {.from = At(1), .to = Done(1), .exclusive = false});
    built.Lock(1, {.from = At(2), .to = Done(2), .exclusive = false});
    built.Ask(2, {.from = At(3), .to = Done(3), .result = PackHolder({.worker = named})});

    EXPECT_EQ(Deviates(built), named == 0 ? Names{} : kDeviation) << named;
    EXPECT_EQ(Broken("lock_tries", built.history()), Names{});
  }
}

// Only the first lock in the way is asked whom its owner waits for: the cycle through the second
// one is found late.
TEST(LockModel, ExpectsACycleToBeFoundByTheFirstInTheWay) {
  for (const bool at_once : {true, false}) {
    LockBuilder built(3);
    built.Lock(0, {.from = At(1), .to = Done(1), .exclusive = false, .first = 0, .last = 0});
    built.Lock(1, {.from = At(2), .to = Done(2), .exclusive = false, .first = 0, .last = 0});
    built.Lock(2, {.from = At(3), .to = Done(3), .first = 8, .last = 8});
    built.Lock(1, {.from = At(4), .first = 8, .last = 8});
    built.Lock(2, {.from = At(5),
                   .to = at_once ? Done(5) : Done(6),
                   .first = 0,
                   .last = 0,
                   .error = EDEADLK});
    built.Unlock(0, {.from = At(6), .to = Done(6), .first = 0, .last = 0});

    EXPECT_EQ(Deviates(built), at_once ? kDeviation : Names{}) << at_once;
    EXPECT_EQ(Deadlocked(built), Names{});
  }
}

// A ring through twelve is found, and one through thirteen is not.
TEST(LockModel, ExpectsRingsOfTwelveToBeFound) {
  for (const std::uint16_t count : {12, 13}) {
    for (const bool found : {true, false}) {
      LockBuilder built(count);
      for (std::uint16_t i = 0; i < count; ++i) {
        built.Lock(i, {.from = At(1u + i), .to = Done(1u + i), .first = i, .last = i});
      }
      for (std::uint16_t i = 0; i < count; ++i) {
        const bool refused = found && i + 1 == count;
        const std::uint32_t next = (i + 1U) % count;
        built.Lock(i, {.from = At(20u + i),
                       .to = refused ? Done(20u + i) : kNever,
                       .first = next,
                       .last = next,
                       .error = refused ? EDEADLK : 0});
      }
      const bool broken = count == 13 && found;  // of a promise: it is no deviation

      EXPECT_EQ(Deviates(built), found == (count == 12) || broken ? Names{} : kDeviation)
          << count << found;
      EXPECT_EQ(Deadlocked(built), broken ? Names{"beyond-depth"} : Names{});
    }
  }
}

// Where a promise is broken, that is what is said.
TEST(LockModel, LeavesBrokenPromisesToTheOthers) {
  LockBuilder built(2);
  built.Lock(0, {.from = At(1), .to = Done(1)});
  built.Lock(1, {.from = At(2), .to = Done(2)});

  EXPECT_EQ(Deviates(built), Names{});
  EXPECT_EQ(Broken("lock_exclusion", built.history()), Names{"locks-overlap"});
}

// Who converts a lock of flock() has it before those who slept because of it have asked again.
TEST(LockModel, ExpectsAConversionOfFlockToComeFirst) {
  for (const bool overtaken : {true, false}) {
    LockBuilder built(2, LockKind::kWhole);
    built.Lock(0, {.from = At(1), .to = Done(1), .exclusive = false});
    built.Lock(1, {.from = At(2), .to = overtaken ? Done(3) : kNever});
    built.Lock(0, {.from = At(3), .to = overtaken ? kNever : Done(3)});

    EXPECT_EQ(Deviates(built), overtaken ? kDeviation : Names{}) << overtaken;
  }
}

// Of nine who are woken in one step nobody knows in which order they asked.
TEST(LockModel, SaysNoMoreWhereThereAreTooManyOrders) {
  LockBuilder built(10);
  built.Lock(0, {.from = At(1), .to = Done(1)});
  for (std::uint16_t i = 1; i < 10; ++i) {
    built.Lock(i, {.from = At(1u + i), .to = Done(11), .exclusive = false});
  }
  built.Unlock(0, {.from = At(11), .to = Done(11)});
  built.Ask(0, {.from = At(12), .to = Done(12), .result = PackHolder({.worker = 1})});

  EXPECT_EQ(Deviates(built), Names{});
  EXPECT_EQ(JudgementOf(Clause::kModelDeviation, built.history())->chances, 11U);
}

// What a child took by its copy stays.
TEST(LockModel, ExpectsALockThatAChildTookToStay) {
  for (const int error : {EAGAIN, 0}) {
    LockBuilder built(2, LockKind::kDescription);
    built.TryByCopy(0, {.from = At(1), .to = Done(1)});
    built.Try(1, {.from = At(2), .to = Done(2), .error = error});

    EXPECT_EQ(Deviates(built), Names{});
    EXPECT_EQ(Broken("lock_exclusion", built.history()),
              error != 0 ? Names{} : Names{"gone-at-close"});
  }
}

// A child that keeps a description ends some time after its parent, and not before.
TEST(LockModel, ExpectsAChildToKeepADescription) {
  for (const bool child : {true, false}) {
    LockBuilder built(2, LockKind::kDescription);
    if (child) built.DuplicateToChild(0, {.from = At(1), .to = Done(1), .handle = 2}, 1);
    built.Lock(0, {.from = At(2), .to = Done(2)});
    built.Kill(0, At(3), Done(3));
    built.Try(1, {.from = At(4), .to = Done(4), .error = EAGAIN});
    built.Try(1, {.from = At(5), .to = Done(5)});

    // Without a child nobody can have been in the way, which is a promise.
    EXPECT_EQ(Deviates(built), Names{});
    EXPECT_EQ(Broken("lock_tries", built.history()), child ? Names{} : Names{"held-after-death"});
  }
}

}  // namespace
}  // namespace parley

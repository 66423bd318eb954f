#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/lock_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

Names Deadlocked(LockBuilder& built) { return Broken("lock_deadlock", built.history()); }
Names Hung(LockBuilder& built) { return Broken("lock_hang", built.history()); }

// Each has a byte and asks for the next one's.
void Ring(LockBuilder& built, std::uint16_t count, bool found) {
  for (std::uint16_t i = 0; i < count; ++i) {
    built.Lock(i, {.from = 1, .to = 2, .first = i, .last = i});
  }
  for (std::uint16_t i = 0; i + 1 < count; ++i) {
    const std::uint32_t next = i + 1;
    built.Lock(i, {.from = 3u + i, .first = next, .last = next});
    built.Asleep(i, 1000);
  }
  const auto last = static_cast<std::uint16_t>(count - 1);
  if (found) {
    built.Lock(last, {.from = 100, .to = 101, .first = 0, .last = 0, .error = EDEADLK});
  } else {
    built.Lock(last, {.from = 100, .first = 0, .last = 0});
    built.Asleep(last, 1000);
  }
}

TEST(LockDeadlock, KeepsWhatIsFoundInARing) {
  for (const std::uint16_t count : {2, 3, 10, 12}) {
    LockBuilder built(count);
    Ring(built, count, true);

    EXPECT_EQ(Deadlocked(built), Names{}) << count;
  }
}

TEST(LockDeadlock, BreaksWhatIsFoundWhereNobodyWaits) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2});
  built.Lock(1, {.from = 3, .to = 4, .error = EDEADLK});

  EXPECT_EQ(Deadlocked(built), Names{"false-deadlock"});
}

TEST(LockDeadlock, BreaksWhatIsFoundForADescription) {
  LockBuilder built(2, LockKind::kDescription);
  Ring(built, 2, true);

  EXPECT_EQ(Deadlocked(built), Names{"false-deadlock"});
}

TEST(LockDeadlock, BreaksWhatIsFoundInARingThatIsTooLong) {
  LockBuilder built(13);
  Ring(built, 13, true);

  EXPECT_EQ(Deadlocked(built), Names{"beyond-depth"});
}

TEST(LockDeadlock, BreaksWhenARingSleeps) {
  LockBuilder two(2);
  Ring(two, 2, false);
  LockBuilder ten(10);
  Ring(ten, 10, false);
  LockBuilder thirteen(13);
  Ring(thirteen, 13, false);

  EXPECT_EQ(Deadlocked(two), Names{"deadlock-missed"});
  EXPECT_EQ(Deadlocked(ten), Names{"ring-missed"});
  EXPECT_EQ(Deadlocked(thirteen), Names{});
  EXPECT_EQ(Hung(thirteen), Names{});
}

TEST(LockDeadlock, BreaksWhenTwoUpgradesSleep) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2, .exclusive = false});
  built.Lock(1, {.from = 1, .to = 2, .exclusive = false});
  built.Lock(0, {.from = 3});
  built.Lock(1, {.from = 4});
  built.Asleep(0, 1000);
  built.Asleep(1, 1000);

  EXPECT_EQ(Deadlocked(built), Names{"upgrade-missed"});
}

TEST(LockDeadlock, SaysNothingOfARingThatWasNotSeenAsleep) {
  LockBuilder built(2);
  Ring(built, 2, false);
  built.history().sightings.clear();

  EXPECT_EQ(Deadlocked(built), Names{});
}

TEST(LockHang, BreaksWhenNobodyIsInTheWay) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2});
  built.Lock(1, {.from = 3});
  built.Unlock(0, {.from = 4, .to = 5});
  built.Asleep(1, 1000);

  EXPECT_EQ(Hung(built), Names{"lock-asleep"});
}

TEST(LockHang, BreaksWhenTheOwnerIsDead) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2});
  built.Lock(1, {.from = 3});
  built.Kill(0, 4, 5);
  built.Asleep(1, 1000);

  EXPECT_EQ(Hung(built), Names{"dead-owner-asleep"});
}

TEST(LockHang, BreaksWhenTheVictimHasGivenWay) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2});
  built.Lock(1, {.from = 3});
  built.Lock(0, {.from = 4, .to = 5, .first = 20, .last = 20, .error = EDEADLK});
  built.Unlock(0, {.from = 6, .to = 7});
  built.Asleep(1, 1000);

  EXPECT_EQ(Hung(built), Names{"not-resolved"});
}

TEST(LockHang, BreaksWhenATrySleeps) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2});
  built.Try(1, {.from = 3});
  built.Asleep(1, 1000);

  EXPECT_EQ(Hung(built), Names{"lock-asleep-nonblocking"});
}

TEST(LockHang, DoubtsWhatWasNotSeenForCertain) {
  LockBuilder built(2);
  built.Lock(1, {.from = 3});

  EXPECT_EQ(Hung(built), Names{});
  EXPECT_EQ(VerdictOf(Clause::kLockAsleep, built.history()), "inconclusive");
}

TEST(LockHang, KeepsAWaitForOneWhoHasIt) {
  LockBuilder built(2);
  built.Lock(0, {.from = 1, .to = 2});
  built.Lock(1, {.from = 3});
  built.Asleep(1, 1000);

  EXPECT_EQ(Hung(built), Names{});
}

}  // namespace
}  // namespace parley

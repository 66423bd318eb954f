// Who sleeps in an open whose partner came.
#include <gtest/gtest.h>

#include <cerrno>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

Names Broken(const History& history) { return Broken("hang", history); }

constexpr std::uint64_t kFrom = 1'000;
constexpr std::uint64_t kUntil = 1'000'001'000;

HistoryBuilder Named() {
  return HistoryBuilder()
      .Worker("maker")
      .Worker("reader")
      .Worker("writer")
      .Worker("other")
      .MakeName(0, {.from = 1, .to = 2});
}

TEST(OpenAsleep, IsBrokenWhileAPartnerHasItOpen) {
  EXPECT_EQ(Broken(Named()
                       .OpenRead(1, {.from = 5})
                       .OpenBoth(2, {.from = 7, .to = 8})
                       .SeenAsleep(1, kFrom, kUntil)
                       .Build()),
            Names{"open-asleep"});
  EXPECT_EQ(Broken(Named()
                       .OpenWrite(1, {.from = 5})
                       .OpenRead(2, {.from = 3, .to = 4, .nonblocking = true})
                       .SeenAsleep(1, kFrom, kUntil)
                       .Build()),
            Names{"open-asleep"});
}

TEST(OpenAsleep, IsBrokenByAPartnerThatOnlyItCanHaveLetIn) {
  const auto with = [](CallSpec spec) {
    return Named()
        .OpenRead(1, {.from = 5})
        .OpenWrite(2, spec)
        .Close(2, {.from = 20, .to = 21})
        .SeenAsleep(1, kFrom, kUntil)
        .Build();
  };

  EXPECT_EQ(Broken(with({.from = 7, .to = 8})), Names{"open-asleep"});
  EXPECT_EQ(Broken(with({.from = 3, .to = 8})), Names{"open-asleep"});
  EXPECT_EQ(Broken(with({.from = 7, .to = 8, .nonblocking = true})), Names{"open-asleep"});
}

TEST(OpenAsleep, IsBrokenForAWriterByAReaderThatOnlyItCanHaveLetIn) {
  const History history = Named()
                              .OpenWrite(1, {.from = 5})
                              .OpenRead(2, {.from = 7, .to = 8})
                              .Close(2, {.from = 20, .to = 21})
                              .SeenAsleep(1, kFrom, kUntil)
                              .Build();

  EXPECT_EQ(Broken(history), Names{"open-asleep"});
}

// Another reader let the writer in, perhaps before the sleeper, already invoked, was in the system.
TEST(OpenAsleep, IsInconclusiveWhenAnotherMayHaveLetThePartnerIn) {
  const History history = Named()
                              .OpenRead(1, {.from = 5})
                              .OpenRead(3, {.from = 6, .to = 9})
                              .OpenWrite(2, {.from = 7, .to = 8})
                              .Close(2, {.from = 20, .to = 21})
                              .Close(3, {.from = 20, .to = 21})
                              .SeenAsleep(1, kFrom, kUntil)
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kOpenAsleep, history), "inconclusive");
}

TEST(OpenAsleep, IsInconclusiveWhenAPartnerThatNeedsNobodyCameAndWent) {
  const History history = Named()
                              .OpenRead(1, {.from = 5})
                              .OpenBoth(2, {.from = 7, .to = 8})
                              .Close(2, {.from = 9, .to = 10})
                              .SeenAsleep(1, kFrom, kUntil)
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kOpenAsleep, history), "inconclusive");
}

// Whoever else was there for a part of the partner's open may have let it in.
TEST(OpenAsleep, IsNotCertainByAPartnerThatAnotherWasBeside) {
  const auto with = [](CallSpec other, std::uint64_t slack_ns = 0) {
    return VerdictOf(Clause::kOpenAsleep, Named()
                                              .OpenRead(1, {.from = 20})
                                              .OpenRead(3, other)
                                              .OpenWrite(2, {.from = 15, .to = 30})
                                              .Close(2, {.from = 40, .to = 41})
                                              .SeenAsleep(1, kFrom, kUntil)
                                              .ClockSlackNs(slack_ns)
                                              .Build());
  };

  EXPECT_EQ(with({.from = 5, .to = 14, .error = EINTR}), "broken");
  EXPECT_EQ(with({.from = 31, .to = 35, .error = EINTR}), "broken");
  EXPECT_EQ(with({.from = 5, .to = 15, .error = EINTR}), "kept");
  EXPECT_EQ(with({.from = 30, .to = 35, .error = EINTR}), "kept");
  EXPECT_EQ(with({.from = 5, .to = 14, .error = EINTR}, 1), "kept");
}

TEST(OpenAsleep, SaysNothingOfAPartnerThatWasBackBeforeTheSleeperBegan) {
  const auto with = [](std::uint64_t returned_ns, std::uint64_t slack_ns) {
    return VerdictOf(Clause::kOpenAsleep, Named()
                                              .OpenWrite(2, {.from = 3, .to = returned_ns})
                                              .Close(2, {.from = 20, .to = 21})
                                              .OpenRead(1, {.from = 10})
                                              .SeenAsleep(1, kFrom, kUntil)
                                              .ClockSlackNs(slack_ns)
                                              .Build());
  };

  EXPECT_EQ(with(11, 0), "broken");
  EXPECT_EQ(with(10, 0), "kept");
  EXPECT_EQ(with(11, 1), "kept");
}

TEST(OpenAsleep, AllowsToSleepWhenThePartnerWasGoneBefore) {
  const History history = Named()
                              .OpenBoth(2, {.from = 3, .to = 4})
                              .Close(2, {.from = 5, .to = 6})
                              .OpenRead(1, {.from = 7})
                              .SeenAsleep(1, kFrom, kUntil)
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kOpenAsleep, history), "none");
}

TEST(OpenAsleep, AllowsToSleepWhenThePartnerOpenedTheNamesake) {
  const History history = Named()
                              .OpenBoth(2, {.from = 3, .to = 4})
                              .RemoveName(0, {.from = 5, .to = 6})
                              .MakeName(0, {.from = 7, .to = 8})
                              .OpenRead(1, {.from = 9})
                              .SeenAsleep(1, kFrom, kUntil)
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kOpenAsleep, history), "none");
}

TEST(OpenAsleep, IsKeptByOpensThatReturned) {
  const History history =
      Named().OpenRead(1, {.from = 5, .to = 9}).OpenWrite(2, {.from = 7, .to = 8}).Build();

  EXPECT_EQ(VerdictOf(Clause::kOpenAsleep, history), "kept");
  EXPECT_EQ(JudgementOf(Clause::kOpenAsleep, history)->chances, 2u);
}

TEST(OpenAsleep, IsInconclusiveWithoutEvidence) {
  const History history =
      Named().OpenRead(1, {.from = 5}).OpenBoth(2, {.from = 7, .to = 8}).Build();

  EXPECT_EQ(VerdictOf(Clause::kOpenAsleep, history), "inconclusive");
}

}  // namespace
}  // namespace parley

// Opens against who had the other end open, names against who removed them.
#include <gtest/gtest.h>

#include <cerrno>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

Names Broken(const History& history) { return Broken("code", history); }

HistoryBuilder Named() {
  return HistoryBuilder().Worker("maker").Worker("reader").Worker("writer").MakeName(
      0, {.from = 1, .to = 2});
}

TEST(OpenEarly, IsBrokenByAReaderWithoutAWriter) {
  const History history = Named().OpenRead(1, {.from = 5, .to = 6}).Build();

  EXPECT_EQ(Broken(history), Names{"open-early"});
}

TEST(OpenEarly, IsBrokenByAWriterWithoutAReader) {
  const History history = Named().OpenWrite(2, {.from = 5, .to = 6}).Build();

  EXPECT_EQ(Broken(history), Names{"open-early"});
}

TEST(OpenEarly, IsKeptByPartnersThatMeet) {
  const History history =
      Named().OpenRead(1, {.from = 5, .to = 9}).OpenWrite(2, {.from = 7, .to = 8}).Build();

  EXPECT_EQ(VerdictOf(Clause::kOpenEarly, history), "kept");
  EXPECT_EQ(JudgementOf(Clause::kOpenEarly, history)->chances, 2u);
}

TEST(OpenEarly, IsKeptByAPartnerThatClosesAtOnce) {
  const History history = Named()
                              .OpenRead(1, {.from = 5, .to = 20})
                              .OpenWrite(2, {.from = 7, .to = 8})
                              .Close(2, {.from = 9, .to = 10})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(OpenEarly, SeesAPartnerThatWasKilledInItsOpen) {
  const History history =
      Named().OpenRead(1, {.from = 7, .to = 8}).OpenWrite(2, {.from = 5}).Kill(2, 6, 7).Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(OpenEarly, SeesAPartnerWhoseOpenWasInterrupted) {
  const History history = Named()
                              .OpenRead(1, {.from = 7, .to = 8})
                              .OpenWrite(2, {.from = 5, .to = 7, .error = EINTR})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(OpenEarly, DoesNotSeeAPartnerThatWasRefused) {
  const History history = Named()
                              .OpenRead(1, {.from = 5, .to = 9})
                              .OpenWrite(2, {.from = 7, .to = 8, .error = ENXIO})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"open-early"});
}

TEST(OpenEarly, AllowsOpensOfBothEndsAndNonblockingReaders) {
  const History history = Named()
                              .OpenRead(1, {.from = 5, .to = 6, .nonblocking = true})
                              .Close(1, {.from = 7, .to = 8})
                              .OpenBoth(2, {.from = 9, .to = 10})
                              .OpenRead(1, {.from = 11, .to = 12})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(OpenEarly, IsBrokenByAPartnerThatOpenedOnlyTheNamesake) {
  const History history = Named()
                              .OpenBoth(2, {.from = 3, .to = 4})
                              .RemoveName(0, {.from = 5, .to = 6})
                              .MakeName(0, {.from = 7, .to = 8})
                              .OpenRead(1, {.from = 9, .to = 10})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"open-early"});
}

TEST(OpenEarly, LeavesTheDoubtToAMakingUnderWay) {
  const History history = Named()
                              .OpenBoth(2, {.from = 3, .to = 4})
                              .RemoveName(0, {.from = 5, .to = 6})
                              .MakeName(0, {.from = 7, .to = 9})
                              .OpenRead(1, {.from = 9, .to = 10})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kOpenEarly, history), "none");
}

TEST(OpenEarly, LeavesTheDoubtToClocksThatDiffer) {
  const History history = Named()
                              .OpenBoth(2, {.from = 3, .to = 4})
                              .Close(2, {.from = 5, .to = 6})
                              .OpenRead(1, {.from = 8, .to = 9})
                              .ClockSlackNs(2)
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(OpenEarly, SaysNothingOfDescriptorsHandedOver) {
  const History history =
      HistoryBuilder().Worker("reader").OpenRead(0, {.from = 5, .to = 6}).Build();

  EXPECT_EQ(VerdictOf(Clause::kOpenEarly, history), "none");
}

TEST(OpenRefused, IsBrokenByEnxioWhileAReaderHasItOpen) {
  const History history = Named()
                              .OpenRead(1, {.from = 3, .to = 4, .nonblocking = true})
                              .OpenWrite(2, {.from = 5, .to = 6, .error = ENXIO})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"open-refused"});
  EXPECT_EQ(JudgementOf(Clause::kOpenRefused, history)->witness,
            (std::vector<std::uint32_t>{1, 2}));
}

TEST(OpenRefused, IsKeptByAnOpenThatSucceeds) {
  const History history = Named()
                              .OpenRead(1, {.from = 3, .to = 4, .nonblocking = true})
                              .OpenWrite(2, {.from = 5, .to = 6, .nonblocking = true})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kOpenRefused, history), "kept");
}

TEST(OpenRefused, LeavesTheDoubtToAReaderThatCloses) {
  const History history = Named()
                              .OpenRead(1, {.from = 3, .to = 4, .nonblocking = true})
                              .OpenWrite(2, {.from = 5, .to = 8, .error = ENXIO})
                              .Close(1, {.from = 7, .to = 9})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kOpenRefused, history), "none");
}

TEST(OpenRefused, LeavesTheDoubtToAReaderWhoseOpenIsUnderWay) {
  const History history = Named()
                              .OpenRead(1, {.from = 3, .to = 5, .nonblocking = true})
                              .OpenWrite(2, {.from = 5, .to = 8, .error = ENXIO})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kOpenRefused, history), "none");
}

TEST(OpenGhost, IsBrokenByAnOpenThatSucceedsWithoutAReader) {
  const History history = Named().OpenWrite(2, {.from = 5, .to = 6, .nonblocking = true}).Build();

  EXPECT_EQ(Broken(history), Names{"open-ghost"});
}

TEST(OpenGhost, IsBrokenByAReaderThatWasKilledInItsOpen) {
  const History history = Named()
                              .OpenRead(1, {.from = 3})
                              .Kill(1, 4, 5)
                              .OpenWrite(2, {.from = 6, .to = 7, .nonblocking = true})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"open-ghost"});
}

TEST(OpenGhost, LeavesTheDoubtToAKillInFlight) {
  const History history = Named()
                              .OpenRead(1, {.from = 3})
                              .Kill(1, 4, 6)
                              .OpenWrite(2, {.from = 6, .to = 7, .nonblocking = true})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

TEST(OpenGhost, IsKeptByEnxio) {
  const History history = Named().OpenWrite(2, {.from = 5, .to = 6, .error = ENXIO}).Build();

  EXPECT_EQ(VerdictOf(Clause::kOpenGhost, history), "kept");
}

TEST(OpenGhost, SeesAReaderAsleepInItsOpen) {
  const History history = Named()
                              .OpenRead(1, {.from = 3, .to = 9})
                              .OpenWrite(2, {.from = 5, .to = 6, .nonblocking = true})
                              .Build();

  EXPECT_EQ(Broken(history), Names{});
}

HistoryBuilder Strangers() {
  return HistoryBuilder()
      .Worker("maker")
      .Worker("stranger", {.topology = Topology::kUnrelated})
      .MakeName(0, {.from = 1, .to = 2});
}

TEST(UnreachableByName, IsBrokenByEnoentAndEacces) {
  EXPECT_EQ(Broken(Strangers().OpenBoth(1, {.from = 3, .to = 4, .error = ENOENT}).Build()),
            Names{"unreachable-by-name"});
  EXPECT_EQ(Broken(Strangers().OpenRead(1, {.from = 3, .to = 4, .error = EACCES}).Build()),
            Names{"unreachable-by-name"});
  EXPECT_EQ(Broken(Strangers().OpenWrite(1, {.from = 3, .to = 4, .error = ENOENT}).Build()),
            Names{"unreachable-by-name"});
}

TEST(UnreachableByName, IsKeptByAnOpenThatFindsIt) {
  const History history = Strangers().OpenBoth(1, {.from = 3, .to = 4}).Build();

  EXPECT_EQ(VerdictOf(Clause::kUnreachableByName, history), "kept");
}

TEST(UnreachableByName, LeavesTheDoubtToACreationUnderWay) {
  const History history = Strangers().OpenBoth(1, {.from = 2, .to = 4, .error = ENOENT}).Build();

  EXPECT_EQ(VerdictOf(Clause::kUnreachableByName, history), "none");
}

TEST(UnreachableByName, LeavesTheDoubtToARemovalUnderWay) {
  const History history = Strangers()
                              .OpenBoth(1, {.from = 3, .to = 5, .error = ENOENT})
                              .RemoveName(0, {.from = 5, .to = 6})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kUnreachableByName, history), "none");
}

TEST(UnreachableByName, LeavesTheDoubtToAMoveUnderWay) {
  const History history = Strangers()
                              .OpenBoth(1, {.from = 4, .to = 5, .error = ENOENT})
                              .RenameName(0, {.from = 3, .to = 4})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kUnreachableByName, history), "none");
}

TEST(UnreachableByName, KnowsThatAMoveThatSucceededBroughtTheNameBack) {
  const History history = Strangers()
                              .RenameName(0, {.from = 3, .to = 4})
                              .OpenBoth(1, {.from = 5, .to = 6, .error = ENOENT})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kUnreachableByName, history), "broken");
}

TEST(UnreachableByName, SaysNothingOfRelatedProcesses) {
  const History history = Strangers().OpenBoth(0, {.from = 3, .to = 4, .error = EACCES}).Build();

  EXPECT_EQ(VerdictOf(Clause::kUnreachableByName, history), "none");
}

TEST(ReachableUninherited, IsBrokenByADescriptorThatWasNotGiven) {
  const History history = HistoryBuilder()
                              .Worker("stranger")
                              .ProbeHandle(0, {.from = 1, .to = 2, .argument = 7})
                              .Build();

  EXPECT_EQ(Broken(history), Names{"reachable-uninherited"});
}

TEST(ReachableUninherited, IsKeptByEbadf) {
  const History history = HistoryBuilder()
                              .Worker("stranger")
                              .ProbeHandle(0, {.from = 1, .to = 2, .error = EBADF, .argument = 7})
                              .Build();

  EXPECT_EQ(VerdictOf(Clause::kReachableUninherited, history), "kept");
}

}  // namespace
}  // namespace parley

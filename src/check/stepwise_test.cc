#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "src/check/stepwise_steps.h"

namespace parley {
namespace {

TEST(CheckStepwise, SaysNothingOfFreeHistories) {
  History history = Steps().Read(kReader, 9).Gives(0).Build();
  ASSERT_FALSE(JudgeBy("stepwise", history).empty());
  history.header.mode = "free";

  EXPECT_TRUE(JudgeBy("stepwise", history).empty());
}

TEST(CheckStepwise, AcceptsASleeperThatAWriteWakes) {
  Steps steps;
  steps.Read(kReader, 9);
  const std::uint32_t read = steps.last();
  steps.Write(kWriter, 5).Gives(5).Return(read, {Written(kWriter, 0, 5)});

  EXPECT_EQ(Broken(steps), Clauses{});
  for (const Judgement& judgement : JudgeBy("stepwise", steps.Build())) {
    EXPECT_EQ(judgement.verdict, Verdict::kKept) << ClauseName(judgement.clause);
    EXPECT_GT(judgement.chances, 0U) << ClauseName(judgement.clause);
  }
}

TEST(CheckStepwise, RefusesAReaderThatAWriteDoesNotWake) {
  Steps steps;
  steps.Read(kReader, 9).Write(kWriter, 5).Gives(5);

  EXPECT_EQ(Broken(steps), Clauses{"receiver-asleep"});
  const auto judgements = JudgeBy("stepwise", steps.Build());
  const auto found = std::ranges::find(judgements, Clause::kReceiverAsleep, &Judgement::clause);
  ASSERT_NE(found, judgements.end());
  EXPECT_EQ(found->reason, "step 2: a read sleeps with 5 bytes unread");
  EXPECT_EQ(found->witness, (std::vector<std::uint32_t>{2, 3}));
}

TEST(CheckStepwise, DoubtsItWhenALogWasFull) {
  History history = Steps().Read(kReader, 9).Write(kWriter, 5).Gives(5).Build();
  history.header.complete = false;

  const auto judgements = JudgeBy("stepwise", history);

  const auto found = std::ranges::find(judgements, Clause::kReceiverAsleep, &Judgement::clause);
  ASSERT_NE(found, judgements.end());
  EXPECT_EQ(found->verdict, Verdict::kInconclusive);
}

TEST(CheckStepwise, RefusesAReaderThatSleepsWithDataThere) {
  EXPECT_EQ(Broken(Steps().Write(kWriter, 5).Gives(5).Read(kReader, 9)),
            Clauses{"receiver-asleep-with-data"});
}

TEST(CheckStepwise, BlamesTheLossWhenLaterBytesComeInstead) {
  Steps steps;
  steps.Write(kWriter, 5).Gives(5).Read(kReader, 9);
  const std::uint32_t read = steps.last();
  steps.Write(kWriter, 6).Gives(6).Return(read, {Written(kWriter, 5, 6)});

  EXPECT_EQ(Broken(steps), Clauses{"lost"});
}

TEST(CheckStepwise, RefusesAReaderThatEndOfFileDoesNotWake) {
  EXPECT_EQ(Broken(Steps().Read(kReader, 9).Begin(kWriter, "close", kWrite).Gives(0)),
            Clauses{"end-of-file-asleep"});
  EXPECT_EQ(Broken(Steps().Read(kReader, 9).Fault(FaultKind::kKill, kWriter)),
            Clauses{"end-of-file-asleep"});
}

// kOther is handed the reading end when the reader is dead, and goes on in its place.
Steps WithSuccessor(std::uint32_t first_bytes) {
  Steps steps;
  steps.Hold(kMaker, "hold_read", kRead, false);
  steps.Write(kWriter, 5).Gives(5).Write(kWriter, 5).Gives(5);
  if (first_bytes > 0) steps.Read(kReader, first_bytes).Gives({Written(kWriter, 0, first_bytes)});
  steps.Fault(FaultKind::kKill, kReader).Fault(FaultKind::kRespawn, kReader);
  steps.Hold(kOther, "hold_read", kRead, false);
  return steps;
}

TEST(CheckStepwise, LetsASuccessorGoOnWhereThePipeIs) {
  EXPECT_EQ(
      Broken(WithSuccessor(5).Begin(kOther, "read", kRead, 9).Gives({Written(kWriter, 5, 5)})),
      Clauses{});
}

TEST(CheckStepwise, RefusesASuccessorWhatItRefusesOthers) {
  EXPECT_EQ(Broken(WithSuccessor(0).Begin(kOther, "read", kRead, 9)),
            Clauses{"receiver-asleep-with-data"});
  EXPECT_EQ(Broken(WithSuccessor(5).Begin(kOther, "read", kRead, 9).Gives(0)), Clauses{"lost"});
  EXPECT_EQ(Broken(WithSuccessor(5).Begin(kOther, "write", kRead, 9).Gives(9)),
            Clauses{"wrong-end"});
}

TEST(CheckStepwise, RefusesEndOfFileWithAWriterOrData) {
  EXPECT_EQ(Broken(Steps().Read(kReader, 9).Gives(0)), Clauses{"end-of-file-early"});
  EXPECT_EQ(Broken(Steps()
                       .Write(kWriter, 5)
                       .Gives(5)
                       .Fault(FaultKind::kKill, kWriter)
                       .Read(kReader, 9)
                       .Gives(0)
                       .Read(kReader, 9)
                       .Gives({Written(kWriter, 0, 5)})),
            Clauses{"end-of-file-early"});
}

TEST(CheckStepwise, RefusesUnavailableData) {
  EXPECT_EQ(Broken(Steps(true).Write(kWriter, 5).Gives(5).Read(kReader, 9).Gives(-1, EAGAIN)),
            Clauses{"unavailable"});
  EXPECT_EQ(Broken(Steps(false).Read(kReader, 9).Gives(-1, EAGAIN)), Clauses{"unavailable"});
  EXPECT_EQ(Broken(Steps(true).Fault(FaultKind::kKill, kWriter).Read(kReader, 9).Gives(-1, EAGAIN)),
            Clauses{"end-of-file-missing"});
}

TEST(CheckStepwise, RefusesAWriterThatSleepsWithRoom) {
  EXPECT_EQ(Broken(Steps().Write(kWriter, 4096)), Clauses{"sender-asleep"});
  EXPECT_EQ(Broken(Steps(false, 4096)
                       .Write(kWriter, 4096)
                       .Gives(4096)
                       .Write(kWriter, 100)
                       .Read(kReader, 4096)
                       .Gives({Written(kWriter, 0, 4096)})),
            Clauses{"sender-asleep"});
}

TEST(CheckStepwise, RefusesAWriterThatSleepsOrSucceedsWithoutReader) {
  EXPECT_EQ(Broken(Steps(false, 4096)
                       .Write(kWriter, 4096)
                       .Gives(4096)
                       .Write(kWriter, 100)
                       .Begin(kReader, "close", kRead)
                       .Gives(0)),
            Clauses{"send-asleep-without-reader"});
  EXPECT_EQ(Broken(Steps().Fault(FaultKind::kKill, kReader).Write(kWriter, 9).Gives(9)),
            Clauses{"write-without-reader"});
  EXPECT_EQ(Broken(Steps().Write(kWriter, 9).Gives(-1, EPIPE)), Clauses{"broken-pipe-early"});
}

TEST(CheckStepwise, RefusesCountsThatFallShort) {
  EXPECT_EQ(Broken(Steps(true).Write(kWriter, 9).Gives(4)), Clauses{"short-nonblocking"});
  EXPECT_EQ(Broken(Steps(false).Write(kWriter, 9).Gives(4)), Clauses{"short-blocking"});
  EXPECT_EQ(Broken(Steps(false, 4096).Write(kWriter, 9999).Gives(4096)), Clauses{"short-blocking"});
  EXPECT_EQ(Broken(Steps(false).Write(kWriter, 9).Gives(-1, EAGAIN)), Clauses{"short-blocking"});
  EXPECT_EQ(Broken(Steps(true).Write(kWriter, 9999).Gives(0)), Clauses{"nonblocking-large"});
  EXPECT_EQ(Broken(Steps(true).Write(kWriter, 9999).Gives(4000)), Clauses{"nonblocking-large"});
  EXPECT_EQ(Broken(Steps(true).Write(kWriter, 9999).Gives(-1, EAGAIN)),
            Clauses{"nonblocking-large"});
}

TEST(CheckStepwise, AcceptsAPartOfALargeWriteThatASignalOrTheLastReadersDeathEnds) {
  Steps interrupted(false, 4096);
  interrupted.Write(kWriter, 9999);
  const std::uint32_t write = interrupted.last();
  EXPECT_EQ(Broken(interrupted.Fault(FaultKind::kSignalRestart, kWriter).Return(write, 4096)),
            Clauses{});
  Steps deserted(false, 4096);
  deserted.Write(kWriter, 9999);
  EXPECT_EQ(Broken(deserted.Fault(FaultKind::kKill, kReader).Return(write, 4096)), Clauses{});
}

TEST(CheckStepwise, RefusesMoreThanTheCapacity) {
  EXPECT_EQ(Broken(Steps(true, 4096).Write(kWriter, 4096).Gives(4096).Write(kWriter, 1).Gives(1)),
            Clauses{"overfull"});
}

TEST(CheckStepwise, RefusesACapacityThatIsAnotherOrOutOfReach) {
  EXPECT_EQ(Broken(Steps(true, 8192).Begin(kWriter, "get_capacity", kWrite).Gives(4096)),
            Clauses{"capacity-wrong"});
  EXPECT_EQ(Broken(Steps(true, 8192).Write(kWriter, 4096).Gives(-1, EAGAIN)),
            Clauses{"capacity-wrong"});
}

TEST(CheckStepwise, RefusesAResizeThatLosesContentOrRoundsDown) {
  EXPECT_EQ(Broken(Steps(true, 8192)
                       .Write(kWriter, 8000)
                       .Gives(8000)
                       .Begin(kReader, "set_capacity", kRead, 0, 4096)
                       .Gives(4096)),
            Clauses{"resize-unsafe"});
  EXPECT_EQ(Broken(Steps().Begin(kReader, "set_capacity", kRead, 0, 9000).Gives(8192)),
            Clauses{"resize-unsafe"});
}

TEST(CheckStepwise, RefusesPagesThatAreFreeAndNotGiven) {
  EXPECT_EQ(Broken(Steps(true, 16384).Write(kWriter, 20480).Gives(12288)),
            Clauses{"capacity-wrong"});
  EXPECT_EQ(
      Broken(Steps(true, 8192).Write(kWriter, 1).Gives(1).Write(kWriter, 8192).Gives(-1, EAGAIN)),
      Clauses{"capacity-wrong"});
}

TEST(CheckStepwise, AcceptsWritesOfPagesUpToTheCapacity) {
  const Steps steps = Steps(true, 16384)
                          .Write(kWriter, 1)
                          .Gives(1)
                          .Write(kWriter, 20480)
                          .Gives(12288)
                          .Write(kWriter, 8192)
                          .Gives(-1, EAGAIN);

  EXPECT_EQ(Broken(steps), Clauses{});
  EXPECT_GT(JudgementOf(Clause::kCapacityWrong, steps.Build())->chances, 0U);
}

TEST(CheckStepwise, RefusesAResizeThatIsRefusedWithoutNeed) {
  const auto asked = [](std::uint64_t bytes) {
    return Steps(true, 16384)
        .Write(kWriter, 8000)
        .Gives(8000)
        .Begin(kReader, "set_capacity", kRead, 0, bytes);
  };

  EXPECT_EQ(Broken(asked(8192).Gives(-1, EBUSY)), Clauses{"resize-unsafe"});
  EXPECT_EQ(Broken(asked(8192).Gives(-1, EPERM)), Clauses{"resize-unsafe"});
  EXPECT_EQ(Broken(asked(4096).Gives(-1, EBUSY)), Clauses{});
  EXPECT_EQ(Broken(asked(32768).Gives(-1, EPERM)), Clauses{});
  EXPECT_EQ(Broken(asked(8192).Gives(8192)), Clauses{});
}

// Two bytes on two pages: the bytes fit into one page, and the pages do not.
Steps TwoPagesShrunk() {
  Steps steps(true, 16384);
  steps.Write(kWriter, 4000).Gives(4000).Write(kWriter, 100).Gives(100);
  steps.Read(kReader, 3990).Gives({Written(kWriter, 0, 3990)});
  steps.Begin(kReader, "set_capacity", kRead, 0, 4096).Gives(4096);
  return steps;
}

TEST(CheckStepwise, BlamesTheResizeForWhatIsMissingAfterIt) {
  EXPECT_EQ(Broken(TwoPagesShrunk()), Clauses{"model-deviation"});
  EXPECT_EQ(Broken(TwoPagesShrunk()
                       .Read(kReader, 9)
                       .Gives({Written(kWriter, 3990, 9)})
                       .Read(kReader, 9)
                       .Gives({Written(kWriter, 3999, 1)})
                       .Read(kReader, 9)
                       .Gives(-1, EAGAIN)),
            (Clauses{"resize-unsafe", "model-deviation"}));
  EXPECT_EQ(Broken(TwoPagesShrunk().Fault(FaultKind::kKill, kWriter).Read(kReader, 9).Gives(0)),
            (Clauses{"resize-unsafe", "model-deviation"}));
}

TEST(CheckStepwise, DoesNotBlameTheResizeForWhatIsMissedAndComesLater) {
  EXPECT_EQ(Broken(TwoPagesShrunk()
                       .Read(kReader, 9)
                       .Gives(-1, EAGAIN)
                       .Read(kReader, 200)
                       .Gives({Written(kWriter, 3990, 110)})),
            (Clauses{"unavailable", "model-deviation"}));
}

// Packet mode, two packets of 100 bytes, and a read of so many bytes.
Steps PacketsAndRead(std::uint32_t bytes) {
  Steps steps;
  steps.Begin(kWriter, "set_packet", kWrite, 0, 1).Gives(0);
  return steps.Write(kWriter, 100).Gives(100).Write(kWriter, 100).Gives(100).Read(kReader, bytes);
}

TEST(CheckStepwise, AcceptsPacketsThatAreReadOneByOneAndCutShort) {
  Steps steps = PacketsAndRead(10);
  steps.Gives({Written(kWriter, 0, 10)}).Read(kReader, 4096).Gives({Written(kWriter, 100, 100)});

  const auto judgements = JudgeBy("stepwise", steps.Build());

  EXPECT_EQ(Broken(steps), Clauses{});
  const auto found = std::ranges::find(judgements, Clause::kPacketsMixed, &Judgement::clause);
  ASSERT_NE(found, judgements.end());
  EXPECT_EQ(found->verdict, Verdict::kKept);
  EXPECT_EQ(found->chances, 2U);
}

TEST(CheckStepwise, RefusesAReadThatGivesTwoPackets) {
  EXPECT_EQ(Broken(PacketsAndRead(4096).Gives({Written(kWriter, 0, 200)})),
            Clauses{"packets-mixed"});
  EXPECT_EQ(Broken(PacketsAndRead(150).Gives({Written(kWriter, 0, 150)})),
            Clauses{"packets-mixed"});
}

TEST(CheckStepwise, RefusesTheRestOfAPacketThatAReadHadEnded) {
  EXPECT_EQ(Broken(PacketsAndRead(10)
                       .Gives({Written(kWriter, 0, 10)})
                       .Read(kReader, 90)
                       .Gives({Written(kWriter, 10, 90)})),
            Clauses{"packets-mixed"});
}

TEST(CheckStepwise, RefusesAPartOfAPacketWhereThereWasRoom) {
  EXPECT_EQ(Broken(PacketsAndRead(4096).Gives({Written(kWriter, 0, 60)})),
            Clauses{"packets-mixed"});
}

TEST(CheckStepwise, RefusesMoreThanOnePacketOfALargeWrite) {
  Steps steps;
  steps.Begin(kWriter, "set_packet", kWrite, 0, 1).Gives(0).Write(kWriter, 10000).Gives(10000);
  EXPECT_EQ(Broken(Steps(steps).Read(kReader, 10000).Gives({Written(kWriter, 0, 4096)})),
            Clauses{});
  EXPECT_EQ(Broken(steps.Read(kReader, 10000).Gives({Written(kWriter, 0, 8192)})),
            Clauses{"packets-mixed"});
}

TEST(CheckStepwise, RefusesPacketsThatAreLost) {
  EXPECT_EQ(Broken(PacketsAndRead(4096)
                       .Gives({Written(kWriter, 100, 100)})
                       .Fault(FaultKind::kKill, kWriter)
                       .Read(kReader, 9)
                       .Gives(0)),
            Clauses{"lost"});
}

TEST(CheckStepwise, AcceptsAPacketThatIsMergedIntoAPageThatIsNone) {
  Steps steps;
  steps.Write(kWriter, 5).Gives(5).Begin(kWriter, "set_packet", kWrite, 0, 1).Gives(0);
  steps.Write(kWriter, 6).Gives(6).Write(kWriter, 7).Gives(7);

  EXPECT_EQ(Broken(steps.Read(kReader, 99).Gives({Written(kWriter, 0, 18)})), Clauses{});
}

}  // namespace
}  // namespace parley

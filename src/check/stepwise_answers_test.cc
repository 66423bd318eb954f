#include <gtest/gtest.h>
#include <poll.h>

#include <cerrno>

#include "src/check/stepwise_steps.h"

namespace parley {
namespace {

TEST(CheckStepwise, RefusesPollsThatContradictTheState) {
  EXPECT_EQ(Broken(Steps().Begin(kReader, "poll_read", kRead).Gives(POLLIN)),
            Clauses{"poll-incoherent"});
  EXPECT_EQ(Broken(Steps().Begin(kReader, "poll_read", kRead).Gives(POLLHUP)),
            Clauses{"poll-incoherent"});
  EXPECT_EQ(Broken(Steps().Write(kWriter, 5).Gives(5).Begin(kReader, "poll_read", kRead).Gives(0)),
            Clauses{"poll-incoherent"});
  EXPECT_EQ(
      Broken(Steps().Fault(FaultKind::kKill, kWriter).Begin(kReader, "poll_read", kRead).Gives(0)),
      Clauses{"poll-incoherent"});
  EXPECT_EQ(Broken(Steps().Begin(kWriter, "poll_write", kWrite).Gives(POLLOUT | POLLERR)),
            Clauses{"poll-incoherent"});
  EXPECT_EQ(Broken(Steps()
                       .Fault(FaultKind::kKill, kReader)
                       .Begin(kWriter, "poll_write", kWrite)
                       .Gives(POLLOUT)),
            Clauses{"poll-incoherent"});
  EXPECT_EQ(Broken(Steps().Begin(kWriter, "poll_write", kWrite).Gives(0)),
            Clauses{"poll-incoherent"});
  EXPECT_EQ(Broken(Steps(true, 4096)
                       .Write(kWriter, 1)
                       .Gives(1)
                       .Begin(kWriter, "poll_write", kWrite)
                       .Gives(POLLOUT)),
            Clauses{"poll-incoherent"});
}

TEST(CheckStepwise, RefusesAWriteThatPollPromisedRoomFor) {
  const auto promised = [](bool nonblocking) {
    return Steps(nonblocking, 8192)
        .Write(kWriter, 4096)
        .Gives(4096)
        .Begin(kWriter, "poll_write", kWrite)
        .Gives(POLLOUT)
        .Write(kWriter, 4096);
  };

  EXPECT_EQ(Broken(promised(false)), Clauses{"poll-incoherent"});
  EXPECT_EQ(Broken(promised(true).Gives(-1, EAGAIN)), Clauses{"poll-incoherent"});
}

TEST(CheckStepwise, RefusesWrongEndsThatWorkAndRightOnesThatDoNot) {
  EXPECT_EQ(Broken(Steps().Begin(kReader, "write", kRead, 9).Gives(9)), Clauses{"wrong-end"});
  EXPECT_EQ(Broken(Steps().Read(kReader, 9).Gives(-1, EBADF)), Clauses{"roles-swapped"});
  EXPECT_EQ(Broken(Steps().Begin(kReader, "write", kRead, 9).Gives(-1, EBADF)), Clauses{});
}

TEST(CheckStepwise, RefusesStreamsWithPositionLengthOrAnotherKind) {
  const auto asked = [](const char* call) { return Steps().Begin(kWriter, call, kWrite); };

  EXPECT_EQ(Broken(asked("lseek").Gives(0)), Clauses{"wrong-end"});
  EXPECT_EQ(Broken(asked("lseek").Gives(-1, EINVAL)), Clauses{"wrong-end"});
  EXPECT_EQ(Broken(asked("ftruncate").Gives(0)), Clauses{"wrong-end"});
  EXPECT_EQ(Broken(asked("fstat").Gives(-1, ENOTTY)), Clauses{"wrong-end"});
  EXPECT_EQ(Broken(asked("lseek").Gives(-1, ESPIPE)), Clauses{});
  EXPECT_EQ(Broken(asked("ftruncate").Gives(-1, EINVAL)), Clauses{});
  EXPECT_EQ(Broken(asked("fstat").Gives(0)), Clauses{});
  EXPECT_EQ(Broken(Steps().Begin(kWriter, "lseek", kRead).Gives(-1, EBADF)), Clauses{});
}

TEST(CheckStepwise, RefusesPairsOfOtherNumbersOrRoles) {
  const auto made = [] { return Steps().Begin(kWriter, "pipe", 0, 0, 1); };

  for (const int flaw : {kPairNotLowest, kPairFirstNotReading, kPairSecondNotWriting}) {
    EXPECT_EQ(Broken(made().Gives(flaw)), Clauses{"roles-swapped"});
  }
  EXPECT_EQ(JudgementOf(Clause::kRolesSwapped, made().Gives(6).Build())->reason,
            "step 1: of the two descriptors that pipe() gave, the first is not for reading alone, "
            "the second is not for writing alone");
  EXPECT_EQ(Broken(made().Gives(0)), Clauses{});
  EXPECT_GT(JudgementOf(Clause::kRolesSwapped, made().Gives(0).Build())->chances, 0U);
  EXPECT_EQ(Broken(made().Gives(-1, EMFILE)), Clauses{});
}

TEST(CheckStepwise, RefusesWaitingInSpiteOfNonblocking) {
  EXPECT_EQ(Broken(Steps(true).Read(kReader, 9)), Clauses{"receiver-asleep-nonblocking"});
  const auto full = [] { return Steps(true, 4096).Write(kWriter, 4096).Gives(4096); };
  EXPECT_EQ(Broken(full().Write(kWriter, 9)), Clauses{"sender-asleep-nonblocking"});
  EXPECT_EQ(Broken(full().Write(kWriter, 9999)), Clauses{"nonblocking-large"});
}

TEST(CheckStepwise, RefusesSignalsHandledTheWrongWay) {
  const auto asleep = [](FaultKind kind) { return Steps().Read(kReader, 9).Fault(kind, kReader); };

  EXPECT_EQ(Broken(asleep(FaultKind::kSignal)), Clauses{"restarted-wrongly"});
  EXPECT_EQ(Broken(asleep(FaultKind::kSignal).Gives(-1, EINTR)), Clauses{});
  EXPECT_EQ(Broken(asleep(FaultKind::kSignalRestart)), Clauses{});
  EXPECT_EQ(Broken(asleep(FaultKind::kSignalRestart).Gives(-1, EINTR)),
            Clauses{"restarted-wrongly"});
}

TEST(CheckStepwise, RefusesBytesThatOvertakeOthers) {
  const auto two_writes = [] {
    return Steps()
        .Hold(kOther, "hold_read", kRead, false)
        .Hold(kOther, "hold_write", kWrite, false)
        .Write(kWriter, 5)
        .Gives(5);
  };

  // Each reader sees the order of insertion; together they do not.
  EXPECT_EQ(Broken(two_writes()
                       .Write(kWriter, 6)
                       .Gives(6)
                       .Read(kReader, 6)
                       .Gives({Written(kWriter, 5, 6)})
                       .Read(kOther, 6)
                       .Gives({Written(kWriter, 0, 5)})),
            Clauses{"program-order"});
  EXPECT_EQ(Broken(two_writes()
                       .Write(kOther, 6)
                       .Gives(6)
                       .Read(kReader, 6)
                       .Gives({Written(kOther, 0, 6)})
                       .Read(kOther, 6)
                       .Gives({Written(kWriter, 0, 5)})),
            Clauses{"real-time-order"});
}

TEST(CheckStepwise, RefusesATornWriteThoughSeveralRead) {
  const auto torn = [](bool nonblocking, std::uint64_t capacity_bytes, const char* call) {
    return Steps(nonblocking, capacity_bytes)
        .Hold(kOther, "hold_read", kRead, nonblocking)
        .Hold(kOther, "hold_write", kWrite, nonblocking)
        .Begin(kWriter, call, kWrite, 10)
        .Gives(10)
        .Write(kOther, 6)
        .Gives(6)
        .Read(kReader, 11)
        .Gives({Written(kWriter, 0, 5), Written(kOther, 0, 6)});
  };

  EXPECT_EQ(Broken(torn(false, 65536, "write")), Clauses{"torn"});
  EXPECT_EQ(Broken(torn(false, 65536, "writev")), Clauses{"torn-gather"});
  EXPECT_EQ(Broken(torn(false, 4096, "write")), Clauses{"torn-resized"});
}

TEST(CheckStepwise, LeavesBytesThatNobodySentToTheCheckersOfContent) {
  EXPECT_EQ(Broken(Steps()
                       .Write(kWriter, 5)
                       .Gives(5)
                       .Read(kReader, 9)
                       .Gives({Written(kWriter, 0, 5)})
                       .Write(kWriter, 5)
                       .Gives(5)
                       .Read(kReader, 9)
                       .Gives({Written(kWriter, 0, 5)})),
            Clauses{});
}

TEST(CheckStepwise, RefusesOpensThatMeetTooEarlyOrNotAtAll) {
  EXPECT_EQ(Broken(Steps("fifo").Open(kReader, "open_read").Gives(0)), Clauses{"open-early"});
  EXPECT_EQ(Broken(Steps("fifo").Open(kReader, "open_read").Open(kWriter, "open_write").Gives(0)),
            Clauses{"open-asleep"});
  EXPECT_EQ(Broken(Steps("fifo").Open(kReader, "open_read").Open(kWriter, "open_write")),
            Clauses{"open-asleep"});
}

TEST(CheckStepwise, AcceptsOpensThatMeet) {
  Steps steps("fifo");
  steps.Open(kReader, "open_read");
  const std::uint32_t open = steps.last();

  EXPECT_EQ(Broken(steps.Open(kWriter, "open_write").Gives(0).Return(open, 0)), Clauses{});
}

TEST(CheckStepwise, RefusesNonblockingOpensThatErr) {
  EXPECT_EQ(Broken(Steps("fifo").Open(kWriter, "open_write_nonblock").Gives(0)),
            Clauses{"open-ghost"});
  EXPECT_EQ(Broken(Steps("fifo")
                       .Open(kReader, "open_read_nonblock")
                       .Gives(0)
                       .Open(kWriter, "open_write_nonblock", 0)
                       .Gives(-1, ENXIO)),
            Clauses{"open-refused"});
  EXPECT_EQ(Broken(Steps("fifo").Open(kReader, "open_read_nonblock", 0)),
            Clauses{"open-asleep-nonblocking"});
  EXPECT_EQ(Broken(Steps("fifo").Open(kReader, "open_both", 0)),
            Clauses{"open-asleep-nonblocking"});
}

TEST(CheckStepwise, SaysDeviationWhenAnotherSleeperWins) {
  Steps steps;
  steps.Hold(kOther, "hold_read", kRead, false);
  steps.Read(kReader, 9);
  const std::uint32_t first = steps.last();
  steps.Read(kOther, 9);
  const std::uint32_t second = steps.last();
  Steps model = steps;

  steps.Write(kWriter, 5).Gives(5).Return(second, {Written(kWriter, 0, 5)});
  model.Write(kWriter, 5).Gives(5).Return(first, {Written(kWriter, 0, 5)});

  EXPECT_EQ(Broken(model), Clauses{});
  EXPECT_EQ(Broken(steps), Clauses{"model-deviation"});
  EXPECT_EQ(JudgementOf(Clause::kModelDeviation, steps.Build())->reason,
            "step 3: expected to return: [worker 0: write #5 = 5] [worker 1: read #3 = 5]; "
            "returned: [worker 2: read #4 = 5] [worker 0: write #5 = 5]");
}

TEST(CheckStepwise, SaysDeviationWhenRoomIsCountedOtherwise) {
  // One byte fits behind the first, in bytes; Linux needs a page for the 4096.
  EXPECT_EQ(Broken(Steps(true, 8192)
                       .Write(kWriter, 4000)
                       .Gives(4000)
                       .Write(kWriter, 4000)
                       .Gives(4000)
                       .Write(kWriter, 192)
                       .Gives(192)),
            Clauses{"model-deviation"});
}

TEST(CheckStepwise, JudgesOnByThePromisesAfterADeviation) {
  Steps steps(true, 8192);
  steps.Write(kWriter, 4000).Gives(4000).Write(kWriter, 4000).Gives(4000);
  steps.Write(kWriter, 192).Gives(192);

  EXPECT_EQ(Broken(steps.Read(kReader, 9).Gives(-1, EAGAIN)),
            (Clauses{"unavailable", "model-deviation"}));
}

}  // namespace
}  // namespace parley

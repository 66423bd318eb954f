#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/message_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

std::uint64_t Begun(std::uint64_t step) { return step * kStepNs; }
std::uint64_t Over(std::uint64_t step) { return step * kStepNs + kReturnNs; }

Names Broken(MessageBuilder& built) {
  built.history().header.mode = "stepped";
  return Broken("message_stepwise", built.history());
}

TEST(MessageStepwise, KeepsAReceiverThatIsWoken) {
  MessageBuilder built(2, 10);
  const auto received = built.Receive(1, {.from = Begun(1), .to = Over(2)});
  const auto sent = built.Send(0, {.from = Begun(2), .to = Over(2)});
  built.Got(received, {.position = 0, .bytes = kToldBytes, .writer = 0});
  built.at(sent).result = 0;

  EXPECT_EQ(Broken(built), Names{});
  EXPECT_EQ(VerdictOf(Clause::kReceiverAsleep, built.history()), "kept");
}

TEST(MessageStepwise, BreaksWhenAReceiverSleepsOn) {
  MessageBuilder built(2, 10);
  built.Receive(1, {.from = Begun(1)});
  built.Send(0, {.from = Begun(2), .to = Over(2)});

  EXPECT_EQ(Broken(built), Names{"receiver-asleep"});
}

TEST(MessageStepwise, BreaksWhenASenderSleepsThoughThereIsRoom) {
  const auto broken = [](std::uint64_t capacity) {
    MessageBuilder built(2, capacity);
    built.Send(0, {.from = Begun(1), .to = Over(1)});
    built.Send(1, {.from = Begun(2)});
    return Broken(built);
  };

  EXPECT_EQ(broken(1), Names{});
  EXPECT_EQ(broken(2), Names{"sender-asleep"});
}

TEST(MessageStepwise, JudgesWhatASignalDoes) {
  const auto broken = [](FaultKind kind, bool returns) {
    MessageBuilder built(1, 10);
    MessageBuilder::Spec spec{.from = Begun(1)};
    if (returns) {
      spec.to = Over(2);
      spec.error = EINTR;
    }
    built.Receive(0, spec);
    built.history().faults.push_back(
        {.kind = kind, .worker = 0, .invoked_ns = Begun(2), .returned_ns = Over(2)});
    return Broken(built);
  };

  EXPECT_EQ(broken(FaultKind::kSignal, true), Names{});
  EXPECT_EQ(broken(FaultKind::kSignal, false), Names{"restarted-wrongly"});
  EXPECT_EQ(broken(FaultKind::kSignalRestart, false), Names{});
  EXPECT_EQ(broken(FaultKind::kSignalRestart, true), Names{"restarted-wrongly"});
}

TEST(MessageStepwise, BreaksWhenACallOutsleepsItsTime) {
  const auto broken = [](Deadline deadline, bool expires) {
    MessageBuilder built(1, 10);
    built.history().calls[1].deadline = deadline;
    MessageBuilder::Spec spec{.from = Begun(1)};
    if (expires) {
      spec.to = Over(1);
      spec.error = ETIMEDOUT;
    }
    built.Receive(0, spec);
    return Broken(built);
  };

  EXPECT_EQ(broken(Deadline::kNear, true), Names{});
  EXPECT_EQ(broken(Deadline::kNear, false), Names{"deadline-wrong"});
  EXPECT_EQ(broken(Deadline::kFar, false), Names{});
}

TEST(MessageStepwise, JudgesASuccessorLikeAnybody) {
  MessageBuilder built(3, 10);
  built.Receive(1, {.from = Begun(1)});
  built.Kill(1, Begun(2), Over(2));
  built.history().faults.push_back(
      {.kind = FaultKind::kRespawn, .worker = 1, .invoked_ns = Begun(3), .returned_ns = Over(3)});
  built.Receive(2, {.from = Begun(4)});

  EXPECT_EQ(Broken(built), Names{});

  built.Send(0, {.from = Begun(5), .to = Over(5)});

  EXPECT_EQ(Broken(built), Names{"receiver-asleep"});
}

TEST(MessageStepwise, AKilledSleeperSleepsNoMore) {
  MessageBuilder built(2, 10);
  built.Receive(1, {.from = Begun(1)});
  built.Kill(1, Begun(2), Over(2));
  built.Send(0, {.from = Begun(3), .to = Over(3)});

  EXPECT_EQ(Broken(built), Names{});
}

TEST(MessageStepwise, NobodySleepsWhenTheMakerTakesWhatIsLeft) {
  MessageBuilder built(3, 1);
  built.history().workers[2].role = kMakerRole;
  const auto sent = built.Send(0, {.from = Begun(1), .to = Over(1)});
  built.Send(1, {.from = Begun(2)});
  built.Receive(2, {.from = Begun(3), .to = Over(3)}, sent);

  EXPECT_EQ(Broken(built), Names{});
}

TEST(MessageStepwise, LeavesFreeHistoriesToOthers) {
  MessageBuilder built(2, 10);
  built.Receive(1, {.from = 1});
  built.Send(0, {.from = 2, .to = 3});

  EXPECT_EQ(Broken("message_stepwise", built.history()), Names{});
}

}  // namespace
}  // namespace parley

#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/message_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

constexpr std::uint8_t kStatus = 4;
constexpr std::uint8_t kCopy = 5;
constexpr std::uint8_t kLimit = 6;

// A queue for 64 bytes that three workers have found; each call is a step.
class Steps {
 public:
  Steps() : built_(3) {
    History& history = built_.history();
    history.header.mode = "stepped";
    history.header.capacity_bytes = history.header.capacity_messages = 64;
    history.calls[1].select = Selector::kAny;
    history.calls.push_back({.name = "unread", .effect = Effect::kQueryUnread});
    history.calls.push_back({.name = "copy", .effect = Effect::kPeek});
    history.calls.push_back({.name = "capacity", .effect = Effect::kQueryCapacity});
    for (std::uint16_t worker = 0; worker < 3; ++worker) built_.Open(worker, Next());
  }

  std::uint32_t Send(std::uint32_t klass, std::uint32_t bytes = kToldBytes, int error = 0) {
    MessageBuilder::Spec spec = Next(error);
    spec.klass = klass;
    spec.bytes = bytes;
    return built_.Send(0, spec);
  }
  Steps& Take(std::optional<std::uint32_t> send, Selector select = Selector::kAny,
              std::uint32_t asked = 0, int error = 0, std::uint32_t buffer = 8192) {
    MessageBuilder::Spec spec = Next(error);
    spec.select = select;
    spec.asked = asked;
    spec.buffer_bytes = buffer;
    built_.Receive(1, spec, send);
    return *this;
  }
  // steps: after so many it returns; 0: never.
  std::uint32_t Sleep(Selector select, std::uint32_t asked, std::uint64_t steps,
                      std::optional<std::uint32_t> send = std::nullopt) {
    MessageBuilder::Spec spec = Next();
    spec.to = steps > 0 ? spec.to + steps * kStepNs : kNever;
    spec.select = select;
    spec.asked = asked;
    spec.nonblocking = false;
    return built_.Receive(2, spec, send);
  }
  Steps& Ask(std::uint8_t call, std::uint64_t argument, std::int64_t result) {
    Operation& op = built_.at(built_.Close(1, Next()));
    op.call = call;
    op.argument = argument;
    op.result = result;
    return *this;
  }

  Names Broken() { return parley::Broken("message_model", built_.history()); }
  MessageBuilder& built() { return built_; }

 private:
  MessageBuilder::Spec Next(int error = 0) {
    ++step_;
    return {.from = step_ * kStepNs,
            .to = step_ * kStepNs + kReturnNs,
            .error = error,
            .nonblocking = true};
  }

  MessageBuilder built_;
  std::uint64_t step_ = 0;
};

TEST(MessageModel, KeepsWhatAQueueDoes) {
  Steps steps;
  const auto five = steps.Send(5);
  const auto two = steps.Send(2);
  steps.Send(1, 30, EAGAIN);
  steps.Ask(kStatus, 0, 2).Ask(kStatus, 1, 48).Ask(kLimit, 0, 64);
  steps.Take(std::nullopt, Selector::kEqual, 3, ENOMSG).Take(two, Selector::kLowest, 4);
  steps.Take(std::nullopt, Selector::kAny, 0, E2BIG, 10).Take(five).Ask(kStatus, 2, 2);

  EXPECT_EQ(steps.Broken(), Names{});
  EXPECT_EQ(JudgeBy("message_model", steps.built().history()).size(), 4U) << "chances counted";
}

TEST(MessageModel, BlamesTheRuleOfTheReceive) {
  const auto broken = [](Selector select, std::uint32_t asked) {
    Steps steps;
    const auto first = steps.Send(2);
    const auto second = steps.Send(3);
    steps.Take(second, select, asked).Take(first);
    steps.Take(std::nullopt, Selector::kEqual, 9, ENOMSG);
    return steps.Broken();
  };

  EXPECT_EQ(broken(Selector::kAny, 0), Names{"real-time-order"});
  EXPECT_EQ(broken(Selector::kEqual, 2), Names{"order-within-class"});
  EXPECT_EQ(broken(Selector::kLowest, 3), Names{"class-order"});
  EXPECT_EQ(broken(Selector::kExcept, 4), Names{"order-of-others"});
  EXPECT_EQ(broken(Selector::kEqual, 3), Names{});
}

TEST(MessageModel, BreaksOnAnswersOfAQueueInAnotherState) {
  const auto broken = [](auto ask) {
    Steps steps;
    const auto sent = steps.Send(1, 40);
    ask(steps);
    steps.Take(sent);
    return steps.Broken();
  };

  EXPECT_EQ(broken([](Steps& s) { s.Take(std::nullopt, Selector::kAny, 0, ENOMSG); }),
            Names{"unavailable"});
  EXPECT_EQ(broken([](Steps& s) { s.Take(std::nullopt, Selector::kAny, 0, E2BIG); }),
            Names{"truncated-wrongly"});
  EXPECT_EQ(broken([](Steps& s) { s.Send(1, 24, EAGAIN); }), Names{"refused-with-room"});
  EXPECT_EQ(broken([](Steps& s) { s.Send(1, 25); }), Names{"overfull"});
  EXPECT_EQ(broken([](Steps& s) { s.Ask(kStatus, 0, 2); }), Names{"status-wrong"});
  EXPECT_EQ(broken([](Steps& s) { s.Ask(kStatus, 1, 39); }), Names{"status-wrong"});
  EXPECT_EQ(broken([](Steps& s) { s.Ask(kLimit, 0, 65); }), Names{"limit-unchecked"});
  EXPECT_EQ(broken([](Steps& s) { s.Ask(kCopy, 1, 40); }), Names{"wrong-copy"});
}

// It stays in place: the one sent after it does not come before it.
TEST(MessageModel, MissesAMessageThatWasTooLong) {
  Steps steps;
  steps.Send(1, 40);
  const auto second = steps.Send(1);
  steps.Take(std::nullopt, Selector::kAny, 0, E2BIG, 30).Take(second);

  EXPECT_EQ(steps.Broken(), Names{"truncated-wrongly"});
}

TEST(MessageModel, SeesWhoSleepsThoughThereIsAMessage) {
  const auto broken = [](Selector select, std::uint32_t asked) {
    Steps steps;
    steps.Sleep(select, asked, 0);
    steps.Send(3);
    return steps.Broken();
  };

  EXPECT_EQ(broken(Selector::kAny, 0), Names{"receiver-asleep"});
  EXPECT_EQ(broken(Selector::kEqual, 3), Names{"matching-asleep"});
  EXPECT_EQ(broken(Selector::kEqual, 4), Names{});
  EXPECT_EQ(broken(Selector::kExcept, 3), Names{});
}

TEST(MessageModel, SeesWhoSleepsThoughThereIsRoom) {
  const auto broken = [](std::uint32_t bytes) {
    Steps steps;
    steps.Send(1, 40);
    const auto asleep = steps.Send(1, bytes);
    steps.built().at(asleep).outcome = Outcome::kPending;
    steps.built().at(asleep).returned_ns = kNever;
    return steps.Broken();
  };

  EXPECT_EQ(broken(25), Names{});
  EXPECT_EQ(broken(24), Names{"sender-asleep"});
}

// Whoever is woken returns in the step of the send; the order within the step is free.
TEST(MessageModel, KeepsAReceiverThatIsWoken) {
  Steps steps;
  const auto asleep = steps.Sleep(Selector::kEqual, 3, 1);
  const auto sent = steps.Send(3);
  steps.built().Got(asleep, {.position = 0, .bytes = kToldBytes, .writer = 0});
  steps.built().at(asleep).argument = PackClass({.asked = 3, .told = 3});

  EXPECT_EQ(steps.Broken(), Names{});
  EXPECT_EQ(steps.built().at(sent).result, 0);
}

// What is lost is not the affair of who asked for it.
TEST(MessageModel, LeavesLossesToOthers) {
  Steps steps;
  steps.Send(1);
  const auto second = steps.Send(1);
  steps.Take(second).Take(std::nullopt, Selector::kAny, 0, ENOMSG);
  steps.built().Drained();

  EXPECT_EQ(steps.Broken(), Names{});
}

// One that was killed may have done what it was about to do, or not.
TEST(MessageModel, DoesNotKnowWhatAKilledCallHasDone) {
  const auto broken = [](int error) {
    Steps steps;
    const auto sent = steps.Send(7);
    steps.Take(sent);
    const auto asleep = steps.Sleep(Selector::kAny, 0, 0);
    steps.built().Kill(2, 8 * kStepNs, 8 * kStepNs + kReturnNs);
    EXPECT_EQ(steps.built().at(asleep).outcome, Outcome::kMaybe);
    steps.Take(std::nullopt, Selector::kAny, 0, error);
    return steps.Broken();
  };

  EXPECT_EQ(broken(ENOMSG), Names{});
}

}  // namespace
}  // namespace parley

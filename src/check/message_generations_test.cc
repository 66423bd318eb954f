#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/message_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

constexpr std::uint8_t kMakeCall = 4;
constexpr std::uint8_t kRemoveCall = 5;

// Steps one after the other, each of one call that returns in it.
class Steps {
 public:
  Steps() : built_(3, 10) {
    built_.history().header.mode = "stepped";
    built_.history().calls.push_back({.name = "make", .effect = Effect::kMakeName});
    built_.history().calls.push_back({.name = "unlink", .effect = Effect::kRemoveName});
  }

  Steps& Make(int error = 0) { return OnName(kMakeCall, error); }
  Steps& Remove(int error = 0) { return OnName(kRemoveCall, error); }
  Steps& Open(std::uint16_t worker, std::uint16_t handle, int error = 0) {
    built_.at(built_.Open(worker, Next(error))).handle = error == 0 ? handle : std::uint16_t{0};
    return *this;
  }
  Steps& Send(std::uint16_t worker, std::uint16_t handle) {
    sent_ = built_.Send(worker, Next(0));
    built_.at(sent_).handle = handle;
    return *this;
  }
  // The message that was sent last, or none.
  Steps& Receive(std::uint16_t worker, std::uint16_t handle, int error = 0) {
    const std::optional<std::uint32_t> of = error == 0 ? std::optional(sent_) : std::nullopt;
    built_.at(built_.Receive(worker, Next(error), of)).handle = handle;
    return *this;
  }

  Names Broken() { return parley::Broken("message_generations", built_.history()); }

 private:
  MessageBuilder::Spec Next(int error) {
    ++step_;
    return {.from = step_ * kStepNs,
            .to = step_ * kStepNs + kReturnNs,
            .error = error,
            .nonblocking = true};
  }

  Steps& OnName(std::uint8_t call, int error) {
    built_.at(built_.Close(0, Next(error))).call = call;
    return *this;
  }

  MessageBuilder built_;
  std::uint64_t step_ = 0;
  std::uint32_t sent_ = 0;
};

TEST(MessageGenerations, KeepsTwoQueuesApart) {
  Steps steps;
  steps.Make().Open(1, 1).Send(1, 1).Remove().Open(2, 1, ENOENT).Remove(ENOENT);
  steps.Make().Make(EEXIST).Open(2, 2).Receive(2, 2, EAGAIN).Receive(1, 1);

  EXPECT_EQ(steps.Broken(), Names{});
}

TEST(MessageGenerations, BreaksWhenAMessageCrosses) {
  Steps steps;
  steps.Make().Open(1, 1).Send(1, 1).Remove().Make().Open(2, 2).Receive(2, 2);

  EXPECT_EQ(steps.Broken(), Names{"generations-mixed"});
}

TEST(MessageGenerations, BreaksWhenARemovedQueueLosesItsMessages) {
  Steps steps;
  steps.Make().Open(1, 1).Send(1, 1).Remove().Receive(1, 1, EAGAIN);

  EXPECT_EQ(steps.Broken(), Names{"generations-mixed"});
}

TEST(MessageGenerations, BreaksWhenARemovedNameLeadsOn) {
  EXPECT_EQ(Steps().Make().Remove().Open(1, 1).Broken(), Names{"generations-mixed"});
  EXPECT_EQ(Steps().Make().Remove().Remove().Broken(), Names{"generations-mixed"});
  EXPECT_EQ(Steps().Make().Remove(ENOENT).Broken(), Names{"generations-mixed"});
}

TEST(MessageGenerations, BreaksWhenAnExclusiveCreationIsNone) {
  EXPECT_EQ(Steps().Make().Make().Broken(), Names{"created-twice"});
  EXPECT_EQ(Steps().Make(EEXIST).Broken(), Names{"created-twice"});
}

}  // namespace
}  // namespace parley

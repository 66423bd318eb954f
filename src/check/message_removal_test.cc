#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/message_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

constexpr std::uint8_t kMake = 4;
constexpr std::uint8_t kRemove = 5;
constexpr std::uint8_t kLookUp = 6;

// Worker 0 has found the queue by its key at once; each call is over before the next begins.
class Life {
 public:
  explicit Life(bool stepped) : built_(3) {
    auto& calls = built_.history().calls;
    calls[1].select = Selector::kAny;
    calls.push_back({.name = "make", .effect = Effect::kMakeName});
    calls.push_back({.name = "remove", .effect = Effect::kRemoveObject});
    calls.push_back({.name = "exists", .effect = Effect::kQueryName});
    built_.history().header.mode = stepped ? "stepped" : "free";
    Other(kMake, 1);
    Open(0, 1);
  }

  Life& Make() { return Other(kMake, 1); }
  Life& Remove(int error = 0, std::uint16_t worker = 0) { return Other(kRemove, worker, error); }
  Life& LookUp(std::int64_t result, std::uint16_t worker = 0) {
    Other(kLookUp, worker);
    built_.history().operations.back().result = result;
    return *this;
  }
  Life& Open(std::uint16_t worker, std::uint16_t handle, int error = 0) {
    built_.at(built_.Open(worker, Next(error))).handle = error == 0 ? handle : std::uint16_t{0};
    return *this;
  }
  Life& Send(int error = 0) {
    built_.Send(0, Next(error));
    return *this;
  }
  Life& Receive(int error) {
    built_.Receive(0, Next(error));
    return *this;
  }
  Life& GiveUp() {
    built_.Close(0, Next(0));
    return *this;
  }
  // One that begins now; done: whether it ends with the next call, and how.
  Life& Sleep(std::uint16_t worker, bool done, int error) {
    MessageBuilder::Spec spec = Next(error);
    spec.to = done ? spec.to + kStepNs : kNever;
    spec.nonblocking = false;
    built_.Receive(worker, spec);
    return *this;
  }
  Life& SeenAsleep(std::uint16_t worker) {
    const std::uint64_t now = step_ * kStepNs;
    built_.SeenAsleep(worker, now + 1'000'000, now + 300'000'000);
    return *this;
  }

  Names Broken() { return parley::Broken("message_removal", built_.history()); }

 private:
  MessageBuilder::Spec Next(int error) {
    ++step_;
    return {.from = step_ * kStepNs,
            .to = step_ * kStepNs + kReturnNs,
            .error = error,
            .nonblocking = true};
  }
  Life& Other(std::uint8_t call, std::uint16_t worker, int error = 0) {
    built_.at(built_.Close(worker, Next(error))).call = call;
    return *this;
  }

  MessageBuilder built_;
  std::uint64_t step_ = 0;
};

class MessageRemoval : public testing::TestWithParam<bool> {
 protected:
  Life life() const { return Life(GetParam()); }
};

TEST_P(MessageRemoval, KeepsWhatTheStandardSays) {
  EXPECT_EQ(life().Send().Receive(ENOMSG).Remove().Send(EINVAL).Receive(EIDRM).Broken(), Names{});
  EXPECT_EQ(life().Remove().Make().Send(EINVAL).Broken(), Names{});
  EXPECT_EQ(life().LookUp(0).Open(2, 1).Remove().Open(2, 0, ENOENT).Broken(), Names{});
  EXPECT_EQ(life().Sleep(0, true, EIDRM).Open(2, 1).Broken(), Names{"name-gone"})
      << "nobody removed it";
}

TEST_P(MessageRemoval, KeepsARefusalOfAnIdentifierThatWasGivenUp) {
  EXPECT_EQ(life().GiveUp().Receive(EINVAL).Broken(), Names{});
  EXPECT_EQ(life().GiveUp().Open(0, 1, ENOENT).Broken(), Names{"name-gone"});
}

TEST_P(MessageRemoval, BreaksWhenARemovedQueueIsUsed) {
  EXPECT_EQ(life().Remove().Send().Broken(), Names{"used-after-removal"});
  EXPECT_EQ(life().Remove().Receive(ENOMSG).Broken(), Names{"used-after-removal"});
  EXPECT_EQ(life().Remove().Remove().Broken(), Names{"used-after-removal"});
}

TEST_P(MessageRemoval, BreaksWhenAnOldIdentifierReachesANewQueue) {
  EXPECT_EQ(life().Remove().Make().Send().Broken(), Names{"stale-handle"});
}

TEST_P(MessageRemoval, BreaksWhenAQueueIsGoneThatNobodyRemoved) {
  EXPECT_EQ(life().Receive(EIDRM).Broken(), Names{"name-gone"});
  EXPECT_EQ(life().Remove(EINVAL).Broken(), Names{"name-gone"});
  EXPECT_EQ(life().Open(2, 0, ENOENT).Broken(), Names{"name-gone"});
}

TEST_P(MessageRemoval, BreaksWhenAKeyLeadsToTwoQueues) {
  EXPECT_EQ(life().LookUp(1).Broken(), Names{"key-misled"});
}

INSTANTIATE_TEST_SUITE_P(Modes, MessageRemoval, testing::Values(false, true),
                         [](const auto& mode) { return mode.param ? "Stepped" : "Free"; });

TEST(MessageRemovalSteps, KnowsWhichQueueEachHandleLeadsTo) {
  EXPECT_EQ(Life(true).Remove().Make().Open(0, 2).LookUp(0).Broken(), Names{});
  EXPECT_EQ(Life(true).Remove().Make().LookUp(1).Broken(), Names{});
  EXPECT_EQ(Life(true).Remove().Make().LookUp(0).Broken(), Names{"stale-handle"});
  EXPECT_EQ(Life(true).Remove().Open(2, 1).Broken(), Names{"used-after-removal"});
}

TEST(MessageRemovalSteps, BreaksWhenASleeperIsNotTold) {
  const auto broken = [](bool done, int error) {
    return Life(true).Open(2, 1).Sleep(2, done, error).Remove().Broken();
  };

  EXPECT_EQ(broken(true, EIDRM), Names{});
  EXPECT_EQ(broken(true, ENOMSG), Names{"used-after-removal"});
  EXPECT_EQ(broken(false, 0), Names{"used-after-removal"});
}

TEST(MessageRemovalFree, NeedsEvidenceOfASleeper) {
  Life asleep(false);
  asleep.Open(2, 1).Sleep(2, false, 0).Remove();

  EXPECT_EQ(asleep.Broken(), Names{}) << "it may have been seen just before it returned";
  EXPECT_EQ(asleep.SeenAsleep(2).Broken(), Names{"used-after-removal"});
}

TEST(MessageKeys, BreaksOnEachFlaw) {
  const auto broken = [](std::int64_t result, int error) {
    MessageBuilder built(1);
    built.history().calls.push_back({.name = "ftok", .effect = Effect::kDeriveKey});
    Operation& op = built.at(built.Close(0, {.from = 1, .to = 2, .error = error}));
    op.call = 4;
    op.result = result;
    return Broken("message_keys", built.history());
  };

  EXPECT_EQ(broken(0, 0), Names{});
  EXPECT_EQ(broken(-1, ENOENT), Names{}) << "it could not be asked";
  for (const KeyFlaw flaw : {kKeyVaries, kKeyOfLinkDiffers, kKeyOfHighBits, kKeyOfMissing}) {
    EXPECT_EQ(broken(flaw, 0), Names{"key-unstable"});
  }
}

}  // namespace
}  // namespace parley

// Content, exactly once, flow, names and hangs of messages, on histories made by hand.
#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/message_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

Extent OfKind(std::uint32_t bytes, ExtentKind kind) {
  return {.bytes = bytes, .kind = static_cast<std::uint16_t>(kind)};
}

TEST(MessageContent, KeepsWhatComesAsItWasSent) {
  MessageBuilder built(2);
  const auto sent = built.Send(0, {.from = 1, .to = 2, .klass = 7, .bytes = 100});
  built.Receive(1, {.from = 3, .to = 4}, sent);

  EXPECT_EQ(Broken("message_content", built.history()), Names{});
  EXPECT_EQ(VerdictOf(Clause::kMessageCut, built.history()), "kept");
  EXPECT_EQ(VerdictOf(Clause::kContentOverwritten, built.history()), "none");
}

TEST(MessageContent, BreaksOnOtherBytes) {
  MessageBuilder built(2);
  built.Send(0, {.from = 1, .to = 2, .bytes = 100});
  built.Got(built.Receive(1, {.from = 3, .to = 4}), OfKind(100, ExtentKind::kUnidentified));
  EXPECT_EQ(Broken("message_content", built.history()), Names{"content-changed"});

  MessageBuilder over(2);
  over.Send(0, {.from = 1, .to = 2, .bytes = 100});
  over.Got(over.Receive(1, {.from = 3, .to = 4}), OfKind(100, ExtentKind::kOverwritten));
  EXPECT_EQ(Broken("message_content", over.history()), Names{"content-overwritten"});
}

TEST(MessageContent, BreaksOnAnotherLength) {
  MessageBuilder built(2);
  const auto sent = built.Send(0, {.from = 1, .to = 2, .bytes = 100});
  const auto received = built.Receive(1, {.from = 3, .to = 4}, sent);
  built.at(received).result = 50;
  built.history().extents.back().bytes = 50;

  EXPECT_EQ(Broken("message_content", built.history()), Names{"message-cut"});
}

TEST(MessageContent, BreaksOnAnotherClass) {
  MessageBuilder built(2);
  const auto sent = built.Send(0, {.from = 1, .to = 2, .klass = 7});
  const auto received = built.Receive(1, {.from = 3, .to = 4}, sent);
  built.at(received).argument = PackClass({.asked = 0, .told = 8});

  EXPECT_EQ(Broken("message_content", built.history()), Names{"class-changed"});
}

TEST(MessageOnce, KeepsWhatComesOnce) {
  MessageBuilder built(2);
  const auto sent = built.Send(0, {.from = 1, .to = 2});
  const auto shorter = built.Send(0, {.from = 3, .to = 4, .bytes = 5});
  built.Receive(1, {.from = 5, .to = 6}, sent);
  built.Receive(1, {.from = 7, .to = 8}, shorter);
  built.Receive(1, {.from = 9, .to = 10, .error = EAGAIN, .nonblocking = true});
  built.Drained();

  EXPECT_EQ(Broken("message_once", built.history()), Names{});
  EXPECT_EQ(VerdictOf(Clause::kLost, built.history()), "kept");
}

TEST(MessageOnce, BreaksOnWhatComesTwice) {
  MessageBuilder built(3);
  const auto sent = built.Send(0, {.from = 1, .to = 2});
  const auto first = built.Receive(1, {.from = 3, .to = 4}, sent);
  const auto second = built.Receive(2, {.from = 5, .to = 6}, sent);

  EXPECT_EQ(Broken("message_once", built.history()), Names{"duplicate"});
  EXPECT_EQ(JudgementOf(Clause::kDuplicate, built.history())->witness,
            (std::vector<std::uint32_t>{sent, first, second}));
}

TEST(MessageOnce, BreaksOnShortOnesThatComeMoreOftenThanTheyWereSent) {
  MessageBuilder built(2);
  const auto sent = built.Send(0, {.from = 1, .to = 2, .bytes = 3});
  built.Receive(1, {.from = 3, .to = 4}, sent);
  built.Receive(1, {.from = 5, .to = 6}, sent);

  EXPECT_EQ(Broken("message_once", built.history()), Names{"invented"});
}

TEST(MessageOnce, KeepsAMessageThatWasCutToAShorterOne) {
  MessageBuilder built(2);
  const auto sent = built.Send(0, {.from = 1, .to = 2});
  const auto taken = built.Receive(1, {.from = 3, .to = 4, .buffer_bytes = 0}, sent);
  built.at(taken).result = built.at(taken).extent_count = 0;
  EXPECT_EQ(Broken("message_once", built.history()), Names{"invented"}) << "of no bytes";

  built.history().calls[1].truncates = true;
  EXPECT_EQ(Broken("message_once", built.history()), Names{});
}

TEST(MessageOnce, JudgesNothingWhereAQueueMayBeAnotherOne) {
  MessageBuilder built(2);
  built.history().calls.push_back({.name = "remove", .effect = Effect::kRemoveObject});
  built.history().calls.push_back({.name = "open_create", .effect = Effect::kOpenBoth});
  built.Send(0, {.from = 1, .to = 2});
  built.at(built.Open(0, {.from = 5, .to = 6})).call = 5;
  built.Drained();
  EXPECT_EQ(Broken("message_once", built.history()), Names{"lost"});

  built.at(built.Close(0, {.from = 3, .to = 4})).call = 4;
  EXPECT_EQ(Broken("message_once", built.history()), Names{});
}

TEST(MessageOnce, BreaksOnWhatNobodySentOrNotYet) {
  MessageBuilder built(2);
  built.Got(built.Receive(1, {.from = 3, .to = 4}),
            {.position = 48, .bytes = kToldBytes, .writer = 0});
  EXPECT_EQ(Broken("message_once", built.history()), Names{"invented"});

  MessageBuilder early(2);
  const auto sent = early.Send(0, {.from = 5, .to = 6});
  early.Receive(1, {.from = 1, .to = 2}, sent);
  EXPECT_EQ(Broken("message_once", early.history()), Names{"invented"});
}

TEST(MessageOnce, BreaksOnWhatNeverCame) {
  for (const std::uint32_t bytes : {0U, 5U, kToldBytes}) {
    MessageBuilder built(2);
    built.Open(1, {.from = 1, .to = 2});
    built.Send(0, {.from = 3, .to = 4, .bytes = bytes});
    built.Receive(1, {.from = 5, .to = 6, .error = EAGAIN, .nonblocking = true});
    EXPECT_EQ(Broken("message_once", built.history()), Names{}) << "not drained";
    built.Drained();
    EXPECT_EQ(Broken("message_once", built.history()), Names{"lost"}) << bytes;
  }
}

TEST(MessageOnce, AKilledReceiverHasOneMessageAtMost) {
  MessageBuilder built(3);
  built.Open(1, {.from = 1, .to = 2});
  built.Send(0, {.from = 3, .to = 4});
  built.Receive(2, {.from = 5});
  built.Kill(2, 6, 7);
  built.Receive(1, {.from = 8, .to = 9, .error = EAGAIN, .nonblocking = true});
  built.Drained();
  EXPECT_EQ(Broken("message_once", built.history()), Names{});

  built.Send(0, {.from = 5, .to = 6});
  EXPECT_EQ(Broken("message_once", built.history()), Names{"lost"});
}

TEST(MessageOnce, BreaksOnWhatAnInterruptedCallDid) {
  MessageBuilder taken(2);
  taken.Open(1, {.from = 1, .to = 2});
  taken.Send(0, {.from = 3, .to = 4});
  taken.Receive(1, {.from = 5, .to = 6, .error = EINTR});
  taken.Receive(1, {.from = 7, .to = 8, .error = EAGAIN, .nonblocking = true});
  taken.Drained();
  EXPECT_EQ(Broken("message_once", taken.history()), Names{"interrupted-effect"});

  MessageBuilder sent(2);
  const auto failed = sent.Send(0, {.from = 1, .to = 2, .error = EINTR});
  sent.Receive(1, {.from = 3, .to = 4}, failed);
  EXPECT_EQ(Broken("message_once", sent.history()), Names{"interrupted-effect"});

  MessageBuilder twice(2);
  twice.Send(0, {.from = 1, .to = 2, .error = EINTR});
  const auto again = twice.Send(0, {.from = 3, .to = 4});
  twice.Receive(1, {.from = 5, .to = 6}, again);
  twice.Receive(1, {.from = 7, .to = 8}, again);
  EXPECT_EQ(Broken("message_once", twice.history()), Names{"interrupted-effect"});
}

TEST(MessageOnce, BreaksOnWhatAKilledSenderSentTwice) {
  MessageBuilder built(2);
  const auto sent = built.Send(0, {.from = 1});
  built.Kill(0, 2, 3);
  built.Receive(1, {.from = 4, .to = 5}, sent);
  EXPECT_EQ(Broken("message_once", built.history()), Names{});
  built.Receive(1, {.from = 6, .to = 7}, sent);
  EXPECT_EQ(Broken("message_once", built.history()), Names{"killed-effect"});
}

TEST(MessageOnce, KnowsWhatWasLostWhenNobodyWasThere) {
  const auto lost = [](bool killed) {
    MessageBuilder built(2);
    built.Open(0, {.from = 1, .to = 2});
    built.Send(0, {.from = 3, .to = 4});
    if (killed) {
      built.Kill(0, 5, 6);
    } else {
      built.Close(0, {.from = 5, .to = 6});
    }
    built.Open(1, {.from = 7, .to = 8});
    built.Receive(1, {.from = 9, .to = 10, .error = EAGAIN, .nonblocking = true});
    built.Drained();
    return Broken("message_once", built.history());
  };

  EXPECT_EQ(lost(true), (Names{"lost", "died-with-creator"}));
  EXPECT_EQ(lost(false), (Names{"lost", "gone-with-sender"}));
}

TEST(MessageFlow, BreaksWhenMoreAreInsideThanFit) {
  const auto broken = [](std::uint64_t capacity) {
    MessageBuilder built(2, capacity);
    const auto one = built.Send(0, {.from = 1, .to = 2});
    const auto two = built.Send(0, {.from = 3, .to = 4});
    built.Receive(1, {.from = 5, .to = 6}, one);
    built.Receive(1, {.from = 7, .to = 8}, two);
    return Broken("message_flow", built.history());
  };

  EXPECT_EQ(broken(2), Names{});
  EXPECT_EQ(broken(1), Names{"overfull"});
  EXPECT_EQ(broken(0), Names{}) << "unknown";
}

TEST(MessageFlow, BreaksWhenRefusedThoughThereWasRoom) {
  const auto broken = [](std::uint64_t capacity, bool nonblocking) {
    MessageBuilder built(2, capacity);
    const auto one = built.Send(0, {.from = 1, .to = 2});
    built.Send(0, {.from = 3, .to = 4, .error = EAGAIN, .nonblocking = nonblocking});
    built.Receive(1, {.from = 5, .to = 6}, one);
    return Broken("message_flow", built.history());
  };

  EXPECT_EQ(broken(1, true), Names{});
  EXPECT_EQ(broken(2, true), Names{"refused-with-room"});
  EXPECT_EQ(broken(1, false), Names{"refused-with-room"}) << "its description waits";
}

TEST(MessageFlow, KeepsARefusalWhileTheQueueMayHaveBeenFull) {
  MessageBuilder built(3, 1);
  const auto one = built.Send(0, {.from = 1, .to = 4});
  built.Send(1, {.from = 2, .to = 3, .error = EAGAIN, .nonblocking = true});
  built.Receive(2, {.from = 5, .to = 9}, one);
  built.Send(1, {.from = 7, .to = 8, .error = EAGAIN, .nonblocking = true});

  EXPECT_EQ(Broken("message_flow", built.history()), Names{});
}

constexpr std::uint64_t kSeenNs = 300'000'000;

TEST(MessageHang, BreaksWhenAReceiverSleepsThoughOneIsThere) {
  MessageBuilder built(2, 10);
  built.Receive(1, {.from = 1});
  built.Send(0, {.from = 3, .to = 4});
  built.SeenAsleep(1, 1000, kSeenNs);
  EXPECT_EQ(Broken("message_hang", built.history()), Names{"receiver-asleep"});

  MessageBuilder empty(2, 10);
  empty.Receive(1, {.from = 1});
  empty.SeenAsleep(1, 1000, kSeenNs);
  EXPECT_EQ(Broken("message_hang", empty.history()), Names{});
}

TEST(MessageHang, BreaksWhenASenderSleepsThoughThereIsRoom) {
  const auto broken = [](std::uint64_t capacity) {
    MessageBuilder built(2, capacity);
    built.Send(0, {.from = 1, .to = 2});
    built.Send(1, {.from = 3});
    built.SeenAsleep(1, 1000, kSeenNs);
    return Broken("message_hang", built.history());
  };

  EXPECT_EQ(broken(1), Names{});
  EXPECT_EQ(broken(2), Names{"sender-asleep"});
}

TEST(MessageHang, WithoutEvidenceSaysOnlyThatItDoubts) {
  MessageBuilder built(2, 10);
  built.Receive(1, {.from = 1});
  built.Send(0, {.from = 3, .to = 4});

  EXPECT_EQ(VerdictOf(Clause::kReceiverAsleep, built.history()), "inconclusive");
}

TEST(MessageNames, BreaksWhenAnUnrelatedProcessDoesNotFindTheQueue) {
  const auto verdict = [](std::uint64_t made_ns, Topology topology) {
    MessageBuilder built(2);
    built.history().calls.push_back({.name = "make", .effect = Effect::kMakeName});
    built.history().workers[1].topology = topology;
    built.history().operations.push_back(
        {.invoked_ns = made_ns, .returned_ns = made_ns + 1, .call = 4});
    built.Open(1, {.from = 10, .to = 11, .error = ENOENT});
    return VerdictOf(Clause::kUnreachableByName, built.history());
  };

  EXPECT_EQ(verdict(1, Topology::kUnrelated), "broken");
  EXPECT_EQ(verdict(10, Topology::kUnrelated), "none") << "not made yet";
  EXPECT_EQ(verdict(1, Topology::kRelated), "none");
}

}  // namespace
}  // namespace parley

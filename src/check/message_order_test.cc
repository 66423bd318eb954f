#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/message_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

Names Broken(MessageBuilder& built) { return Broken("message_order", built.history()); }

TEST(MessageOrder, KeepsWhatAQueueDoes) {
  MessageBuilder built(2);
  const auto low = built.Send(0, {.from = 1, .to = 2, .klass = 1});
  const auto high = built.Send(0, {.from = 3, .to = 4, .klass = 2});
  built.Receive(1, {.from = 5, .to = 6}, high);
  built.Receive(1, {.from = 7, .to = 8}, low);
  built.Receive(1, {.from = 9, .to = 10, .error = EAGAIN, .nonblocking = true});

  EXPECT_EQ(Broken(built), Names{});
  EXPECT_EQ(VerdictOf(Clause::kClassOrder, built.history()), "kept");
  EXPECT_EQ(VerdictOf(Clause::kUnavailable, built.history()), "kept");
}

TEST(MessageOrder, BreaksWhenALessUrgentOneIsFirst) {
  MessageBuilder built(2);
  const auto low = built.Send(0, {.from = 1, .to = 2, .klass = 1});
  const auto high = built.Send(0, {.from = 3, .to = 4, .klass = 200});
  const auto first = built.Receive(1, {.from = 5, .to = 6}, low);
  const auto second = built.Receive(1, {.from = 7, .to = 8}, high);

  EXPECT_EQ(Broken(built), Names{"class-order"});
  EXPECT_EQ(JudgementOf(Clause::kClassOrder, built.history())->witness,
            (std::vector<std::uint32_t>{low, high, first, second}));
}

TEST(MessageOrder, KeepsALessUrgentOneThatMayHaveLeftBefore) {
  MessageBuilder built(3);
  const auto low = built.Send(0, {.from = 1, .to = 2, .klass = 1});
  const auto high = built.Send(2, {.from = 3, .to = 6, .klass = 2});
  built.Receive(1, {.from = 4, .to = 5}, low);
  built.Receive(1, {.from = 7, .to = 8}, high);

  EXPECT_EQ(Broken(built), Names{});
}

// Neither of the two more urgent ones alone was there all the time.
TEST(MessageOrder, BreaksByTwoMoreUrgentOnesInTurn) {
  MessageBuilder built(4);
  const auto first = built.Send(0, {.from = 11, .to = 12, .klass = 2});
  const auto second = built.Send(0, {.from = 18, .to = 19, .klass = 2});
  const auto low = built.Send(3, {.from = 1, .to = 2, .klass = 1});
  built.Receive(1, {.from = 20, .to = 21}, first);
  built.Receive(1, {.from = 24, .to = 25}, second);
  built.Receive(2, {.from = 13, .to = 23}, low);

  EXPECT_EQ(Broken(built), Names{"class-order"});
}

TEST(MessageOrder, BreaksInsideAClass) {
  MessageBuilder built(3);
  const auto one = built.Send(0, {.from = 1, .to = 2});
  const auto two = built.Send(0, {.from = 3, .to = 4});
  built.Receive(1, {.from = 5, .to = 6}, two);
  built.Receive(1, {.from = 7, .to = 8}, one);
  EXPECT_EQ(Broken(built), Names{"program-order"});

  MessageBuilder others(3);
  const auto first = others.Send(0, {.from = 1, .to = 2});
  const auto later = others.Send(2, {.from = 3, .to = 4});
  others.Receive(1, {.from = 5, .to = 6}, later);
  others.Receive(1, {.from = 7, .to = 8}, first);
  EXPECT_EQ(Broken(others), Names{"real-time-order"});
}

// Priority and order of arrival together: the removals overlap, but one of them cannot have been
// late, and the other cannot have been early.
TEST(MessageOrder, BreaksByClassAndAgeTogether) {
  MessageBuilder built(5);
  const auto high = built.Send(0, {.from = 11, .to = 12, .klass = 9});
  const auto a = built.Send(1, {.from = 6, .to = 7});
  const auto b = built.Send(1, {.from = 8, .to = 9});
  built.Receive(2, {.from = 20, .to = 21}, high);
  built.Receive(3, {.from = 13, .to = 30}, a);
  built.Receive(4, {.from = 10, .to = 19}, b);

  EXPECT_EQ(Broken(built), Names{"program-order"});
}

TEST(MessageOrder, BreaksWhenAReceiverFindsNothingThoughOneIsThere) {
  MessageBuilder built(2);
  const auto sent = built.Send(0, {.from = 1, .to = 2});
  const auto empty = built.Receive(1, {.from = 3, .to = 4, .error = EAGAIN, .nonblocking = true});
  const auto received = built.Receive(1, {.from = 5, .to = 6}, sent);

  EXPECT_EQ(Broken(built), Names{"unavailable"});
  EXPECT_EQ(JudgementOf(Clause::kUnavailable, built.history())->witness,
            (std::vector<std::uint32_t>{sent, empty, received}));
}

TEST(MessageOrder, BreaksWhenAReceiverDoesNotWaitThoughItsDescriptionIsTo) {
  MessageBuilder built(2);
  built.Receive(1, {.from = 1, .to = 2, .error = EAGAIN, .nonblocking = false});

  EXPECT_EQ(Broken(built), Names{"unavailable"});
}

TEST(MessageOrder, AKilledReceiverMayHaveTakenTheOlderOne) {
  MessageBuilder built(3);
  built.Send(0, {.from = 1, .to = 2});
  const auto two = built.Send(0, {.from = 3, .to = 4});
  built.Receive(2, {.from = 5});
  built.Kill(2, 6, 7);
  built.Receive(1, {.from = 8, .to = 9}, two);
  EXPECT_EQ(Broken(built), Names{});

  // Not when it came too late.
  MessageBuilder late(3);
  late.Send(0, {.from = 1, .to = 2});
  const auto later = late.Send(0, {.from = 3, .to = 4});
  late.Receive(1, {.from = 5, .to = 6}, later);
  late.Receive(2, {.from = 7});
  late.Kill(2, 8, 9);
  EXPECT_EQ(Broken(late), Names{"program-order"});
}

TEST(MessageOrder, SlackMakesOrderWeaker) {
  MessageBuilder built(2);
  const auto low = built.Send(0, {.from = 1, .to = 2, .klass = 1});
  const auto high = built.Send(0, {.from = 3, .to = 4, .klass = 2});
  built.Receive(1, {.from = 5, .to = 6}, low);
  built.Receive(1, {.from = 7, .to = 8}, high);
  built.history().header.clock_slack_ns = 3;

  EXPECT_EQ(Broken(built), Names{});
}

TEST(MessageOrder, LeavesWhatWasLostToOthers) {
  MessageBuilder built(2);
  built.Send(0, {.from = 1, .to = 2});
  const auto two = built.Send(0, {.from = 3, .to = 4});
  built.Receive(1, {.from = 5, .to = 6}, two);
  EXPECT_EQ(Broken(built), Names{"program-order"});
  built.Drained();
  EXPECT_EQ(Broken(built), Names{});
}

}  // namespace
}  // namespace parley

// Order, buffers and copies where receives select by class.
#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/message_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

// Calls one after the other, the sender's and the receiver's.
class Calls {
 public:
  Calls() : built_(3) { built_.history().calls[1].select = Selector::kAny; }

  std::uint32_t Send(std::uint32_t klass, std::uint32_t bytes = kToldBytes) {
    return built_.Send(0, {.from = now_ + 1, .to = now_ += 2, .klass = klass, .bytes = bytes});
  }
  Calls& Receive(Selector select, std::uint32_t asked, std::uint32_t send,
                 std::uint16_t worker = 1) {
    built_.Receive(worker, At(select, asked, 0), send);
    return *this;
  }
  Calls& None(Selector select, std::uint32_t asked, int error = ENOMSG) {
    built_.Receive(1, At(select, asked, error));
    return *this;
  }

  Names Broken(std::string_view checker = "message_order") {
    return parley::Broken(checker, built_.history());
  }
  MessageBuilder& built() { return built_; }

 private:
  MessageBuilder::Spec At(Selector select, std::uint32_t asked, int error) {
    return {.from = now_ + 1,
            .to = now_ += 2,
            .error = error,
            .nonblocking = true,
            .select = select,
            .asked = asked};
  }

  MessageBuilder built_;
  std::uint64_t now_ = 0;
};

TEST(MessageSelection, KeepsWhatAQueueDoes) {
  Calls calls;
  const auto five = calls.Send(5);
  const auto three = calls.Send(3);
  const auto two = calls.Send(2);
  calls.Receive(Selector::kLowest, 4, two).Receive(Selector::kExcept, 5, three);
  calls.None(Selector::kEqual, 3).Receive(Selector::kEqual, 5, five).None(Selector::kAny, 0);

  EXPECT_EQ(calls.Broken(), Names{});
}

TEST(MessageSelection, BreaksWhenAnyIsNotTheOldest) {
  Calls calls;
  const auto first = calls.Send(5);
  const auto second = calls.Send(3);
  calls.Receive(Selector::kAny, 0, second).Receive(Selector::kAny, 0, first);

  EXPECT_EQ(calls.Broken(), Names{"program-order"});
}

TEST(MessageSelection, BreaksWhenOneOfAClassIsOfAnother) {
  Calls calls;
  calls.Send(3);
  const auto other = calls.Send(5);
  calls.Receive(Selector::kEqual, 3, other).None(Selector::kEqual, 5);

  EXPECT_EQ(calls.Broken(), Names{"order-within-class"});
}

TEST(MessageSelection, BreaksWhenOneOfAClassIsNotTheOldestOfIt) {
  Calls calls;
  const auto first = calls.Send(3);
  calls.Send(5);
  const auto second = calls.Send(3);
  calls.Receive(Selector::kEqual, 3, second).Receive(Selector::kEqual, 3, first);
  calls.None(Selector::kEqual, 6);

  EXPECT_EQ(calls.Broken(), Names{"order-within-class"});
}

TEST(MessageSelection, BlamesWhatReachesTheOnlyOneWhoAsksForAClass) {
  Calls calls;
  const auto first = calls.Send(3);
  const auto second = calls.Send(3);
  calls.Receive(Selector::kEqual, 3, second).Receive(Selector::kEqual, 3, first);

  EXPECT_EQ(calls.Broken(), Names{"wrong-addressee"});
}

TEST(MessageSelection, BreaksWhenALowerClassWasThere) {
  Calls calls;
  calls.Send(2);
  const auto three = calls.Send(3);
  calls.Receive(Selector::kLowest, 4, three);

  EXPECT_EQ(calls.Broken(), Names{"class-order"});
}

TEST(MessageSelection, BreaksWhenOneOfOtherClassesIsNotTheOldest) {
  Calls calls;
  calls.Send(2);
  const auto three = calls.Send(3);
  calls.Receive(Selector::kExcept, 4, three);

  EXPECT_EQ(calls.Broken(), Names{"order-of-others"});
}

TEST(MessageSelection, BreaksWhenNoneIsSaidToBeThere) {
  Calls calls;
  const auto three = calls.Send(3);
  calls.None(Selector::kLowest, 3).Receive(Selector::kAny, 0, three);

  EXPECT_EQ(calls.Broken(), Names{"unavailable"});
}

// algorithms: y(1) is certainly there while x(2) is taken, when the lowest is asked for.
TEST(MessageSelection, AsksForWhatWasThereAllTheTime) {
  const auto broken = [](Selector select) {
    MessageBuilder built(3);
    built.history().calls[1].select = Selector::kAny;
    const auto y = built.Send(0, {.from = 1, .to = 2, .klass = 1});
    const auto x = built.Send(0, {.from = 3, .to = 4, .klass = 2});
    built.Receive(1, {.from = 5, .to = 6, .select = select, .asked = 2}, x);
    built.Receive(2, {.from = 8, .to = 9}, y);
    return Broken("message_order", built.history());
  };

  EXPECT_EQ(broken(Selector::kLowest), Names{"class-order"});
  EXPECT_EQ(broken(Selector::kEqual), Names{});
}

TEST(MessageBuffers, BreaksWhenWhatDoesNotFitIsGiven) {
  Calls calls;
  const auto sent = calls.Send(1, 100);
  calls.Receive(Selector::kAny, 0, sent);
  calls.built().at(1).requested = 50;

  EXPECT_EQ(calls.Broken("message_buffers"), Names{"truncated-wrongly"});
  calls.built().history().calls[1].truncates = true;
  EXPECT_EQ(calls.Broken("message_buffers"), Names{});
  EXPECT_EQ(calls.Broken("message_content"), Names{"message-cut"}) << "100 of 50 came";
}

TEST(MessageBuffers, BreaksWhenNothingIsTooLong) {
  const auto broken = [](std::uint32_t bytes, std::uint32_t asked) {
    Calls calls;
    calls.Send(1, 100);
    calls.None(Selector::kEqual, asked, E2BIG);
    calls.built().at(1).requested = bytes;
    return calls.Broken("message_buffers");
  };

  EXPECT_EQ(broken(50, 1), Names{});
  EXPECT_EQ(broken(100, 1), Names{"truncated-wrongly"});
  EXPECT_EQ(broken(50, 2), Names{"truncated-wrongly"});
}

TEST(MessageCopies, JudgesCopies) {
  const auto broken = [](auto change) {
    Calls calls;
    auto& built = calls.built();
    built.history().calls.push_back({.name = "copy", .effect = Effect::kPeek});
    const auto sent = calls.Send(7);
    calls.Receive(Selector::kAny, 0, sent).Receive(Selector::kAny, 0, sent);
    built.at(1).call = static_cast<std::uint8_t>(built.history().calls.size() - 1);
    change(built);
    return calls.Broken("message_copies");
  };

  EXPECT_EQ(broken([](auto&) {}), Names{});
  EXPECT_EQ(broken([](auto& built) { built.at(1).nonblocking = false; }), Names{"wrong-copy"});
  EXPECT_EQ(broken([](auto& built) { built.at(1).argument = PackClass({.told = 8}); }),
            Names{"wrong-copy"});
  EXPECT_EQ(broken([](auto& built) { built.history().extents[0].position = 4; }),
            Names{"wrong-copy"});
  EXPECT_EQ(broken([](auto& built) { std::swap(built.at(1).call, built.at(2).call); }),
            Names{"wrong-copy"})
      << "when it had been taken";
}

}  // namespace
}  // namespace parley

#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/message_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

// A queue for messages of 64 bytes and classes up to 100, on which calls may have deadlines.
class Queue {
 public:
  Queue() : built_(1, 10) {
    built_.history().header.message_bytes = 64;
    built_.history().header.class_max = 100;
  }

  Queue& Until(Deadline deadline) {
    for (Call& call : built_.history().calls) call.deadline = deadline;
    return *this;
  }
  Names Sending(std::uint32_t bytes, std::uint32_t klass, int error) {
    built_.Send(0, {.from = 1, .to = 2, .klass = klass, .bytes = bytes, .error = error});
    return Broken("message_codes", built_.history());
  }
  // The worker opens it, and gives the handle up.
  Queue& OpenedAndClosed() {
    built_.Open(0, {.from = 1, .to = 1});
    built_.Close(0, {.from = 1, .to = 1});
    return *this;
  }
  Names Receiving(std::uint32_t bytes, int error) {
    built_.at(built_.Receive(0, {.from = 1, .to = 2, .error = error})).requested = bytes;
    return Broken("message_codes", built_.history());
  }

 private:
  MessageBuilder built_;
};

TEST(MessageCodes, KeepsWhatTheStandardSays) {
  EXPECT_EQ(Queue().Sending(64, 100, 0), Names{});
  EXPECT_EQ(Queue().Sending(65, 0, EMSGSIZE), Names{});
  EXPECT_EQ(Queue().Sending(64, 101, EINVAL), Names{});
  EXPECT_EQ(Queue().Sending(65, 101, EINVAL), Names{}) << "either error will do";
  EXPECT_EQ(Queue().Sending(65, 101, EMSGSIZE), Names{});
  EXPECT_EQ(Queue().Receiving(64, 0), Names{});
  EXPECT_EQ(Queue().Receiving(63, EMSGSIZE), Names{});
  EXPECT_EQ(Queue().Until(Deadline::kPast).Receiving(64, ETIMEDOUT), Names{});
  EXPECT_EQ(Queue().Until(Deadline::kNear).Receiving(64, ETIMEDOUT), Names{});
  EXPECT_EQ(Queue().Until(Deadline::kInvalid).Sending(64, 0, EINVAL), Names{});
  EXPECT_EQ(Queue().Until(Deadline::kInvalid).Sending(64, 0, 0), Names{}) << "it need not wait";
}

TEST(MessageCodes, BreaksOnSizes) {
  EXPECT_EQ(Queue().Sending(65, 0, 0), Names{"size-unchecked"});
  EXPECT_EQ(Queue().Sending(64, 0, EMSGSIZE), Names{"size-unchecked"});
  EXPECT_EQ(Queue().Receiving(63, 0), Names{"size-unchecked"});
  EXPECT_EQ(Queue().Receiving(64, EMSGSIZE), Names{"size-unchecked"});
}

TEST(MessageCodes, BreaksOnClasses) {
  EXPECT_EQ(Queue().Sending(64, 101, 0), Names{"class-unchecked"});
  EXPECT_EQ(Queue().Sending(64, 100, EINVAL), Names{"class-unchecked"});
}

TEST(MessageCodes, KeepsARefusalWhereTheHandleLeadsNowhere) {
  EXPECT_EQ(Queue().OpenedAndClosed().Sending(64, 100, EINVAL), Names{});
  EXPECT_EQ(Queue().OpenedAndClosed().Sending(64, 101, 0), Names{"class-unchecked"});
}

TEST(MessageCodes, BreaksWhenACallGivesUpBeforeItsTime) {
  EXPECT_EQ(Queue().Receiving(64, ETIMEDOUT), Names{"deadline-wrong"});
  EXPECT_EQ(Queue().Until(Deadline::kFar).Sending(64, 0, ETIMEDOUT), Names{"deadline-wrong"});
}

}  // namespace
}  // namespace parley

#include "src/model/message_queue.h"

#include <gtest/gtest.h>

#include <vector>

namespace parley::model {
namespace {

MessageQueue Of(const std::vector<std::uint32_t>& classes) {
  MessageQueue queue(0, 0);
  for (std::uint32_t id = 0; id < classes.size(); ++id) {
    queue.Put({.id = id, .klass = classes[id], .bytes = 1});
  }
  return queue;
}

TEST(MessageQueue, GivesTheOldestThatIsAskedFor) {
  const MessageQueue queue = Of({5, 3, 2, 3, 2});

  EXPECT_EQ(queue.First({.select = Selector::kAny}), 0U);
  EXPECT_EQ(queue.First({.select = Selector::kEqual, .klass = 3}), 1U);
  EXPECT_EQ(queue.First({.select = Selector::kLowest, .klass = 4}), 2U);
  EXPECT_EQ(queue.First({.select = Selector::kExcept, .klass = 5}), 1U);
  EXPECT_EQ(queue.First({.select = Selector::kHighest}), 0U);
}

TEST(MessageQueue, GivesNothingWhereNothingIsAskedFor) {
  const MessageQueue queue = Of({5, 3});

  EXPECT_EQ(queue.First({.select = Selector::kEqual, .klass = 4}), MessageQueue::kNone);
  EXPECT_EQ(queue.First({.select = Selector::kLowest, .klass = 2}), MessageQueue::kNone);
  EXPECT_EQ(Of({5}).First({.select = Selector::kExcept, .klass = 5}), MessageQueue::kNone);
  EXPECT_EQ(Of({}).First({.select = Selector::kAny}), MessageQueue::kNone);
}

TEST(MessageQueue, IsFullOfBytesOrOfMessages) {
  MessageQueue queue(2, 2);

  EXPECT_FALSE(queue.HasRoom(3));
  queue.Put({.id = 0, .klass = 1, .bytes = 0});
  EXPECT_TRUE(queue.HasRoom(2));
  queue.Put({.id = 1, .klass = 1, .bytes = 0});
  EXPECT_FALSE(queue.HasRoom(0));
  queue.Resize(3);
  EXPECT_TRUE(queue.HasRoom(3));
  queue.Remove(0);
  EXPECT_EQ(queue.messages().front().id, 1U);
}

}  // namespace
}  // namespace parley::model

#include "src/model/message_queue.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <vector>

#include "src/model/queue_system.h"

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

// A queue and its calls, one after the other; 0: the worker's handle that is no handle.
class System {
 public:
  explicit System(bool typed) : history_(Header(typed)), system_(history_) {}

  // What the call has to return: its result, or the negated error; kWaits.
  static constexpr std::int64_t kWaits = 1000000;
  std::int64_t Do(std::uint8_t call, std::uint32_t bytes = 0, std::uint64_t argument = 0,
                  bool nonblocking = true) {
    Operation op{.argument = argument,
                 .requested = bytes,
                 .handle = handle_,
                 .call = call,
                 .nonblocking = nonblocking};
    const auto answer = system_.Expect(op);
    if (answer.waits) return kWaits;
    op.result = answer.result;
    op.system_error = static_cast<std::uint16_t>(answer.system_error);
    if (Opens(history_.effect(op)) && op.system_error == 0) op.handle = ++handle_;
    history_.operations.push_back(op);
    system_.Apply(static_cast<std::uint32_t>(history_.operations.size() - 1), op, answer);
    given_ = answer.klass;
    return op.system_error != 0 ? -op.system_error : op.result;
  }
  std::uint32_t given_class() const { return given_; }

  enum Calls : std::uint8_t { kOpen, kSend, kTake, kTakeLowest, kRemove, kMake, kUnread, kResize };

 private:
  static History Header(bool typed) {
    History history;
    history.header.family = Family::kMessages;
    history.header.message_bytes = 100;
    history.header.class_min = typed ? 1 : 0;
    history.header.class_max = 50;
    history.header.capacity_messages = typed ? 64 : 2;
    history.header.capacity_bytes = typed ? 64 : 0;
    history.header.default_capacity_bytes = typed ? 500 : 0;
    history.calls = {
        {.name = "open", .effect = Effect::kOpenBoth},
        {.name = "send", .effect = Effect::kPut},
        {.name = "receive",
         .effect = Effect::kTake,
         .select = typed ? Selector::kAny : Selector::kHighest},
        {.name = "receive_lowest", .effect = Effect::kTake, .select = Selector::kLowest},
        {.name = "remove", .effect = typed ? Effect::kRemoveObject : Effect::kRemoveName},
        {.name = "make", .effect = Effect::kMakeName},
        {.name = "unread", .effect = Effect::kQueryUnread},
        {.name = "resize", .effect = Effect::kResize}};
    return history;
  }

  History history_;
  QueueSystem system_;
  std::uint16_t handle_ = 0;
  std::uint32_t given_ = 0;
};

TEST(QueueSystem, GivesTheHighestPriorityAndRefusesWhatDoesNotFit) {
  System queue(false);
  EXPECT_EQ(queue.Do(System::kSend, 1), -EBADF) << "no handle";
  EXPECT_EQ(queue.Do(System::kOpen), 0);
  EXPECT_EQ(queue.Do(System::kSend, 10, 3), 0);
  EXPECT_EQ(queue.Do(System::kSend, 101, 3), -EMSGSIZE);
  EXPECT_EQ(queue.Do(System::kSend, 10, 51), -EINVAL);
  EXPECT_EQ(queue.Do(System::kSend, 20, 7), 0);
  EXPECT_EQ(queue.Do(System::kSend, 1, 1), -EAGAIN) << "for two messages";
  EXPECT_EQ(queue.Do(System::kTake, 99), -EMSGSIZE);
  EXPECT_EQ(queue.Do(System::kTake, 100), 20);
  EXPECT_EQ(queue.given_class(), 7U);
  EXPECT_EQ(queue.Do(System::kTake, 100), 10);
  EXPECT_EQ(queue.Do(System::kTake, 100), -EAGAIN);
}

TEST(QueueSystem, KeepsAnUnlinkedQueueForThoseWhoHaveItOpen) {
  System queue(false);
  EXPECT_EQ(queue.Do(System::kOpen), 0);
  EXPECT_EQ(queue.Do(System::kSend, 10), 0);
  EXPECT_EQ(queue.Do(System::kMake), -EEXIST);
  EXPECT_EQ(queue.Do(System::kRemove), 0);
  EXPECT_EQ(queue.Do(System::kMake), 0);
  EXPECT_EQ(queue.Do(System::kUnread), 1);
  EXPECT_EQ(queue.Do(System::kOpen), 0);
  EXPECT_EQ(queue.Do(System::kUnread), 0) << "another one";
}

TEST(QueueSystem, FollowsTypesLimitsAndRemovals) {
  System queue(true);
  EXPECT_EQ(queue.Do(System::kOpen, 0, 0, false), 0);
  EXPECT_EQ(queue.Do(System::kSend, 40, 0), -EINVAL);
  EXPECT_EQ(queue.Do(System::kSend, 40, 9), 0);
  EXPECT_EQ(queue.Do(System::kSend, 40, 9), -EAGAIN) << "for 64 bytes";
  EXPECT_EQ(queue.Do(System::kSend, 40, 9, false), System::kWaits);
  EXPECT_EQ(queue.Do(System::kResize, 0, 100), 100);
  EXPECT_EQ(queue.Do(System::kSend, 41, 2), 0);
  EXPECT_EQ(queue.Do(System::kTakeLowest, 40, 5), -E2BIG);
  EXPECT_EQ(queue.Do(System::kTakeLowest, 41, 5), 41);
  EXPECT_EQ(queue.Do(System::kTakeLowest, 41, 5), -ENOMSG);
  EXPECT_EQ(queue.Do(System::kResize, 0, 0), 0);
  EXPECT_EQ(queue.Do(System::kSend, 0, 2), -EAGAIN) << "nothing fits any more";
  EXPECT_EQ(queue.Do(System::kRemove), 0);
  EXPECT_EQ(queue.Do(System::kTake, 100), -EINVAL);
  EXPECT_EQ(queue.Do(System::kOpen), -ENOENT);
}

}  // namespace
}  // namespace parley::model

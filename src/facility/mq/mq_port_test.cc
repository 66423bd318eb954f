#include "src/facility/mq/mq_port.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <mqueue.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "src/facility/testing.h"
#include "src/history/file_calls.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

// A queue of three places, and a port on it.
class MqTest : public testing::Test {
 protected:
  static constexpr std::uint32_t kMessageBytes = 64;

  void SetUp() override {
    directory_ = testing::TempDir() + "/mq-test." + std::to_string(::getpid());
    std::filesystem::create_directory(directory_);
    auto made = facility_.Make({.capacity_messages = 3, .message_bytes = kMessageBytes}, directory_,
                               "queue");
    if (!made) GTEST_SKIP() << "no queues here: " << made.error().message;
    object_ = std::move(*made);
    port_ = facility_.Attach(object_->access().name);
  }
  void TearDown() override {
    port_.reset();
    object_.reset();
    EXPECT_TRUE(std::filesystem::is_empty(directory_));
    std::filesystem::remove(directory_);
  }

  Caller call() { return {facility_, *port_}; }

  const Facility& facility_ = *FindFacility("mq");
  std::string directory_;
  std::unique_ptr<Object> object_;
  std::unique_ptr<Port> port_;
};

TEST_F(MqTest, CarriesMessagesByPriority) {
  EXPECT_EQ(call().Do("open_both").system_error, 0);
  EXPECT_EQ(call().Put("send", {"low"}, {.argument = 1}).result, 0);
  EXPECT_EQ(call().Put("send", {"high"}, {.argument = 32767}).result, 0);
  EXPECT_EQ(call().Put("send", {""}, {.argument = 2}).result, 0);
  EXPECT_EQ(call().Do("unread").result, 3);

  std::string received;
  const Reply first = call().Take("receive", {kMessageBytes}, &received);
  EXPECT_EQ(received, "high");
  EXPECT_EQ(first.told_class, 32767U);
  EXPECT_EQ(call().Take("receive", {kMessageBytes}).result, 0);
  EXPECT_EQ(call().Take("receive", {kMessageBytes}, &received).told_class, 1U);
  EXPECT_EQ(received, "low");
}

TEST_F(MqTest, TellsItsCapacity) {
  EXPECT_EQ(object_->capacity_messages(), 3U);
  EXPECT_EQ(call().Do("open_read").system_error, 0);
  EXPECT_EQ(call().Do("capacity").result, 3);
}

TEST_F(MqTest, DoesNotWaitWhereToldSo) {
  const Reply open = call().Do("open_both_nonblock");
  EXPECT_TRUE(open.nonblocking);
  const Reply empty = call().Take("receive", {kMessageBytes});
  EXPECT_EQ(empty.system_error, EAGAIN);
  EXPECT_TRUE(empty.nonblocking);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(call().Put("send", {"x"}).system_error, 0);
  EXPECT_EQ(call().Put("send", {"x"}).system_error, EAGAIN);
  EXPECT_FALSE(call().Do("set_nonblock", {.argument = 0}).nonblocking);
}

TEST_F(MqTest, GivesRefusalsAsTheyAre) {
  EXPECT_EQ(call().Put("send", {"x"}).system_error, EBADF) << "no handle";
  EXPECT_EQ(call().Do("open_read").system_error, 0);
  EXPECT_EQ(call().Put("send", {"x"}, {.handle = 1}).system_error, EBADF) << "for receiving only";
  EXPECT_EQ(call().Take("receive", {kMessageBytes - 1}).system_error, EMSGSIZE);
  EXPECT_EQ(call().Do("make").system_error, EEXIST);
  EXPECT_EQ(call().Do("unlink").system_error, 0);
  EXPECT_EQ(call().Do("unlink").system_error, ENOENT);
  EXPECT_EQ(call().Do("exists").system_error, ENOENT);
  EXPECT_EQ(call().Do("close").system_error, 0);
  EXPECT_EQ(call().Do("close").system_error, EBADF);
}

TEST_F(MqTest, UsesTheNewestHandleOfTheEndThatFits) {
  EXPECT_EQ(call().Do("open_write").handle, 1);
  EXPECT_EQ(call().Do("open_read").handle, 2);
  EXPECT_EQ(port_->Resolve(call().Ask("send")), 1);
  EXPECT_EQ(port_->Resolve(call().Ask("receive")), 2);
  EXPECT_EQ(port_->Resolve(call().Ask("close")), 2);
  EXPECT_EQ(port_->Resolve(call().Ask("unlink")), 0);
}

TEST_F(MqTest, HandsNothingOnOverExec) {
  const auto before = DescriptorsKeptOverExec();
  EXPECT_EQ(call().Do("open_both").system_error, 0);

  EXPECT_EQ(DescriptorsKeptOverExec(), before);
}

TEST_F(MqTest, SweepsWhatADeadMakerLeft) {
  const std::string name = object_->access().name;
  std::ofstream(directory_ + "/left.mq") << name;
  facility_.Sweep(directory_);

  EXPECT_LT(::mq_open(name.c_str(), O_RDONLY), 0);
  EXPECT_EQ(errno, ENOENT);
  std::filesystem::remove(directory_ + "/left.mq");
}

TEST_F(MqTest, NotifiesOnceOfAnArrivalAtTheEmptyQueue) {
  call().Do("open_both_nonblock");
  EXPECT_EQ(call().Do("notice").result, kNoNotice);
  EXPECT_EQ(call().Do("notify", {.argument = 5}).system_error, 0);
  EXPECT_EQ(call().Do("notify", {.argument = 6}).system_error, EBUSY);
  call().Put("send", {"first"});
  call().Put("send", {"second"});
  EXPECT_EQ(call().Do("notice").result, 5);
  EXPECT_EQ(call().Do("notice").result, kNoNotice);

  EXPECT_EQ(call().Do("notify", {.argument = 6}).system_error, 0);
  EXPECT_EQ(call().Do("notify", {.argument = kWithdraws}).system_error, 0);
  EXPECT_EQ(call().Do("notify", {.handle = 9, .argument = 6}).system_error, EBADF);
}

TEST_F(MqTest, LeavesNoNoticeToTheNextQueueOfTheProcess) {
  call().Do("open_both_nonblock");
  call().Do("notify", {.argument = 5});
  call().Put("send", {"message"});
  port_->CloseAll();

  EXPECT_EQ(call().Do("notice").result, kNoNotice);
}

TEST_F(MqTest, MakesQueuesBesideIt) {
  const CreateFile name{.mode = 0640, .umask = 027};
  const auto made = CreatedFile::Of(call().Do("create", {.argument = name.Argument()}).result);
  EXPECT_EQ(made.st_mode & 0777, 0640);
  EXPECT_TRUE(made.owned_by_user);
  EXPECT_EQ(call().Do("create", {.argument = name.Argument()}).system_error, EEXIST);
  const auto error_of = [&](QueueName kind) {
    const CreateFile none{.mode = 0600, .place = static_cast<Place>(kind)};
    return call().Do("create", {.argument = none.Argument()}).system_error;
  };
  EXPECT_EQ(error_of(QueueName::kNoSlash), EINVAL);
  EXPECT_EQ(error_of(QueueName::kInnerSlash), EACCES);
  EXPECT_EQ(error_of(QueueName::kTooLong), ENAMETOOLONG);

  EXPECT_EQ(call().Do("open_as", {.argument = OpenFileAs{}.Argument()}).result, 0);
  EXPECT_EQ(call().Do("use_open", {.argument = 0}).system_error, EAGAIN);
  EXPECT_EQ(call().Do("use_open", {.argument = kFileSlots}).system_error, EBADF);
  EXPECT_EQ(call().Do("remove").result, 0);
  EXPECT_EQ(call().Do("remove").system_error, ENOENT);
}

TEST_F(MqTest, TellsWhatLimitsAQueueMayHave) {
  const auto answer = [&](Limit messages, Limit bytes) {
    constexpr std::uint64_t kRenounces = 1U << 6U;
    const auto argument =
        static_cast<std::uint64_t>(messages) | static_cast<std::uint64_t>(bytes) << 3U | kRenounces;
    return LimitAnswer::Of(call().Do("make_limited", {.argument = argument}).result);
  };

  EXPECT_EQ(answer(Limit::kOne, Limit::kOne).system_error, 0);
  EXPECT_EQ(answer(Limit::kZero, Limit::kOne).system_error, EINVAL);
  EXPECT_EQ(answer(Limit::kOne, Limit::kAbove).system_error, EINVAL);
  EXPECT_FALSE(answer(Limit::kOne, Limit::kAbove).privileged);
}

TEST_F(MqTest, LeavesNoQueueBesideIt) {
  call().Do("create", {.argument = CreateFile{.mode = 0600}.Argument()});
  const std::string beside = object_->access().name + ".0";
  const mqd_t queue = ::mq_open(beside.c_str(), O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(::mq_close(queue), 0);
  object_.reset();

  EXPECT_EQ(::mq_open(beside.c_str(), O_RDONLY | O_CLOEXEC), -1);
}

}  // namespace
}  // namespace parley

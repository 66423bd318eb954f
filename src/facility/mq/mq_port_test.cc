#include "src/facility/mq/mq_port.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <mqueue.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "src/facility/testing.h"

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

}  // namespace
}  // namespace parley

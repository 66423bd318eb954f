#include "src/facility/sysv-msg/msg_port.h"

#include <gtest/gtest.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "src/facility/sysv-msg/msg_object.h"
#include "src/facility/testing.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

// A queue for 64 bytes, and a port on it.
class SysvMsgTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "/sysv-msg-test." + std::to_string(::getpid());
    std::filesystem::create_directory(directory_);
    auto made = facility_.Make({.capacity_bytes = 64}, directory_, "queue");
    if (!made) GTEST_SKIP() << "no queues here: " << made.error().message;
    object_ = std::move(*made);
    port_ = facility_.Attach(object_->access().name);
    ASSERT_EQ(call().Do("open_both").system_error, 0);
  }
  void TearDown() override {
    port_.reset();
    object_.reset();
    EXPECT_TRUE(std::filesystem::is_empty(directory_));
    std::filesystem::remove(directory_);
  }

  Caller call() { return {facility_, *port_}; }
  int Send(std::uint64_t type, const std::string& bytes) {
    return call().Put("send_nowait", {bytes}, {.argument = type}).system_error;
  }
  // What is received by the call; the class that was told before it.
  std::string Receive(std::string_view name, std::uint64_t argument = 0, std::size_t bytes = 64) {
    std::string received;
    const Reply reply = call().Take(name, {bytes}, &received, {.argument = argument});
    if (reply.system_error != 0) return std::strerror(reply.system_error);
    return std::to_string(reply.told_class) + received;
  }

  const Facility& facility_ = *FindFacility("sysv-msg");
  std::string directory_;
  std::unique_ptr<Object> object_;
  std::unique_ptr<Port> port_;
};

TEST_F(SysvMsgTest, SelectsMessagesByTheirType) {
  for (const std::uint64_t type : {5, 3, 2, 3}) ASSERT_EQ(Send(type, "x"), 0);

  EXPECT_EQ(Receive("receive_lowest", 4), "2x");
  EXPECT_EQ(Receive("receive_type", 3), "3x");
  EXPECT_EQ(Receive("receive_except", 5), "3x");
  EXPECT_EQ(Receive("receive"), "5x");
  EXPECT_EQ(Receive("receive_nowait"), std::strerror(ENOMSG));
}

TEST_F(SysvMsgTest, CarriesTheLargestType) {
  ASSERT_EQ(Send(kClassMax, "x"), 0);

  EXPECT_EQ(Receive("receive_lowest_nowait", kClassMax), std::to_string(kClassMax) + "x");
}

TEST_F(SysvMsgTest, CutsOnlyWhereToldSo) {
  ASSERT_EQ(Send(1, "long"), 0);

  EXPECT_EQ(Receive("receive_nowait", 0, 2), std::strerror(E2BIG));
  EXPECT_EQ(Receive("receive_cut", 0, 2), "1lo");
}

TEST_F(SysvMsgTest, CopiesInPlace) {
  ASSERT_EQ(Send(1, "a"), 0);
  ASSERT_EQ(Send(2, "b"), 0);
  if (Receive("copy", 1) == std::strerror(ENOSYS)) GTEST_SKIP() << "no MSG_COPY here";

  EXPECT_EQ(Receive("copy", 1), "2b");
  EXPECT_EQ(Receive("copy", 2), std::strerror(ENOMSG));
  EXPECT_EQ(Receive("copy_waiting", 0), std::strerror(EINVAL));
  EXPECT_EQ(call().Do("unread").result, 2);
}

TEST_F(SysvMsgTest, TellsHowMuchFitsAndIsThere) {
  EXPECT_EQ(object_->capacity_bytes(), 64U);
  EXPECT_EQ(call().Do("capacity").result, 64);
  ASSERT_EQ(Send(1, std::string(60, 'x')), 0);
  EXPECT_EQ(Send(1, "12345"), EAGAIN);
  EXPECT_EQ(call().Do("unread", {.argument = 1}).result, 60);
  EXPECT_EQ(call().Do("unread", {.argument = 2}).result, kLastSender);

  EXPECT_EQ(call().Do("set_capacity", {.argument = 100}).result, 100);
  EXPECT_EQ(Send(1, "12345"), 0);
}

TEST_F(SysvMsgTest, GivesRefusalsAsTheyAre) {
  EXPECT_EQ(Send(0, "x"), EINVAL);
  EXPECT_EQ(Send(1, std::string(MsgMaxBytes() + 1, 'x')), EINVAL);
  EXPECT_EQ(call().Do("make").system_error, EEXIST);
  EXPECT_EQ(call().Do("exists").result, 0);
  EXPECT_EQ(call().Do("remove").system_error, 0);
  EXPECT_EQ(call().Do("remove").system_error, EINVAL);
  EXPECT_EQ(Send(1, "x"), EINVAL);
  EXPECT_EQ(call().Do("exists").system_error, ENOENT);
  EXPECT_EQ(call().Do("open_read").system_error, ENOENT);
  EXPECT_EQ(call().Do("forget").system_error, 0);
  EXPECT_EQ(call().Do("forget").system_error, EINVAL);
}

TEST_F(SysvMsgTest, TellsAQueueMadeAgainFromTheOneBefore) {
  ASSERT_EQ(call().Do("remove").system_error, 0);
  ASSERT_EQ(call().Do("make").system_error, 0);

  EXPECT_EQ(call().Do("exists").result, 1);
  EXPECT_EQ(Send(1, "x"), EINVAL);
}

TEST_F(SysvMsgTest, DerivesOneKeyFromAFileAndItsLink) {
  EXPECT_EQ(call().Do("ftok", {.argument = 1}).result, 0);
  EXPECT_EQ(call().Do("ftok", {.argument = 255}).result, 0);
}

TEST_F(SysvMsgTest, MakesNothingWithoutAKey) {
  const auto nowhere = facility_.Attach("");

  EXPECT_EQ(Caller(facility_, *nowhere).Do("open_create").system_error, EINVAL);
}

TEST_F(SysvMsgTest, SweepsWhatADeadMakerLeft) {
  std::ofstream(directory_ + "/left.sysv-msg") << object_->access().name;
  facility_.Sweep(directory_);

  EXPECT_LT(::msgget(MsgKey::Parse(object_->access().name).key, 0), 0);
  std::filesystem::remove(directory_ + "/left.sysv-msg");
}

TEST_F(SysvMsgTest, LeavesToOthersWhatWasThereBeforeItsMarker) {
  const std::string elsewhere = directory_ + "/elsewhere";
  std::filesystem::create_directory(elsewhere);
  const std::string marker = elsewhere + "/left.sysv-msg";
  std::ofstream(marker) << object_->access().name;
  const auto later = std::filesystem::last_write_time(marker) + std::chrono::hours(1);
  std::filesystem::last_write_time(marker, later);
  facility_.Sweep(elsewhere);

  EXPECT_GE(::msgget(MsgKey::Parse(object_->access().name).key, 0), 0);
  std::filesystem::remove_all(elsewhere);
}

}  // namespace
}  // namespace parley

// What the ports of all locks on files share, by that of processes.
#include "src/facility/lock_port.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "src/facility/testing.h"
#include "src/history/lock_calls.h"

namespace parley {
namespace {

std::uint64_t Bytes(std::uint32_t start, std::int32_t length) {
  return PackRange({.start = start, .length = length});
}

class LockPortTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "/lock-test." + std::to_string(::getpid());
    std::filesystem::create_directory(directory_);
    auto made = facility_.Make({}, directory_, "file");
    ASSERT_TRUE(made.has_value());
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

  const Facility& facility_ = *FindFacility("fcntl-lock");
  std::string directory_;
  std::unique_ptr<Object> object_;
  std::unique_ptr<Port> port_;
};

TEST_F(LockPortTest, KeepsAChildOutUntilItUnlocks) {
  EXPECT_EQ(call().Do("open_both").handle, 1);
  EXPECT_EQ(call().Do("setlk_write", {.argument = Bytes(4, 4)}).system_error, 0);
  EXPECT_EQ(call().Do("child_write", {.argument = Bytes(7, 1)}).system_error, EAGAIN);
  EXPECT_EQ(call().Do("child_write", {.argument = Bytes(8, -1)}).system_error, EAGAIN);
  EXPECT_EQ(call().Do("child_write", {.argument = Bytes(8, 1)}).system_error, 0);
  EXPECT_EQ(call().Do("unlock", {.argument = Bytes(0, 0)}).system_error, 0);
  EXPECT_EQ(call().Do("child_write", {.argument = Bytes(0, 0)}).system_error, 0);
}

TEST_F(LockPortTest, PassesOnWhatTheSystemRefuses) {
  EXPECT_EQ(call().Do("setlk_read").system_error, EBADF) << "no handle";
  EXPECT_EQ(call().Do("open_read").handle, 1);
  EXPECT_EQ(call().Do("setlk_write", {.argument = Bytes(0, 1)}).system_error, EBADF);
  EXPECT_EQ(call().Do("setlk_read", {.argument = Bytes(0, -1)}).system_error, EINVAL);
  EXPECT_EQ(call().Do("make").system_error, EEXIST);
  EXPECT_EQ(call().Do("close").system_error, 0);
  EXPECT_EQ(call().Do("close").system_error, EBADF);
}

TEST_F(LockPortTest, TellsWhoIsInTheWay) {
  const auto other = FindFacility("ofd-lock")->Attach(object_->access().name);
  const Caller description(*FindFacility("ofd-lock"), *other);
  description.Do("open_both");
  description.Do("setlk_write", {.argument = Bytes(0, 1)});
  call().Do("open_both");
  const Reply told = call().Do("getlk_read", {.argument = Bytes(0, 0)});

  EXPECT_EQ(told.result, 1);
  EXPECT_EQ(told.holder.pid, -1);
  EXPECT_TRUE(told.holder.exclusive);
  EXPECT_EQ(call().Do("getlk_read", {.argument = Bytes(1, 0)}).result, 0);
}

// A copy in a child keeps a description's lock; ending the child ends it.
TEST_F(LockPortTest, HandsADescriptionToAChild) {
  const Facility& flock = *FindFacility("flock");
  const auto holder = flock.Attach(object_->access().name);
  const auto asker = flock.Attach(object_->access().name);
  const Caller holds(flock, *holder);
  const Caller asks(flock, *asker);
  asks.Do("open_both");
  EXPECT_EQ(holds.Do("open_both").handle, 1);
  EXPECT_EQ(holds.Do("lock_exclusive").system_error, 0);
  EXPECT_EQ(holds.Do("dup_to_child").handle, 2);
  EXPECT_EQ(holds.Do("close", {.handle = 1}).system_error, 0);
  EXPECT_EQ(asks.Do("try_shared").system_error, EWOULDBLOCK);
  EXPECT_EQ(holds.Do("close", {.handle = 2}).system_error, 0);
  EXPECT_EQ(asks.Do("try_shared").system_error, 0);
}

// What a child takes by its copy stays when the child has ended.
TEST_F(LockPortTest, KeepsWhatAChildHasTakenForItsDescription) {
  for (const auto& [name, takes, tries] : {std::tuple("flock", "child_exclusive", "try_shared"),
                                           std::tuple("ofd-lock", "child_write", "setlk_read")}) {
    const Facility& facility = *FindFacility(name);
    const auto holder = facility.Attach(object_->access().name);
    const auto asker = facility.Attach(object_->access().name);
    const Caller holds(facility, *holder);
    const Caller asks(facility, *asker);
    asks.Do("open_both");
    holds.Do("open_both");
    EXPECT_EQ(holds.Do(takes, {.argument = Bytes(0, 1)}).system_error, 0);
    EXPECT_EQ(asks.Do(tries, {.argument = Bytes(0, 1)}).system_error, EAGAIN) << name;
    EXPECT_EQ(holds.Do("close").system_error, 0);
    EXPECT_EQ(asks.Do(tries, {.argument = Bytes(0, 1)}).system_error, 0) << name;
  }
}

TEST_F(LockPortTest, HandsNothingOnOverExec) {
  const auto before = DescriptorsKeptOverExec();
  EXPECT_EQ(call().Do("open_both").system_error, 0);
  EXPECT_EQ(call().Do("dup").handle, 2);

  EXPECT_EQ(DescriptorsKeptOverExec(), before);
}

}  // namespace
}  // namespace parley

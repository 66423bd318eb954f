// Packet mode (O_DIRECT) of the system's own pipes, through the port.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <limits.h>
#include <unistd.h>

#include <string>

#include "src/facility/pipe/pipe_port.h"
#include "src/facility/testing.h"

namespace parley {
namespace {

// A port that was handed both ends of a fresh pipe, as handles 1 and 2.
class PacketModeTest : public testing::Test {
 protected:
  void SetUp() override {
    int fds[2];
    ASSERT_EQ(::pipe2(fds, O_CLOEXEC), 0);
    port_.Adopt(FileDescriptor(fds[0]), FileDescriptor(fds[1]), false);
  }

  PipePort port_;
  Caller call_{*FindFacility("pipe"), port_};
};

TEST_F(PacketModeTest, MakesPacketsOfWrites) {
  std::string first;
  std::string second;

  const Reply set = call_.Do("set_packet", {.argument = 1});
  call_.Put("write", {"hello"});
  call_.Put("writev", {"wor", "ld"});
  call_.Take("read", {2}, &first);
  call_.Take("read", {100}, &second);

  EXPECT_EQ(set.result, 0);
  EXPECT_EQ(set.handle, kHandleWrite);
  EXPECT_EQ(first, "he");
  EXPECT_EQ(second, "world");

  ASSERT_EQ(call_.Do("set_packet", {.argument = 0}).result, 0);
  call_.Put("write", {"one"});
  call_.Put("write", {"two"});
  call_.Take("read", {100}, &first);

  EXPECT_EQ(first, "onetwo");
}

TEST_F(PacketModeTest, KeepsOneStatusFlagWhenItSetsTheOther) {
  ASSERT_EQ(call_.Do("set_packet", {.argument = 1}).result, 0);
  ASSERT_EQ(call_.Do("set_nonblock", {.handle = kHandleWrite, .argument = 1}).result, 0);
  const std::string page(PIPE_BUF, 'x');
  while (call_.Put("write", {page}).result == PIPE_BUF) {
  }
  EXPECT_EQ(call_.Put("write", {"x"}).system_error, EAGAIN);

  EXPECT_EQ(call_.Take("read", {1}).result, 1);
  EXPECT_EQ(call_.Put("write", {page}).result, PIPE_BUF);
}

}  // namespace
}  // namespace parley

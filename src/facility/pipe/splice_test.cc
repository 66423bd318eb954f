// splice() and tee() on the system's own pipes, through the port.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "src/facility/pipe/pipe_port.h"
#include "src/facility/testing.h"

namespace parley {
namespace {

// A port that was handed both ends of a fresh pipe, as handles 1 and 2.
class SpliceTest : public testing::Test {
 protected:
  void SetUp() override {
    ::signal(SIGPIPE, SIG_IGN);
    before_ = OpenDescriptors();
    int fds[2];
    ASSERT_EQ(::pipe2(fds, O_CLOEXEC), 0);
    port_.Adopt(FileDescriptor(fds[0]), FileDescriptor(fds[1]), false);
  }
  void TearDown() override {
    port_.CloseAll();
    EXPECT_EQ(OpenDescriptors(), before_);
  }

  std::string Take(std::string_view call, std::size_t bytes) {
    std::string received;
    call_.Take(call, {bytes}, &received);
    return received;
  }

  PipePort port_;
  Caller call_{*FindFacility("pipe"), port_};
  std::vector<int> before_;
};

TEST_F(SpliceTest, MovesInAndOut) {
  const Reply in = call_.Put("splice_in", {"hello"});
  const Reply out = call_.Take("splice_out", {3});

  EXPECT_EQ(in.result, 5);
  EXPECT_EQ(in.handle, kHandleWrite);
  EXPECT_TRUE(in.nonblocking);
  EXPECT_EQ(out.result, 3);
  EXPECT_EQ(out.handle, kHandleRead);
  EXPECT_TRUE(out.nonblocking);
  EXPECT_EQ(Take("read", 100), "lo");
}

TEST_F(SpliceTest, CopiesAndLeavesWhatItCopied) {
  call_.Put("write", {"hello"});

  EXPECT_EQ(Take("tee", 3), "hel");
  EXPECT_EQ(Take("tee", 100), "hello");
  EXPECT_EQ(Take("splice_out", 100), "hello");
}

TEST_F(SpliceTest, NeverWaits) {
  for (const char* call : {"splice_out", "tee"}) {
    EXPECT_EQ(call_.Take(call, {10}).system_error, EAGAIN);
  }
  ASSERT_EQ(call_.Do("set_capacity", {.argument = PIPE_BUF}).result, PIPE_BUF);
  EXPECT_EQ(call_.Put("splice_in", {"x"}).result, 1);
  EXPECT_EQ(call_.Put("splice_in", {"y"}).system_error, EAGAIN);
  EXPECT_EQ(Take("read", 100), "x");
}

TEST_F(SpliceTest, ForgetsWhatFoundNoRoom) {
  ASSERT_EQ(call_.Do("set_capacity", {.argument = PIPE_BUF}).result, PIPE_BUF);
  EXPECT_EQ(call_.Put("splice_in", {std::string(PIPE_BUF, 'x') + "lost"}).result, PIPE_BUF);
  EXPECT_EQ(Take("splice_out", 10000), std::string(PIPE_BUF, 'x'));

  EXPECT_EQ(call_.Put("splice_in", {"found"}).result, 5);
  EXPECT_EQ(Take("read", 100), "found");
}

TEST_F(SpliceTest, IsRefusedOnTheWrongEnd) {
  EXPECT_EQ(call_.Put("splice_in", {"x"}, {.handle = kHandleRead}).system_error, EBADF);
  EXPECT_EQ(call_.Take("splice_out", {1}, nullptr, {.handle = kHandleWrite}).system_error, EBADF);
  EXPECT_EQ(call_.Take("tee", {1}, nullptr, {.handle = kHandleWrite}).system_error, EBADF);
}

TEST_F(SpliceTest, MeetsTheEndOfFileAndTheMissingReader) {
  ASSERT_EQ(call_.Do("close", {.handle = kHandleWrite}).result, 0);
  EXPECT_EQ(call_.Take("splice_out", {1}).result, 0);
  EXPECT_EQ(call_.Take("tee", {1}).result, 0);
}

TEST_F(SpliceTest, FailsWithEpipeWhereNobodyReads) {
  ASSERT_EQ(call_.Do("close", {.handle = kHandleRead}).result, 0);
  EXPECT_EQ(call_.Put("splice_in", {"x"}).system_error, EPIPE);
}

}  // namespace
}  // namespace parley

// The pipe itself: how it is made, what it reports.
#include "src/facility/facility.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <limits.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>

#include "src/facility/testing.h"

namespace parley {
namespace {

const Facility& Pipe() { return *FindFacility("pipe"); }

// Leaves this process without a descriptor to give, as long as it lives.
class NoDescriptorLeft {
 public:
  NoDescriptorLeft() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{.rlim_cur = 0, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptorLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_;
};

TEST(PipeFacility, RunsHere) {
  const auto probed = Pipe().Probe("");

  EXPECT_TRUE(probed) << probed.error().message;
}

TEST(PipeFacility, SaysWhatTheSystemRefused) {
  const NoDescriptorLeft none;

  const auto probed = Pipe().Probe("");

  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().blame, Blame::kSystem);
  EXPECT_EQ(probed.error().message, "pipe2(O_CLOEXEC): EMFILE (Too many open files)");
}

TEST(PipeFacility, MakesTwoBlockingEndsWithoutAName) {
  const auto object = Pipe().Make({}, "", "");

  ASSERT_TRUE(object) << object.error().message;
  const ObjectAccess& access = (*object)->access();
  EXPECT_EQ(access.name, "");
  EXPECT_EQ(::fcntl(access.read_fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_RDONLY);
  EXPECT_EQ(::fcntl(access.write_fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_WRONLY);
}

TEST(PipeFacility, MakesBothEndsNonblockingWhenThePlanSaysSo) {
  const auto object = Pipe().Make({.nonblocking = true}, "", "");

  ASSERT_TRUE(object) << object.error().message;
  EXPECT_NE(::fcntl((*object)->access().read_fd, F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl((*object)->access().write_fd, F_GETFL) & O_NONBLOCK, 0);
}

TEST(PipeFacility, GivesThePlannedCapacity) {
  const auto object = Pipe().Make({.capacity_bytes = 16384}, "", "");

  ASSERT_TRUE(object) << object.error().message;
  EXPECT_EQ((*object)->capacity_bytes(), 16384u);
  EXPECT_EQ(::fcntl((*object)->access().read_fd, F_GETPIPE_SZ), 16384);
}

TEST(PipeFacility, NamesTheLimitsWhenACapacityIsRefused) {
  const auto object = Pipe().Make({.capacity_bytes = 0xffffffff}, "", "");

  ASSERT_FALSE(object);
  EXPECT_TRUE(object.error().message.starts_with("fcntl(pipe, F_SETPIPE_SZ, 4294967295): E"))
      << object.error().message;
  EXPECT_NE(object.error().message.find("fs.pipe-max-size"), std::string::npos);
}

TEST(PipeFacility, RefusesToReserveAName) {
  const auto object = Pipe().Make({.exists = false}, "", "");

  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().blame, Blame::kInput);
}

TEST(PipeFacility, ReportsTheLimitsOfTheSystem) {
  const auto object = Pipe().Make({}, "", "");

  ASSERT_TRUE(object) << object.error().message;
  EXPECT_EQ(Pipe().AtomicBytes(""), static_cast<std::uint64_t>(PIPE_BUF));
  EXPECT_EQ(Pipe().DefaultCapacityBytes(), (*object)->capacity_bytes());
  EXPECT_GE((*object)->capacity_bytes(), Pipe().AtomicBytes(""));
}

TEST(PipeFacility, LeavesNoDescriptorOpenAndHandsNoneOnOverExec) {
  ASSERT_TRUE(Pipe().Probe(""));
  const std::vector<int> before = OpenDescriptors();
  const std::vector<int> kept_before = DescriptorsKeptOverExec();
  {
    const auto object = Pipe().Make({}, "", "");
    ASSERT_TRUE(object) << object.error().message;
    EXPECT_EQ(OpenDescriptors().size(), before.size() + 2);
    EXPECT_EQ(DescriptorsKeptOverExec(), kept_before);
    static_cast<void>(Pipe().AtomicBytes(""));
    static_cast<void>(Pipe().DefaultCapacityBytes());
    EXPECT_EQ(OpenDescriptors().size(), before.size() + 2);
  }

  EXPECT_EQ(OpenDescriptors(), before);
}

TEST(PipeFacility, ReleasesTheMakersDescriptorsOnce) {
  const std::vector<int> before = OpenDescriptors();
  const auto object = Pipe().Make({}, "", "");
  ASSERT_TRUE(object) << object.error().message;

  (*object)->ReleaseDescriptors();
  (*object)->ReleaseDescriptors();

  EXPECT_EQ(OpenDescriptors(), before);
  EXPECT_EQ((*object)->access().read_fd, -1);
  EXPECT_EQ((*object)->access().write_fd, -1);
}

}  // namespace
}  // namespace parley

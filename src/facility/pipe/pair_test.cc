// pipe() with standard descriptors free or not; and what neither end of a pipe is made for.
#include "src/facility/pipe/pair.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "src/facility/pipe/pipe_port.h"
#include "src/facility/testing.h"

namespace parley {
namespace {

// What descriptors 0, 1 and 2 are.
std::array<std::pair<ino_t, int>, 3> Standard() {
  std::array<std::pair<ino_t, int>, 3> standard;
  for (int fd = 0; fd < 3; ++fd) {
    struct stat found{};
    ::fstat(fd, &found);
    standard[static_cast<std::size_t>(fd)] = {found.st_ino, ::fcntl(fd, F_GETFD)};
  }
  return standard;
}

TEST(MakePair, FindsNoFlawWhicheverDescriptorsAreFree) {
  const auto standard = Standard();
  const std::vector<int> before = OpenDescriptors();

  for (std::uint64_t free = 0; free < 8; ++free) {
    const Reply reply = MakePair(free);
    EXPECT_EQ(reply.result, 0) << free;
    EXPECT_EQ(reply.system_error, 0) << free;
    EXPECT_EQ(Standard(), standard) << free;
  }

  EXPECT_EQ(OpenDescriptors(), before);
}

TEST(MakePair, LeavesFreeWhatWasFree) {
  const FileDescriptor kept(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  ::close(STDIN_FILENO);

  const Reply reply = MakePair(7);
  const bool free = ::fcntl(STDIN_FILENO, F_GETFD) < 0;
  ::dup2(kept.get(), STDIN_FILENO);

  EXPECT_EQ(reply.result, 0);
  EXPECT_TRUE(free);
}

TEST(MakePair, SaysWhatTheSystemRefused) {
  const auto standard = Standard();
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);

  const Reply reply = MakePair(7);
  ::setrlimit(RLIMIT_NOFILE, &before);

  EXPECT_EQ(reply.result, -1);
  EXPECT_EQ(reply.system_error, EMFILE);
  EXPECT_EQ(Standard(), standard);
}

TEST(PipePort, HasNeitherPositionNorLengthAtEitherEnd) {
  const Facility& pipe = *FindFacility("pipe");
  const auto object = pipe.Make({}, "", "");
  ASSERT_TRUE(object) << object.error().message;
  PipePort port;
  port.Adopt(FileDescriptor(::dup((*object)->access().read_fd)),
             FileDescriptor(::dup((*object)->access().write_fd)), false);
  const Caller call(pipe, port);

  for (const std::uint16_t handle : {kHandleRead, kHandleWrite}) {
    for (const char* name : {"lseek", "pread", "pwrite"}) {
      EXPECT_EQ(call.Do(name, {.handle = handle}).system_error, ESPIPE) << name << handle;
    }
    EXPECT_EQ(call.Do("ftruncate", {.handle = handle}).system_error, EINVAL);
    EXPECT_EQ(call.Do("fstat", {.handle = handle}).result, 0);
    EXPECT_EQ(call.Do("fstat", {.handle = handle}).handle, handle);
  }
  EXPECT_EQ(call.Do("fstat", {.handle = 9}).system_error, EBADF);
  EXPECT_EQ(call.Do("unread").result, 0);
  EXPECT_EQ(call.Do("pipe", {.argument = 5}).result, 0);
}

TEST(PipePort, TellsWhatIsNoPipe) {
  const Facility& pipe = *FindFacility("pipe");
  PipePort port;
  port.Adopt(FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)), FileDescriptor(), false);

  EXPECT_EQ(Caller(pipe, port).Do("fstat").system_error, ENOTTY);
}

}  // namespace
}  // namespace parley

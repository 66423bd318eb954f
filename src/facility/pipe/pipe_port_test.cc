// Every call of a pipe's port, once, on the system's own pipes.
#include "src/facility/pipe/pipe_port.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <new>

#include "src/facility/testing.h"

static std::uint64_t allocations = 0;

void* operator new(std::size_t bytes) {
  ++allocations;
  void* memory = std::malloc(bytes);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace parley {
namespace {

// A port that was handed both ends of a fresh pipe, as handles 1 and 2.
class PipePortTest : public testing::Test {
 protected:
  void SetUp() override {
    ::signal(SIGPIPE, SIG_IGN);
    before_ = OpenDescriptors();
    Hold(0);
  }
  void TearDown() override {
    port_.CloseAll();
    EXPECT_EQ(OpenDescriptors(), before_);
  }

  void Hold(int flags) {
    port_.CloseAll();
    int fds[2];
    ASSERT_EQ(::pipe2(fds, O_CLOEXEC | flags), 0);
    port_.Adopt(FileDescriptor(fds[0]), FileDescriptor(fds[1]), flags != 0);
  }

  // Writes until the pipe takes no more.
  void Fill() {
    const std::string page(PIPE_BUF, 'x');
    while (call_.Put("write", {page}).result == PIPE_BUF) {
    }
  }

  const Facility& pipe_ = *FindFacility("pipe");
  PipePort port_;
  Caller call_{pipe_, port_};
  std::vector<int> before_;
};

void ExpectRefused(const Reply& reply, int system_error) {
  EXPECT_EQ(reply.result, -1);
  EXPECT_EQ(ErrnoName(reply.system_error), ErrnoName(system_error));
}

TEST_F(PipePortTest, WritesAndReads) {
  std::string received;

  const Reply put = call_.Put("write", {"hello"});
  const Reply take = call_.Take("read", {100}, &received);

  EXPECT_EQ(put.result, 5);
  EXPECT_EQ(put.system_error, 0);
  EXPECT_EQ(put.handle, kHandleWrite);
  EXPECT_FALSE(put.nonblocking);
  EXPECT_EQ(take.result, 5);
  EXPECT_EQ(take.handle, kHandleRead);
  EXPECT_EQ(received, "hello");
}

TEST_F(PipePortTest, GathersAndScatters) {
  std::string received;

  const Reply put = call_.Put("writev", {"he", "", "llo"});
  const Reply take = call_.Take("readv", {1, 3, 10}, &received);

  EXPECT_EQ(put.result, 5);
  EXPECT_EQ(take.result, 5);
  EXPECT_EQ(received, "hello");
}

TEST_F(PipePortTest, PutsAndTakesNothing) {
  EXPECT_EQ(call_.Put("write", {""}).result, 0);
  EXPECT_EQ(call_.Put("write", {}).result, 0);
  EXPECT_EQ(call_.Put("writev", {}).result, 0);
  EXPECT_EQ(call_.Take("read", {0}).result, 0);
  EXPECT_EQ(call_.Do("unread").result, 0);
}

TEST_F(PipePortTest, ReadsNothingOnceTheWritingEndIsClosed) {
  ASSERT_EQ(call_.Do("close", {.handle = kHandleWrite}).result, 0);

  const Reply take = call_.Take("read", {10});

  EXPECT_EQ(take.result, 0);
  EXPECT_EQ(take.system_error, 0);
}

TEST_F(PipePortTest, RefusesAWriteOnceTheReadingEndIsClosed) {
  ASSERT_EQ(call_.Do("close", {.handle = kHandleRead}).result, 0);

  ExpectRefused(call_.Put("write", {"x"}), EPIPE);
  ExpectRefused(call_.Put("writev", {"x", "y"}), EPIPE);
}

TEST_F(PipePortTest, RefusesToWaitWhenNonblocking) {
  Hold(O_NONBLOCK);
  const Reply take = call_.Take("read", {10});
  Fill();
  const Reply put = call_.Put("write", {std::string(PIPE_BUF, 'x')});

  ExpectRefused(take, EAGAIN);
  EXPECT_TRUE(take.nonblocking);
  ExpectRefused(put, EAGAIN);
  EXPECT_TRUE(put.nonblocking);
}

TEST_F(PipePortTest, RefusesTheWrongEnd) {
  ExpectRefused(call_.Put("write", {"x"}, {.handle = kHandleRead}), EBADF);
  ExpectRefused(call_.Take("read", {1}, nullptr, {.handle = kHandleWrite}), EBADF);
}

TEST_F(PipePortTest, RefusesHandlesThatAreNotLive) {
  constexpr With kGone{.handle = 77, .argument = 77};

  ExpectRefused(call_.Put("write", {"x"}, kGone), EBADF);
  ExpectRefused(call_.Put("writev", {"x"}, kGone), EBADF);
  ExpectRefused(call_.Take("read", {1}, nullptr, kGone), EBADF);
  ExpectRefused(call_.Take("readv", {1}, nullptr, kGone), EBADF);
  for (const char* name : {"poll_read", "poll_write", "dup", "close", "set_nonblock",
                           "set_capacity", "get_capacity", "unread"}) {
    SCOPED_TRACE(name);
    ExpectRefused(call_.Do(name, kGone), EBADF);
    EXPECT_EQ(port_.Resolve(call_.Ask(name, kGone)), 0);
  }
}

TEST_F(PipePortTest, PollsWithoutWaiting) {
  EXPECT_EQ(call_.Do("poll_read").result, 0);
  EXPECT_EQ(call_.Do("poll_write").result, POLLOUT);

  ASSERT_EQ(call_.Put("write", {"x"}).result, 1);
  EXPECT_EQ(call_.Do("poll_read").result, POLLIN);

  ASSERT_EQ(call_.Do("close", {.handle = kHandleWrite}).result, 0);
  EXPECT_EQ(call_.Do("poll_read").result, POLLIN | POLLHUP);
}

TEST_F(PipePortTest, DuplicatesAHandleWithItsEnd) {
  const Reply made = call_.Do("dup", {.argument = kHandleWrite});

  EXPECT_EQ(made.result, 0);
  EXPECT_EQ(made.handle, 3);
  EXPECT_EQ(call_.Put("write", {"x"}, {.handle = 3}).result, 1);
  ExpectRefused(call_.Take("read", {1}, nullptr, {.handle = 3}), EBADF);
}

TEST_F(PipePortTest, ClosesOneHandleAndNeverGivesItsNumberAgain) {
  ASSERT_EQ(call_.Do("dup", {.argument = kHandleWrite}).handle, 3);

  const Reply closed = call_.Do("close", {.handle = 3});
  const Reply again = call_.Do("close", {.handle = 3});
  const Reply made = call_.Do("dup", {.argument = kHandleWrite});

  EXPECT_EQ(closed.result, 0);
  EXPECT_EQ(closed.handle, 3);
  ExpectRefused(again, EBADF);
  EXPECT_EQ(made.handle, 4);
}

TEST_F(PipePortTest, ChoosesTheNewestHandleThatFits) {
  ASSERT_EQ(call_.Do("dup", {.argument = kHandleWrite}).handle, 3);
  ASSERT_EQ(call_.Do("dup", {.argument = kHandleRead}).handle, 4);

  EXPECT_EQ(port_.Resolve(call_.Ask("write")), 3);
  EXPECT_EQ(port_.Resolve(call_.Ask("poll_write")), 3);
  EXPECT_EQ(port_.Resolve(call_.Ask("readv")), 4);
  EXPECT_EQ(port_.Resolve(call_.Ask("dup")), 4);
  EXPECT_EQ(port_.Resolve(call_.Ask("dup", {.argument = 2})), 2);
  EXPECT_EQ(port_.Resolve(call_.Ask("hold_read")), 0);
  EXPECT_EQ(call_.Put("write", {"x"}).handle, 3);
  EXPECT_EQ(call_.Do("close").handle, 4);
  EXPECT_EQ(call_.Do("close").handle, 3);
  EXPECT_EQ(port_.Resolve(call_.Ask("write")), kHandleWrite);
}

TEST_F(PipePortTest, SwitchesNonblockingOnAndOffForAllThatShareIt) {
  ASSERT_EQ(call_.Do("dup", {.argument = kHandleRead}).handle, 3);

  const Reply on = call_.Do("set_nonblock", {.handle = 3, .argument = 1});
  const Reply take = call_.Take("read", {1}, nullptr, {.handle = kHandleRead});
  const Reply off = call_.Do("set_nonblock", {.handle = kHandleRead, .argument = 0});
  ASSERT_EQ(call_.Put("write", {"x"}).result, 1);
  const Reply blocking = call_.Take("read", {1}, nullptr, {.handle = 3});

  EXPECT_EQ(on.result, 0);
  ExpectRefused(take, EAGAIN);
  EXPECT_TRUE(take.nonblocking);
  EXPECT_EQ(off.result, 0);
  EXPECT_EQ(blocking.result, 1);
  EXPECT_FALSE(blocking.nonblocking);
}

TEST_F(PipePortTest, ChangesAndReportsTheCapacity) {
  const Reply set = call_.Do("set_capacity", {.argument = 5000});
  const Reply got = call_.Do("get_capacity");

  EXPECT_EQ(set.result, 8192);
  EXPECT_EQ(got.result, 8192);
}

TEST_F(PipePortTest, RefusesACapacityBelowWhatIsUnread) {
  Hold(O_NONBLOCK);
  Fill();

  ExpectRefused(call_.Do("set_capacity", {.argument = 4096}), EBUSY);
}

TEST_F(PipePortTest, RefusesACapacityOfMoreThan32Bits) {
  ExpectRefused(call_.Do("set_capacity", {.argument = (1ULL << 32) + 8192}), EINVAL);
}

TEST_F(PipePortTest, CountsWhatIsUnread) {
  ASSERT_EQ(call_.Put("write", {"hello"}).result, 5);
  ASSERT_EQ(call_.Take("read", {2}).result, 2);

  EXPECT_EQ(call_.Do("unread").result, 3);
}

TEST_F(PipePortTest, ConfirmsTheEndsThatItWasHanded) {
  EXPECT_EQ(call_.Do("hold_read").handle, kHandleRead);
  EXPECT_EQ(call_.Do("hold_write").handle, kHandleWrite);

  ASSERT_EQ(call_.Do("close", {.handle = kHandleWrite}).result, 0);
  EXPECT_EQ(call_.Do("hold_read").result, 0);
  ExpectRefused(call_.Do("hold_write"), EBADF);
}

TEST_F(PipePortTest, KeepsTheNumbersOfEndsThatItWasNotHanded) {
  port_.CloseAll();
  int fds[2];
  ASSERT_EQ(::pipe2(fds, O_CLOEXEC), 0);
  const FileDescriptor other(fds[1]);
  port_.Adopt(FileDescriptor(fds[0]), FileDescriptor(), false);

  const Reply made = call_.Do("dup");

  EXPECT_EQ(made.handle, 3);
  ExpectRefused(call_.Do("hold_write"), EBADF);
}

TEST_F(PipePortTest, LearnsNonblockingFromADescriptorThatSomebodyElseChanged) {
  port_.CloseAll();
  int fds[2];
  ASSERT_EQ(::pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);

  port_.Adopt(FileDescriptor(fds[0]), FileDescriptor(fds[1]), false);

  EXPECT_TRUE(call_.Put("write", {"x"}).nonblocking);
}

TEST_F(PipePortTest, LeavesTheMakingToTheMaker) { ExpectRefused(call_.Do("make"), ENOTSUP); }

TEST_F(PipePortTest, TellsPipesFromOtherDescriptorsAndFromNone) {
  const FileDescriptor null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  int fds[2];
  ASSERT_EQ(::pipe2(fds, O_CLOEXEC), 0);
  const FileDescriptor read_fd(fds[0]);
  const FileDescriptor write_fd(fds[1]);
  const auto probe = [&](std::uint64_t number) {
    return call_.Do("probe_descriptor", {.argument = number});
  };

  EXPECT_EQ(probe(static_cast<std::uint64_t>(read_fd.get())).result, 0);
  EXPECT_EQ(probe(static_cast<std::uint64_t>(write_fd.get())).result, 0);
  ExpectRefused(probe(static_cast<std::uint64_t>(null.get())), ENOTTY);
  ExpectRefused(probe(1'000'000), EBADF);
  ExpectRefused(probe(1ULL << 32), EBADF);
}

TEST_F(PipePortTest, NeverTakesAStandardStreamForThePipe) {
  const FileDescriptor kept(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  int fds[2];
  ASSERT_EQ(::pipe2(fds, O_CLOEXEC), 0);
  const FileDescriptor read_fd(fds[0]);
  const FileDescriptor write_fd(fds[1]);
  ASSERT_EQ(::dup2(fds[0], STDIN_FILENO), STDIN_FILENO);

  const Reply probed = call_.Do("probe_descriptor", {.argument = STDIN_FILENO});

  if (kept.valid()) {
    ::dup2(kept.get(), STDIN_FILENO);
  } else {
    ::close(STDIN_FILENO);
  }
  ExpectRefused(probed, ENOTTY);
}

TEST_F(PipePortTest, RunsOutOfHandlesLikeOutOfDescriptors) {
  std::uint16_t last = kHandleWrite;
  Reply made = call_.Do("dup");
  while (made.result == 0) {
    ASSERT_GT(made.handle, last);  // a number given again would never end this
    last = made.handle;
    ASSERT_EQ(call_.Do("close").result, 0);
    made = call_.Do("dup");
  }

  ExpectRefused(made, EMFILE);
  EXPECT_EQ(last, HandleTable::kHandleMax);
}

TEST_F(PipePortTest, BeginsAnewAfterClosingAll) {
  ASSERT_EQ(call_.Do("dup").handle, 3);

  Hold(0);

  EXPECT_EQ(call_.Do("hold_read").handle, kHandleRead);
  EXPECT_EQ(call_.Do("dup").handle, 3);
}

TEST_F(PipePortTest, HandsNothingOnOverExec) {
  const std::vector<int> kept = DescriptorsKeptOverExec();

  ASSERT_EQ(call_.Do("dup").result, 0);

  EXPECT_EQ(OpenDescriptors().size(), before_.size() + 3);
  EXPECT_EQ(DescriptorsKeptOverExec(), kept);
}

TEST_F(PipePortTest, ShowsAnInterruptedRead) {
  struct sigaction handled{};
  handled.sa_handler = [](int) {};
  ASSERT_EQ(::sigaction(SIGALRM, &handled, nullptr), 0);
  // Again and again: one signal alone could come before the read sleeps.
  const itimerval every_ms{.it_interval = {.tv_sec = 0, .tv_usec = 1000},
                           .it_value = {.tv_sec = 0, .tv_usec = 1000}};
  ASSERT_EQ(::setitimer(ITIMER_REAL, &every_ms, nullptr), 0);

  const Reply take = call_.Take("read", {1});

  const itimerval never{};
  ::setitimer(ITIMER_REAL, &never, nullptr);
  ExpectRefused(take, EINTR);
}

TEST_F(PipePortTest, WorksInAForkedChild) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    char text[] = "child";
    iovec piece{.iov_base = text, .iov_len = 5};
    Request request = call_.Ask("write");
    request.pieces = {&piece, 1};
    const bool closed = call_.Do("close", {.handle = kHandleRead}).result == 0;
    ::_exit(closed && port_.Perform(request).result == 5 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);

  std::string received;
  call_.Take("read", {10}, &received);

  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(received, "child");
}

TEST_F(PipePortTest, AllocatesNothing) {
  char byte = 'x';
  iovec piece{.iov_base = &byte, .iov_len = 1};
  const std::uint64_t before = allocations;

  for (std::uint8_t index = 0; index < pipe_.Calls().size(); ++index) {
    if (pipe_.Calls()[index].effect == Effect::kSetNonblocking) continue;
    port_.Perform({.call = index, .argument = 0, .pieces = {&piece, 1}});
  }
  const std::uint64_t after = allocations;

  EXPECT_EQ(after, before);
  EXPECT_GT(before, 0u);  // the count does count
}

}  // namespace
}  // namespace parley

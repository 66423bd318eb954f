// Every call of a FIFO's port, once, on the system's own FIFOs.
#include "src/facility/fifo/fifo_port.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "src/facility/testing.h"

namespace parley {
namespace {

namespace fs = std::filesystem;

// A reserved name in a fresh directory, and a port that knows it.
class FifoPortTest : public testing::Test {
 protected:
  void SetUp() override {
    ::signal(SIGPIPE, SIG_IGN);
    before_ = OpenDescriptors();
    std::string pattern = testing::TempDir() + "/fifo.XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    auto object = fifo_.Make({.exists = false}, directory_, "f");
    ASSERT_TRUE(object) << object.error().message;
    object_ = *std::move(object);
    path_ = object_->access().name;
    port_ = fifo_.Attach(path_);
  }
  void TearDown() override {
    port_.reset();
    object_.reset();
    EXPECT_TRUE(fs::is_empty(directory_));
    fs::remove_all(directory_);
    EXPECT_EQ(OpenDescriptors(), before_);
  }

  Reply Do(std::string_view call, With with = {}) { return Caller(fifo_, *port_).Do(call, with); }
  Reply Put(std::string_view call, const std::vector<std::string>& pieces, With with = {}) {
    return Caller(fifo_, *port_).Put(call, pieces, with);
  }
  Reply Take(std::string_view call, const std::vector<std::size_t>& pieces,
             std::string* received = nullptr, With with = {}) {
    return Caller(fifo_, *port_).Take(call, pieces, received, with);
  }

  const Facility& fifo_ = *FindFacility("fifo");
  std::vector<int> before_;
  std::string directory_;
  std::string path_;
  std::unique_ptr<Object> object_;
  std::unique_ptr<Port> port_;
};

void ExpectRefused(const Reply& reply, int system_error) {
  EXPECT_EQ(reply.result, -1);
  EXPECT_EQ(ErrnoName(reply.system_error), ErrnoName(system_error));
  EXPECT_EQ(reply.handle, 0);
}

TEST_F(FifoPortTest, MakesTheNameOnce) {
  EXPECT_EQ(Do("make").result, 0);

  EXPECT_TRUE(fs::is_fifo(path_));
  ExpectRefused(Do("make"), EEXIST);
  ExpectRefused(Do("make_at"), EEXIST);
}

TEST_F(FifoPortTest, MakesTheNameRelativeToItsDirectory) {
  EXPECT_EQ(Do("make_at").result, 0);

  EXPECT_TRUE(fs::is_fifo(path_));
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(FifoPortTest, FollowsItsDirectoryWhenThatIsRenamed) {
  const std::string elsewhere = directory_ + ".elsewhere";
  fs::rename(directory_, elsewhere);

  const Reply at = Do("make_at");
  const Reply by_path = Do("make");

  EXPECT_EQ(at.result, 0);
  EXPECT_TRUE(fs::is_fifo(elsewhere + "/f"));
  ExpectRefused(by_path, ENOENT);
  fs::rename(elsewhere, directory_);
}

TEST_F(FifoPortTest, RefusesToOpenANameThatIsNotThere) {
  for (const char* name :
       {"open_read", "open_write", "open_both", "open_read_nonblock", "open_write_nonblock"}) {
    SCOPED_TRACE(name);
    ExpectRefused(Do(name), ENOENT);
  }
}

TEST_F(FifoPortTest, OpensBothEndsWhenTheyMeet) {
  ASSERT_EQ(Do("make").result, 0);
  const auto partner = fifo_.Attach(path_);
  Reply writing;
  std::thread writer([&] { writing = Caller(fifo_, *partner).Do("open_write"); });

  const Reply reading = Do("open_read");
  writer.join();

  EXPECT_EQ(reading.result, 0);
  EXPECT_EQ(reading.handle, 1);
  EXPECT_FALSE(reading.nonblocking);
  EXPECT_EQ(writing.result, 0);
  EXPECT_EQ(writing.handle, 1);
}

TEST_F(FifoPortTest, OpensForReadingAtOnceAndForWritingOnlyToAReader) {
  ASSERT_EQ(Do("make").result, 0);

  const Reply alone = Do("open_write_nonblock");
  const Reply reading = Do("open_read_nonblock");
  const Reply writing = Do("open_write_nonblock");

  ExpectRefused(alone, ENXIO);
  EXPECT_EQ(reading.handle, 1);
  EXPECT_TRUE(reading.nonblocking);
  EXPECT_EQ(writing.handle, 2);
  EXPECT_TRUE(writing.nonblocking);
}

TEST_F(FifoPortTest, WritesAndReadsThroughOneHandleOnBothEnds) {
  ASSERT_EQ(Do("make").result, 0);
  const Reply opened = Do("open_both");
  std::string received;

  const Reply put = Put("write", {"hello"});
  const Reply take = Take("read", {100}, &received);

  EXPECT_EQ(opened.handle, 1);
  EXPECT_EQ(put.result, 5);
  EXPECT_EQ(put.handle, 1);
  EXPECT_EQ(take.handle, 1);
  EXPECT_EQ(received, "hello");
}

TEST_F(FifoPortTest, GathersAndScatters) {
  ASSERT_EQ(Do("make").result, 0);
  ASSERT_EQ(Do("open_both").result, 0);
  std::string received;

  EXPECT_EQ(Put("writev", {"he", "", "llo"}).result, 5);
  EXPECT_EQ(Do("unread").result, 5);
  EXPECT_EQ(Take("readv", {1, 3, 10}, &received).result, 5);
  EXPECT_EQ(received, "hello");
}

TEST_F(FifoPortTest, TellsTheReaderWhetherWritersAreLeft) {
  ASSERT_EQ(Do("make").result, 0);
  const Reply reading = Do("open_read_nonblock");
  const Reply before = Take("read", {1});
  const Reply writing = Do("open_write_nonblock");
  const Reply during = Take("read", {1});
  ASSERT_EQ(Do("close", {.handle = writing.handle}).result, 0);
  const Reply after = Take("read", {1}, nullptr, {.handle = reading.handle});

  EXPECT_EQ(before.result, 0);
  EXPECT_EQ(during.system_error, EAGAIN);
  EXPECT_EQ(after.result, 0);
}

TEST_F(FifoPortTest, RefusesTheWrongEndAndAWriteWithoutReader) {
  ASSERT_EQ(Do("make").result, 0);
  ASSERT_EQ(Do("open_read_nonblock").handle, 1);
  ASSERT_EQ(Do("open_write_nonblock").handle, 2);

  EXPECT_EQ(Put("write", {"x"}, {.handle = 1}).system_error, EBADF);
  EXPECT_EQ(Take("read", {1}, nullptr, {.handle = 2}).system_error, EBADF);
  ASSERT_EQ(Do("close", {.handle = 1}).result, 0);
  EXPECT_EQ(Put("write", {"x"}).system_error, EPIPE);
}

TEST_F(FifoPortTest, HasNeitherPositionNorLength) {
  Do("make");
  ASSERT_EQ(Do("open_both").result, 0);

  for (const char* name : {"lseek", "pread", "pwrite"}) {
    EXPECT_EQ(Do(name).system_error, ESPIPE) << name;
  }
  EXPECT_EQ(Do("ftruncate").system_error, EINVAL);
  EXPECT_EQ(Do("fstat").result, 0);
}

TEST_F(FifoPortTest, RefusesToWaitForRoomWhenNonblocking) {
  ASSERT_EQ(Do("make").result, 0);
  ASSERT_EQ(Do("open_both").result, 0);
  ASSERT_EQ(Do("set_nonblock", {.argument = 1}).result, 0);
  const std::string page(PIPE_BUF, 'x');
  Reply put = Put("write", {page});
  while (put.result == PIPE_BUF) put = Put("write", {page});

  EXPECT_EQ(put.system_error, EAGAIN);
  EXPECT_TRUE(put.nonblocking);
  EXPECT_EQ(Do("poll_write").result, 0);
  EXPECT_EQ(Do("poll_read").result, POLLIN);
}

TEST_F(FifoPortTest, ChangesTheCapacityWhileItIsOpen) {
  ASSERT_EQ(Do("make").result, 0);
  ASSERT_EQ(Do("open_both").result, 0);

  EXPECT_EQ(Do("set_capacity", {.argument = 8192}).result, 8192);
  EXPECT_EQ(Do("get_capacity").result, 8192);
}

TEST_F(FifoPortTest, LosesTheCapacityAtTheLastClose) {
  // Why an object's plan may not have one.
  ASSERT_EQ(Do("make").result, 0);
  ASSERT_EQ(Do("open_both").result, 0);
  ASSERT_EQ(Do("set_capacity", {.argument = 8192}).result, 8192);

  ASSERT_EQ(Do("close").result, 0);
  ASSERT_EQ(Do("open_both").result, 0);

  EXPECT_EQ(static_cast<std::uint64_t>(Do("get_capacity").result), fifo_.DefaultCapacityBytes());
}

TEST_F(FifoPortTest, DuplicatesAHandleWithBothEnds) {
  ASSERT_EQ(Do("make").result, 0);
  ASSERT_EQ(Do("open_both").handle, 1);

  const Reply made = Do("dup", {.argument = 1});
  ASSERT_EQ(Do("close", {.handle = 1}).result, 0);

  EXPECT_EQ(made.handle, 2);
  EXPECT_EQ(Put("write", {"x"}).handle, 2);
  EXPECT_EQ(Take("read", {1}).handle, 2);
}

TEST_F(FifoPortTest, RemovesTheNameButNotWhatIsOpen) {
  ASSERT_EQ(Do("make").result, 0);
  ASSERT_EQ(Do("open_both").result, 0);

  EXPECT_EQ(Do("unlink").result, 0);

  EXPECT_FALSE(fs::exists(path_));
  ExpectRefused(Do("unlink"), ENOENT);
  EXPECT_EQ(Put("write", {"x"}).result, 1);
  EXPECT_EQ(Take("read", {1}).result, 1);
}

TEST_F(FifoPortTest, MovesTheNameAwayAndBack) {
  ASSERT_EQ(Do("make").result, 0);
  struct stat before;
  ASSERT_EQ(::lstat(path_.c_str(), &before), 0);

  EXPECT_EQ(Do("rename").result, 0);

  struct stat after;
  ASSERT_EQ(::lstat(path_.c_str(), &after), 0);
  EXPECT_EQ(after.st_ino, before.st_ino);
  EXPECT_FALSE(fs::exists(path_ + ".moved"));
}

TEST_F(FifoPortTest, RefusesToMoveANameThatIsNotThere) { ExpectRefused(Do("rename"), ENOENT); }

TEST_F(FifoPortTest, GivesASecondNameOnce) {
  ASSERT_EQ(Do("make").result, 0);

  EXPECT_EQ(Do("link").result, 0);

  struct stat first;
  struct stat second;
  ASSERT_EQ(::lstat(path_.c_str(), &first), 0);
  ASSERT_EQ(::lstat((path_ + ".link").c_str(), &second), 0);
  EXPECT_EQ(second.st_ino, first.st_ino);
  ExpectRefused(Do("link"), EEXIST);
}

TEST_F(FifoPortTest, TellsAFifoFromNothingAndFromSomethingElse) {
  ExpectRefused(Do("exists"), ENOENT);

  ASSERT_EQ(Do("make").result, 0);
  EXPECT_EQ(Do("exists").result, 0);

  ASSERT_EQ(Do("unlink").result, 0);
  std::ofstream{path_};
  ExpectRefused(Do("exists"), ENOTTY);
}

TEST_F(FifoPortTest, DoesNotFollowALinkThatIsNotTheFifo) {
  ASSERT_EQ(Do("make").result, 0);
  fs::rename(path_, path_ + ".moved");
  fs::create_symlink(path_ + ".moved", path_);

  ExpectRefused(Do("exists"), ENOTTY);
}

TEST_F(FifoPortTest, RunsOutOfHandlesLikeOutOfDescriptors) {
  ASSERT_EQ(Do("make").result, 0);
  std::uint16_t last = 0;
  Reply opened = Do("open_read_nonblock");
  while (opened.result == 0) {
    ASSERT_GT(opened.handle, last);  // a number given again would never end this
    last = opened.handle;
    ASSERT_EQ(Do("close").result, 0);
    opened = Do("open_read_nonblock");
  }

  ExpectRefused(opened, EMFILE);
  EXPECT_EQ(last, HandleTable::kHandleMax);
}

TEST_F(FifoPortTest, HandsNothingOnOverExec) {
  const std::vector<int> kept = DescriptorsKeptOverExec();
  ASSERT_EQ(Do("make").result, 0);

  for (const char* name : {"open_both", "open_read", "open_write", "open_read_nonblock",
                           "open_write_nonblock", "dup"}) {
    ASSERT_EQ(Do(name).result, 0) << name;
  }

  EXPECT_EQ(DescriptorsKeptOverExec(), kept);
}

TEST_F(FifoPortTest, WorksInAForkedChild) {
  ASSERT_EQ(Do("make").result, 0);
  ASSERT_EQ(Do("open_both").handle, 1);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const bool opened = Do("open_write").handle == 2;
    ::_exit(opened && Put("write", {"child"}).result == 5 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);

  std::string received;
  Take("read", {10}, &received);

  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(received, "child");
}

TEST_F(FifoPortTest, FindsANameInTheCurrentDirectory) {
  const fs::path before = fs::current_path();
  fs::current_path(directory_);
  const auto port = fifo_.Attach("f");
  const Caller call(fifo_, *port);

  const Reply made = call.Do("make_at");
  const Reply found = call.Do("exists");

  fs::current_path(before);
  EXPECT_EQ(made.result, 0);
  EXPECT_EQ(found.result, 0);
}

}  // namespace
}  // namespace parley

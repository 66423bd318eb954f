// The FIFO itself: how it is made, what it reports, and that it leaves nothing behind.
#include "src/facility/facility.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "src/facility/testing.h"

namespace parley {
namespace {

namespace fs = std::filesystem;

// A fresh directory and nothing in it.
class FifoFacilityTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/fifo.XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { fs::remove_all(directory_); }

  bool DirectoryIsEmpty() const { return fs::is_empty(directory_); }

  const Facility& fifo_ = *FindFacility("fifo");
  std::string directory_;
};

TEST_F(FifoFacilityTest, RunsHereAndLeavesNothing) {
  const std::vector<int> before = OpenDescriptors();

  const auto probed = fifo_.Probe(directory_);

  EXPECT_TRUE(probed) << probed.error().message;
  EXPECT_TRUE(DirectoryIsEmpty());
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST_F(FifoFacilityTest, IsUnsupportedWhereTheDirectoryRefuses) {
  // sysfs lets nobody make a node, root included.
  const auto probed = fifo_.Probe("/sys");

  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().blame, Blame::kUnsupported);
  EXPECT_TRUE(probed.error().message.starts_with("mkfifo(\"/sys/parley-probe."))
      << probed.error().message;
}

TEST_F(FifoFacilityTest, IsASystemErrorWhereThereIsNoDirectory) {
  const auto probed = fifo_.Probe(directory_ + "/none");

  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().blame, Blame::kSystem);
  EXPECT_EQ(probed.error().system_error, ENOENT);
}

TEST_F(FifoFacilityTest, MakesAFifoForItsOwnerAlone) {
  const auto object = fifo_.Make({}, directory_, "f");

  ASSERT_TRUE(object) << object.error().message;
  EXPECT_EQ((*object)->access().name, directory_ + "/f");
  EXPECT_EQ((*object)->access().read_fd, -1);
  struct stat found;
  ASSERT_EQ(::lstat((directory_ + "/f").c_str(), &found), 0);
  EXPECT_TRUE(S_ISFIFO(found.st_mode));
  EXPECT_EQ(found.st_mode & 0777, 0600u);
}

TEST_F(FifoFacilityTest, OnlyReservesTheNameWhenThePlanSaysSo) {
  const auto object = fifo_.Make({.exists = false}, directory_, "f");

  ASSERT_TRUE(object) << object.error().message;
  EXPECT_EQ((*object)->access().name, directory_ + "/f");
  EXPECT_TRUE(DirectoryIsEmpty());
}

TEST_F(FifoFacilityTest, RefusesANameThatIsTaken) {
  const auto first = fifo_.Make({}, directory_, "f");
  ASSERT_TRUE(first) << first.error().message;

  const auto second = fifo_.Make({}, directory_, "f");

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "mkfifo(\"" + directory_ + "/f\", 0600): EEXIST (File exists)");
  EXPECT_TRUE(fs::is_fifo(directory_ + "/f"));  // still the first one's
}

TEST_F(FifoFacilityTest, RemovesEveryNameThatItMayHave) {
  auto object = fifo_.Make({}, directory_, "f");
  ASSERT_TRUE(object) << object.error().message;
  std::ofstream(directory_ + "/f.moved");
  std::ofstream(directory_ + "/f.link");

  object->reset();

  EXPECT_TRUE(DirectoryIsEmpty());
}

TEST_F(FifoFacilityTest, IsUnsupportedWithACapacityBeforeItIsOpen) {
  const auto object = fifo_.Make({.capacity_bytes = 8192}, directory_, "f");

  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().blame, Blame::kUnsupported);
  EXPECT_TRUE(DirectoryIsEmpty());
}

TEST_F(FifoFacilityTest, ReportsTheLimitsOfTheSystem) {
  const auto object = fifo_.Make({}, directory_, "f");
  ASSERT_TRUE(object) << object.error().message;
  const FileDescriptor fd(::open((*object)->access().name.c_str(), O_RDWR | O_CLOEXEC));

  const auto capacity_bytes = static_cast<std::uint64_t>(::fcntl(fd.get(), F_GETPIPE_SZ));

  EXPECT_EQ(fifo_.AtomicBytes(directory_), static_cast<std::uint64_t>(PIPE_BUF));
  EXPECT_EQ((*object)->capacity_bytes(), capacity_bytes);
  EXPECT_EQ(fifo_.DefaultCapacityBytes(), capacity_bytes);
}

TEST_F(FifoFacilityTest, HoldsNoDescriptor) {
  const std::vector<int> before = OpenDescriptors();

  const auto object = fifo_.Make({}, directory_, "f");

  ASSERT_TRUE(object) << object.error().message;
  EXPECT_EQ(OpenDescriptors(), before);
}

}  // namespace
}  // namespace parley

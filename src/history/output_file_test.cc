#include "src/history/output_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <iterator>
#include <string>

namespace parley {
namespace {

// A folder of its own, gone with the test.
class OutputFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/output_file_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  std::size_t Entries() const {
    const std::filesystem::directory_iterator entries(folder_);
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
  }

  std::string folder_;
};

TEST_F(OutputFiles, AppearWhenCommitted) {
  Result<OutputFile> file = OutputFile::Open(Path("a"));
  ASSERT_TRUE(file.has_value());
  file->Append("one ");
  file->Append("two");
  EXPECT_FALSE(std::filesystem::exists(Path("a")));

  ASSERT_TRUE(file->Commit().has_value());

  EXPECT_EQ(ReadWholeFile(Path("a")), "one two");
  EXPECT_EQ(Entries(), 1U);
}

TEST_F(OutputFiles, LeaveNothingWhenAbandoned) {
  ASSERT_TRUE(WriteWholeFile(Path("a"), "before").has_value());
  {
    Result<OutputFile> file = OutputFile::Open(Path("a"));
    ASSERT_TRUE(file.has_value());
    file->Append("after");
  }

  EXPECT_EQ(ReadWholeFile(Path("a")), "before");
  EXPECT_EQ(Entries(), 1U);
}

TEST_F(OutputFiles, HoldMoreThanTheBuffer) {
  const std::string content(3'000'001, 'x');

  ASSERT_TRUE(WriteWholeFile(Path("a"), content).has_value());

  EXPECT_EQ(ReadWholeFile(Path("a")), content);
}

TEST_F(OutputFiles, StandBehindALinkThatLeadsThere) {
  ASSERT_TRUE(WriteWholeFile(Path("a"), "before").has_value());
  ASSERT_EQ(::symlink(Path("a").c_str(), Path("link").c_str()), 0);

  ASSERT_TRUE(WriteWholeFile(Path("link"), "after").has_value());

  EXPECT_EQ(ReadWholeFile(Path("a")), "after");
  EXPECT_TRUE(std::filesystem::is_symlink(Path("link")));
}

TEST_F(OutputFiles, WriteADeviceInPlace) {
  ASSERT_TRUE(WriteWholeFile("/dev/null", "gone").has_value());

  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(OutputFiles, SayThatAFolderIsMissing) {
  const Result<void> written = WriteWholeFile(Path("absent/a"), "x");

  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().system_error, ENOENT);
  EXPECT_NE(written.error().message.find("absent/a"), std::string::npos);
}

TEST_F(OutputFiles, SayThatTheDiskIsFull) {
  const Result<void> written = WriteWholeFile("/dev/full", "x");

  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().system_error, ENOSPC);
  EXPECT_NE(written.error().message.find("/dev/full"), std::string::npos);
}

TEST_F(OutputFiles, LeaveNothingWhenThereIsNoRoom) {
  struct rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_NE(::signal(SIGXFSZ, SIG_IGN), SIG_ERR);
  const struct rlimit tight{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);

  const Result<void> written = WriteWholeFile(Path("a"), std::string(2000, 'x'));

  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().system_error, EFBIG);
  EXPECT_EQ(Entries(), 0U);
}

TEST_F(OutputFiles, AreNotReadFromAFifo) {
  ASSERT_EQ(::mkfifo(Path("fifo").c_str(), 0600), 0);

  const Result<std::string> content = ReadWholeFile(Path("fifo"));

  ASSERT_FALSE(content.has_value());
  EXPECT_EQ(content.error().blame, Blame::kInput);
}

}  // namespace
}  // namespace parley

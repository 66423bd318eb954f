// The words of the calls on files, and that every argument stands for one case.
#include "src/history/file_calls.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace parley {
namespace {

TEST(FileCalls, ReadBackWhatTheyWrite) {
  for (std::uint64_t argument = 0; argument < 1U << 23U; argument += 97) {
    ASSERT_EQ(CreateFile::Of(argument).Argument(), argument);
  }
  for (std::uint64_t argument = 0; argument < std::uint64_t{2} * kBases; ++argument) {
    EXPECT_EQ(CreateFileAt::Of(argument).Argument(), argument);
  }
  for (std::uint64_t argument = 0; argument < 1024; ++argument) {
    EXPECT_EQ(ChangeMode::Of(argument).Argument(), argument);
  }
  for (std::uint64_t argument = 0; argument < 32; ++argument) {
    if (argument % 4 != 3) EXPECT_EQ(OpenFileAs::Of(argument).Argument(), argument);
  }
  for (std::uint64_t argument = 0; argument < 4; ++argument) {
    EXPECT_EQ(RemoveFile::Of(argument).Argument(), argument);
  }
  for (std::int64_t result = 0; result < 1 << 21; result += 97) {
    ASSERT_EQ(CreatedFile::Of(result).Result(), result);
  }
}

TEST(FileCalls, AcceptEveryArgument) {
  const std::uint64_t argument = ~std::uint64_t{0};

  EXPECT_EQ(CreateFile::Of(argument).place, Place::kLocked);
  EXPECT_LT(static_cast<int>(CreateFileAt::Of(argument).base), kBases);
  EXPECT_EQ(OpenFileAs::Of(argument).direction, Direction::kRead);
  EXPECT_LT(UsedSlot(argument), kFileSlots);
}

TEST(FileCallText, SaysWhatIsDone) {
  EXPECT_EQ(FileCallText(Effect::kCreateFile,
                         CreateFile{.mode = 0640, .umask = 022, .slot = 1}.Argument()),
            "makes name 1 with mode 0640 and umask 022");
  EXPECT_EQ(
      FileCallText(Effect::kOpenFile,
                   OpenFileAs{.direction = Direction::kBoth, .as = ActAs::kOtherUser}.Argument()),
      "opens name 0 for reading and writing as another user");
  EXPECT_EQ(FileCallText(Effect::kRemoveFile, RemoveFile{.folder = Folder::kGiven}.Argument()),
            "removes name 0 of the given directory");
}

TEST(CreatedText, SaysWhatIsThere) {
  EXPECT_EQ(CreatedText(0), "nothing where it has to be");
  EXPECT_EQ(CreatedText(CreatedFile{.st_mode = S_IFIFO | 0640, .owned_by_user = true}.Result()),
            "a FIFO of mode 0640");
  EXPECT_EQ(CreatedText(CreatedFile{.st_mode = S_IFREG | 0600}.Result()),
            "no FIFO of mode 0600 that another user owns");
}

}  // namespace
}  // namespace parley

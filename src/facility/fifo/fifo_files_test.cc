// Files beside a FIFO: what each call does to the tree, and that nothing of it stays.
#include "src/facility/fifo/fifo_files.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "src/facility/credentials.h"
#include "src/facility/testing.h"

namespace parley {
namespace {

namespace fs = std::filesystem;

class FifoFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    before_ = OpenDescriptors();
    std::string pattern = testing::TempDir() + "/files.XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    files_ = std::make_unique<FifoFiles>(directory_ + "/f");
  }
  void TearDown() override {
    RemoveFifoFiles(directory_ + "/f");
    files_.reset();
    EXPECT_TRUE(fs::is_empty(directory_));
    fs::remove_all(directory_);
    EXPECT_EQ(OpenDescriptors(), before_);
  }

  std::string Path(const std::string& name) const { return directory_ + "/f.files/" + name; }
  Reply Create(CreateFile call) { return files_->Create(call.Argument()); }
  Reply CreateAt(Base base) { return files_->CreateAt(CreateFileAt{.base = base}.Argument()); }
  Reply Open(OpenFileAs call) { return files_->Open(call.Argument()); }

  std::vector<int> before_;
  std::string directory_;
  std::unique_ptr<FifoFiles> files_;
};

void ExpectRefused(const Reply& reply, int system_error) {
  EXPECT_EQ(reply.result, -1);
  EXPECT_EQ(ErrnoName(reply.system_error), ErrnoName(system_error));
}

TEST_F(FifoFilesTest, TellsWhatItHasMade) {
  const mode_t umask_before = ::umask(077);
  const fs::path current_before = fs::current_path();

  const Reply reply = Create({.mode = 0666, .umask = 022});

  const CreatedFile made = CreatedFile::Of(reply.result);
  EXPECT_EQ(made.st_mode, S_IFIFO | 0644);
  EXPECT_TRUE(made.owned_by_user);
  EXPECT_TRUE(made.owned_by_group || made.owned_like_folder);
  EXPECT_EQ(made.overrides, OverridesNow().all);
  EXPECT_TRUE(fs::is_fifo(Path("current/0")));
  EXPECT_EQ(::umask(umask_before), 077u);
  EXPECT_EQ(fs::current_path(), current_before);
  ExpectRefused(Create({.mode = 0666, .umask = 022}), EEXIST);
}

TEST_F(FifoFilesTest, TriesEveryPlace) {
  ExpectRefused(Create({.place = Place::kSymbolicLink}), EEXIST);
  ExpectRefused(Create({.place = Place::kMissingParent}), ENOENT);
  ExpectRefused(Create({.as = ActAs::kSelfWithoutRights, .place = Place::kLocked}), EACCES);
  const Reply locked = Create({.place = Place::kLocked});
  EXPECT_EQ(locked.system_error, OverridesNow().all ? 0 : EACCES);
}

TEST_F(FifoFilesTest, ResolvesAgainstWhatItIsGiven) {
  EXPECT_GT(CreateAt(Base::kGivenDirectory).result, 0);
  EXPECT_TRUE(fs::is_fifo(Path("given/0")));
  EXPECT_FALSE(fs::exists(Path("current/0")));
  EXPECT_GT(CreateAt(Base::kCurrentDirectory).result, 0);
  EXPECT_TRUE(fs::is_fifo(Path("current/0")));
  ExpectRefused(CreateAt(Base::kAbsoluteInvalid), EEXIST);
  ExpectRefused(CreateAt(Base::kAbsoluteNonDirectory), EEXIST);
  ExpectRefused(CreateAt(Base::kInvalid), EBADF);
  ExpectRefused(CreateAt(Base::kNonDirectory), ENOTDIR);
}

TEST_F(FifoFilesTest, KeepsTheGivenDirectoryWhenThatIsMoved) {
  EXPECT_EQ(files_->MoveGiven().result, 0);
  EXPECT_GT(CreateAt(Base::kGivenDirectory).result, 0);
  EXPECT_TRUE(fs::is_fifo(Path("given.moved/0")));

  FifoFiles another(directory_ + "/f");
  ExpectRefused(another.CreateAt(CreateFileAt{}.Argument()), EEXIST);
  EXPECT_EQ(another.MoveGiven().result, 0);
  EXPECT_TRUE(fs::is_fifo(Path("given/0")));
}

TEST_F(FifoFilesTest, ChecksPermissionAtOpenOnly) {
  ASSERT_GT(Create({.mode = 0600}).result, 0);
  ExpectRefused(files_->Use(0), EBADF);
  EXPECT_EQ(Open({.direction = Direction::kBoth, .as = ActAs::kSelfWithoutRights}).result, 0);

  EXPECT_EQ(files_->ChangeMode(ChangeMode{.mode = 0}.Argument()).result, 0);

  EXPECT_EQ(files_->Use(0).result, 1);
  ExpectRefused(Open({.as = ActAs::kSelfWithoutRights}), EACCES);
  EXPECT_EQ(files_->Remove(RemoveFile{}.Argument()).result, 0);
  ExpectRefused(Open({}), ENOENT);
}

TEST_F(FifoFilesTest, IsItselfAgainAfterBeingAnother) {
  ::prctl(PR_SET_PDEATHSIG, SIGUSR1);
  const Overrides rights = OverridesNow();

  for (const ActAs as : {ActAs::kOtherUser, ActAs::kOtherUserAndGroup, ActAs::kSelfWithoutRights}) {
    const Reply reply = Create({.mode = 0040, .slot = 1, .as = as});
    if (reply.system_error == 0) {
      EXPECT_TRUE(CreatedFile::Of(reply.result).owned_by_user);
      EXPECT_FALSE(CreatedFile::Of(reply.result).overrides);
      struct stat found;
      ASSERT_EQ(::stat(Path("current/1").c_str(), &found), 0);
      EXPECT_EQ(found.st_uid == ::geteuid(), as == ActAs::kSelfWithoutRights);
      files_->Remove(RemoveFile{.slot = 1}.Argument());
    } else {
      EXPECT_TRUE(reply.system_error == EPERM || reply.system_error == EINVAL);
    }
  }

  EXPECT_EQ(::geteuid(), ::getuid());
  EXPECT_EQ(::getegid(), ::getgid());
  EXPECT_EQ(OverridesNow().all, rights.all);
  int death_signal = 0;
  ::prctl(PR_GET_PDEATHSIG, &death_signal);
  EXPECT_EQ(death_signal, SIGUSR1);
  EXPECT_EQ(::prctl(PR_GET_DUMPABLE), 1);
}

}  // namespace
}  // namespace parley

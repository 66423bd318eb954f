#include "src/base/file_descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <utility>

namespace parley {
namespace {

int OpenNull() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

bool IsOpen(int fd) { return ::fcntl(fd, F_GETFD) != -1 || errno != EBADF; }

TEST(FileDescriptor, OwnsNothingAtFirst) {
  const FileDescriptor owner;

  EXPECT_FALSE(owner.valid());
  EXPECT_EQ(owner.get(), -1);
}

TEST(FileDescriptor, ClosesWhatItOwns) {
  const int fd = OpenNull();
  ASSERT_TRUE(IsOpen(fd));

  {
    const FileDescriptor owner(fd);
  }

  EXPECT_FALSE(IsOpen(fd));
}

TEST(FileDescriptor, OwnsDescriptorZeroLikeAnyOther) {
  FileDescriptor zero(0);

  const bool valid = zero.valid();
  zero.Release();

  EXPECT_TRUE(valid);
}

TEST(FileDescriptor, HandsOverWhenMoved) {
  const int fd = OpenNull();
  FileDescriptor from(fd);

  const FileDescriptor to(std::move(from));

  EXPECT_EQ(to.get(), fd);
  EXPECT_FALSE(from.valid());  // NOLINT(bugprone-use-after-move): moved-from is what is tested
  EXPECT_TRUE(IsOpen(fd));
}

TEST(FileDescriptor, ClosesItsOwnWhenAssignedAnother) {
  const int first = OpenNull();
  const int second = OpenNull();
  FileDescriptor owner(first);

  owner = FileDescriptor(second);

  EXPECT_FALSE(IsOpen(first));
  EXPECT_TRUE(IsOpen(second));
  EXPECT_EQ(owner.get(), second);
}

TEST(FileDescriptor, KeepsItsOwnWhenAssignedToItself) {
  const int fd = OpenNull();
  FileDescriptor owner(fd);
  FileDescriptor& same = owner;

  owner = std::move(same);

  EXPECT_EQ(owner.get(), fd);
  EXPECT_TRUE(IsOpen(fd));
}

TEST(FileDescriptor, LetsGoWithoutClosing) {
  const int fd = OpenNull();
  FileDescriptor owner(fd);

  const int released = owner.Release();

  EXPECT_EQ(released, fd);
  EXPECT_FALSE(owner.valid());
  EXPECT_TRUE(IsOpen(fd));
  ::close(fd);
}

TEST(FileDescriptor, ClosesWhenReset) {
  const int fd = OpenNull();
  FileDescriptor owner(fd);

  owner.Reset();

  EXPECT_FALSE(owner.valid());
  EXPECT_FALSE(IsOpen(fd));
}

}  // namespace
}  // namespace parley

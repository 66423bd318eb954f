#include "src/base/error.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace parley {
namespace {

TEST(SystemError, NamesTheCallAndTheErrno) {
  const Result<int> refused = SystemError("mkfifo(\"/tmp/x\", 0600)", EACCES);

  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().blame, Blame::kSystem);
  EXPECT_EQ(refused.error().message, "mkfifo(\"/tmp/x\", 0600): EACCES (Permission denied)");
  EXPECT_EQ(refused.error().system_error, EACCES);
}

TEST(SystemError, TakesErrnoWhenNoneIsGiven) {
  ::close(-1);  // EBADF, by POSIX close()

  const Result<int> refused = SystemError("close(-1)");

  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().system_error, EBADF);
  EXPECT_EQ(refused.error().message, "close(-1): EBADF (Bad file descriptor)");
}

TEST(InputError, BlamesTheInputAndNoSystemCall) {
  const Result<int> refused = InputError("worker.count is 0; it must be 1..4096");

  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().blame, Blame::kInput);
  EXPECT_EQ(refused.error().message, "worker.count is 0; it must be 1..4096");
  EXPECT_EQ(refused.error().system_error, 0);
}

TEST(UnsupportedError, BlamesTheMachineForWhatItLacks) {
  const Result<int> refused = UnsupportedError("no user namespaces");

  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().blame, Blame::kUnsupported);
  EXPECT_EQ(refused.error().message, "no user namespaces");
}

TEST(ErrnoName, NamesWhatHasAName) {
  EXPECT_EQ(ErrnoName(EAGAIN), "EAGAIN");
  EXPECT_EQ(ErrnoName(EPIPE), "EPIPE");
}

TEST(ErrnoName, NumbersWhatHasNone) { EXPECT_EQ(ErrnoName(4711), "errno 4711"); }

TEST(ErrnoText, AddsTheDescription) {
  EXPECT_EQ(ErrnoText(EAGAIN), "EAGAIN (Resource temporarily unavailable)");
}

TEST(ErrnoText, SaysSoWhenNothingIsKnown) {
  EXPECT_EQ(ErrnoText(4711), "errno 4711 (unknown error)");
}

}  // namespace
}  // namespace parley

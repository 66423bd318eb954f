// What the clock's self-test promises.  Whether this machine's clocks agree is not a question for
// a test of parley: nothing here says how many violations there may be.
#include "src/base/clock.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <cstdint>

namespace parley {
namespace {

int AllowedCoreCount() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

// Confines the calling thread to the first core that it may use, and lets it out again.
class OneCore {
 public:
  OneCore() {
    CPU_ZERO(&before_);
    ::sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    int core = 0;
    while (!CPU_ISSET(core, &before_)) ++core;
    CPU_SET(core, &one);
    ::sched_setaffinity(0, sizeof one, &one);
  }
  OneCore(const OneCore&) = delete;
  OneCore& operator=(const OneCore&) = delete;
  ~OneCore() { ::sched_setaffinity(0, sizeof before_, &before_); }

 private:
  cpu_set_t before_;
};

TEST(NowNs, NeverRunsBackwardsInOneThread) {
  std::uint64_t before = NowNs();

  for (int i = 0; i < 100000; ++i) {
    const std::uint64_t now = NowNs();
    ASSERT_GE(now, before);
    before = now;
  }
}

TEST(NowNs, ReadsTheMonotonicClock) {
  timespec before;
  timespec after;

  ::clock_gettime(CLOCK_MONOTONIC, &before);
  const std::uint64_t now_ns = NowNs();
  ::clock_gettime(CLOCK_MONOTONIC, &after);

  EXPECT_GE(now_ns, static_cast<std::uint64_t>(before.tv_sec) * 1'000'000'000U + before.tv_nsec);
  EXPECT_LE(now_ns, static_cast<std::uint64_t>(after.tv_sec) * 1'000'000'000U + after.tv_nsec);
}

TEST(TestClock, ComparesHandOversBetweenTwoCores) {
  if (AllowedCoreCount() < 2) GTEST_SKIP() << "one core is allowed, two are needed";

  const ClockTest test = TestClock(20);

  EXPECT_GT(test.rounds, 0U);
}

TEST(TestClock, ComparesEvenWhenTheTimeIsUpAtOnce) {
  if (AllowedCoreCount() < 2) GTEST_SKIP() << "one core is allowed, two are needed";

  const ClockTest test = TestClock(0);

  EXPECT_GT(test.rounds, 0U);
}

TEST(TestClock, ComparesNothingOnOneCore) {
  const OneCore confined;

  const ClockTest test = TestClock(1);

  EXPECT_EQ(test.rounds, 0U);
  EXPECT_EQ(test.violations, 0U);
  EXPECT_EQ(test.SlackNs(), 0U);
}

TEST(TestClock, CountsAViolationExactlyWhenItMeasuredOne) {
  const ClockTest test = TestClock(5);

  EXPECT_EQ(test.violations == 0, test.violation_ns_max == 0);
}

TEST(ClockTest, AsksForTwiceTheLargestViolation) {
  const ClockTest test{.rounds = 1000, .violations = 3, .violation_ns_max = 120, .read_ns = 20};

  EXPECT_EQ(test.SlackNs(), 240U);
}

TEST(ClockTest, AsksForNothingWithoutViolation) {
  const ClockTest test{.rounds = 1000, .violations = 0, .violation_ns_max = 0, .read_ns = 20};

  EXPECT_EQ(test.SlackNs(), 0U);
}

}  // namespace
}  // namespace parley

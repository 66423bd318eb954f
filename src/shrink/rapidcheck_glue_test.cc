#include "src/shrink/rapidcheck_glue.h"

#include <gtest/gtest.h>

#include "src/facility/facility.h"
#include "src/program/random_program.h"
#include "src/shrink/toy.h"

namespace parley {
namespace {

rc::Gen<Program> AnyProgram() {
  return rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [](std::uint64_t seed) {
    return RandomProgram(seed, *FindFacility("pipe"), {.workers = 3, .steps = 10, .entries = 40});
  });
}

TEST(ShrunkByPasses, LetsRapidcheckFindTheSmallestFailure) {
  const auto bug = ToyBug({{'A', "write", 100}, {'B', "close"}});
  Program last;  // that failed
  int tried = 0;

  const auto result = rc::detail::checkTestable([&] {
    const Program program = *ShrunkByPasses(AnyProgram());
    ++tried;
    if (!bug(program)) return;
    last = program;
    RC_FAIL("the toy bug");
  });

  ASSERT_TRUE(result.is<rc::detail::FailureResult>());
  const ProgramSize size = SizeOf(last);
  EXPECT_EQ(size.workers, 2U);
  EXPECT_EQ(size.operations, 2U);
  EXPECT_EQ(size.entries, 0U);
  EXPECT_LT(tried, 2000);
}

TEST(ShrunkByPasses, DoesNotDisturbAPropertyThatHolds) {
  const auto result = rc::detail::checkTestable([&] {
    const Program program = *ShrunkByPasses(AnyProgram());
    RC_ASSERT(program.workers.size() == 3U);
  });

  EXPECT_TRUE(result.is<rc::detail::SuccessResult>());
}

}  // namespace
}  // namespace parley

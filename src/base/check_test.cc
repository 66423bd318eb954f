#include "src/base/check.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

TEST(Check, PassesOverWhatHolds) {
  int evaluated = 0;

  CHECK(++evaluated == 1);

  EXPECT_EQ(evaluated, 1);
}

TEST(CheckDeathTest, NamesTheFileAndTheConditionAndAborts) {
  const int one = 1;

  EXPECT_DEATH(CHECK(one == 2),
               "parley: broken invariant at src/base/check_test.cc:[0-9]+: one == 2");
}

}  // namespace
}  // namespace parley

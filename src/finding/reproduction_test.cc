#include "src/finding/reproduction.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace parley {
namespace {

// Bounds as published in tables of the binomial distribution.
TEST(ClopperPearson, AgreesWithTables) {
  const RateBounds one_of_ten = ClopperPearson(1, 10);
  EXPECT_NEAR(one_of_ten.low, 0.0025, 5e-5);
  EXPECT_NEAR(one_of_ten.high, 0.4450, 5e-5);
  const RateBounds half = ClopperPearson(50, 100);
  EXPECT_NEAR(half.low, 0.3983, 5e-5);
  EXPECT_NEAR(half.high, 0.6017, 5e-5);
}

TEST(ClopperPearson, HasClosedFormsAtTheEnds) {
  // The interval of 0 of n ends where (1 - p)^n is 2.5 %.
  const RateBounds none = ClopperPearson(0, 100);
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 1 - std::pow(0.025, 0.01), 1e-12);
  const RateBounds all = ClopperPearson(20, 20);
  EXPECT_NEAR(all.low, std::pow(0.025, 0.05), 1e-12);
  EXPECT_EQ(all.high, 1);
  const RateBounds nothing_known = ClopperPearson(0, 0);
  EXPECT_EQ(nothing_known.low, 0);
  EXPECT_EQ(nothing_known.high, 1);
}

TEST(ClopperPearson, StandsLargeNumbers) {
  const RateBounds bounds = ClopperPearson(500'000, 1'000'000);
  EXPECT_NEAR(bounds.low, 0.49902, 1e-5);
  EXPECT_NEAR(bounds.high, 0.50098, 1e-5);
  EXPECT_LT(ClopperPearson(1, 1'000'000).high, 1e-5);
}

// What it promises: the true rate is outside in at most 5 % of all samples.
TEST(ClopperPearson, CoversTheTrueRate) {
  std::mt19937_64 random(7);
  for (const double rate : {0.01, 0.3, 0.9}) {
    std::binomial_distribution<std::uint64_t> sample(60, rate);
    int outside = 0;
    for (int i = 0; i < 4'000; ++i) {
      const RateBounds bounds = ClopperPearson(sample(random), 60);
      outside += rate < bounds.low || rate > bounds.high ? 1 : 0;
    }
    EXPECT_LE(outside, 200) << rate;
  }
}

TEST(RoundsToSee, IsWhereMissingItGetsImprobable) {
  EXPECT_EQ(RoundsToSee(0.01), 299U);
  EXPECT_EQ(RoundsToSee(0.5), 5U);
  EXPECT_EQ(RoundsToSee(1), 1U);
  EXPECT_EQ(RoundsToSee(0), std::nullopt);
}

}  // namespace
}  // namespace parley

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "src/strategy/statistics.h"
#include "src/strategy/strategy.h"
#include "src/strategy/toy.h"

namespace parley::toy {
namespace {

constexpr std::uint64_t kRuns = 20'000;

// "0110": who began a call, one after the other.
std::string Workers(const std::vector<Candidate>& order) {
  std::string workers;
  for (const Candidate& one : order) workers += static_cast<char>('0' + one.worker);
  return workers;
}

TEST(RandomWalk, TossesAFairCoinWhileThereIsAChoice) {
  const auto scripts = SameObject(std::vector<std::size_t>{2, 2});

  auto counts = CountOrders(scripts, {.kind = StrategyKind::kRandomWalk}, kRuns, Workers);

  // Two equal tosses leave no choice; otherwise the third one decides.
  EXPECT_EQ(counts.size(), 6U);
  EXPECT_LT(std::abs(Deviations(counts["0011"], kRuns, 1.0 / 4)), 5);
  EXPECT_LT(std::abs(Deviations(counts["1100"], kRuns, 1.0 / 4)), 5);
  for (const char* mixed : {"0101", "0110", "1001", "1010"}) {
    EXPECT_LT(std::abs(Deviations(counts[mixed], kRuns, 1.0 / 8)), 5) << mixed;
  }
}

TEST(Lowest, IsTheOrderOfTheNumbers) {
  const auto scripts = SameObject(std::vector<std::size_t>{1, 2, 3});

  const auto counts = CountOrders(scripts, {.kind = StrategyKind::kLowest}, 3, Workers);

  EXPECT_EQ(counts, (std::map<std::string, std::uint64_t>{{"011222", 3}}));
}

}  // namespace
}  // namespace parley::toy

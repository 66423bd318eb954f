#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "src/strategy/statistics.h"
#include "src/strategy/strategy.h"
#include "src/strategy/toy.h"

namespace parley::toy {
namespace {

constexpr std::uint64_t kRuns = 40'000;
using Order = std::span<const Candidate>;

StrategyPlan Pct(std::uint8_t depth) { return {.kind = StrategyKind::kPct, .depth = depth}; }
constexpr StrategyPlan kRandomWalk{.kind = StrategyKind::kRandomWalk};

// a b a: the first call of worker b falls between the first two of worker a.
bool Interrupts(Order order, std::uint16_t b, std::uint16_t a) {
  return When(order, a, 0) < When(order, b, 0) && When(order, b, 0) < When(order, a, 1);
}

// a b a b: and the second call of worker a between the first two of worker b.
bool TakeTurns(Order order, std::uint16_t a, std::uint16_t b) {
  return Interrupts(order, b, a) && When(order, a, 1) < When(order, b, 1);
}

// Depth 1: n workers, one of them after everybody else.
TEST(Pct, ShowsABugOfDepthOneInOneOfNRuns) {
  const auto scripts = SameObject(std::vector<std::size_t>(8, 10));
  const auto last_of_all = [](Order order) { return When(order, 3, 0) == 70; };

  const std::uint64_t hits = CountHits(scripts, Pct(1), kRuns, last_of_all);

  EXPECT_LT(std::abs(Deviations(hits, kRuns, 1.0 / 8)), 5);
  EXPECT_LT(Deviations(CountHits(scripts, kRandomWalk, kRuns, last_of_all), kRuns, 1.0 / 8), -5);
}

TEST(Pct, ShowsABugOfDepthTwoInOneOfNTimesKRuns) {
  const auto scripts = SameObject(std::vector<std::size_t>{3, 3});

  const std::uint64_t hits =
      CountHits(scripts, Pct(2), kRuns, [](Order order) { return Interrupts(order, 1, 0); });

  EXPECT_LT(std::abs(Deviations(hits, kRuns, 1.0 / (2 * 6))), 5);
}

TEST(Pct, ShowsABugOfDepthThreeInOneOfNTimesKSquaredRuns) {
  const auto scripts = SameObject(std::vector<std::size_t>{4, 4});
  for (const std::uint16_t first : {std::uint16_t{0}, std::uint16_t{1}}) {
    const std::uint64_t hits = CountHits(
        scripts, Pct(3), kRuns, [&](Order order) { return TakeTurns(order, first, 1 - first); });
    EXPECT_GT(Deviations(hits, kRuns, 1.0 / (2 * 8 * 8)), -5) << first;
  }
}

// A window and the call that falls into it, early, in the middle and late, with a bystander.
TEST(Pct, KeepsItsBoundWhereverTheWindowIs) {
  const auto scripts = SameObject(std::vector<std::size_t>{12, 12, 6});
  const double bound = 1.0 / (3 * 30);
  for (const std::uint32_t at : {0U, 5U, 10U}) {
    for (const std::uint32_t intruder : {0U, 6U, 11U}) {
      const std::uint64_t hits = CountHits(scripts, Pct(2), kRuns / 4, [&](Order order) {
        return When(order, 0, at) < When(order, 1, intruder) &&
               When(order, 1, intruder) < When(order, 0, at + 1);
      });
      EXPECT_GT(Deviations(hits, kRuns / 4, bound), -5) << at << " " << intruder;
    }
  }
}

TEST(Pct, OfTooSmallADepthMissesTheBug) {
  const auto scripts = SameObject(std::vector<std::size_t>{4, 4});
  const auto interrupts = [](Order order) { return Interrupts(order, 1, 0); };
  const auto take_turns = [](Order order) { return TakeTurns(order, 0, 1); };

  EXPECT_EQ(CountHits(scripts, Pct(0), kRuns, interrupts), 0U);
  EXPECT_EQ(CountHits(scripts, Pct(1), kRuns, interrupts), 0U);
  EXPECT_EQ(CountHits(scripts, Pct(2), kRuns, take_turns), 0U);
}

// A worker that was asleep keeps its priority: who is highest runs as soon as it is awake.
TEST(Pct, LetsAWokenWorkerOfHigherPriorityRunAtOnce) {
  const std::vector<Accesses> scripts{{{.call = kTake}, {}, {}}, {{.call = kPut}, {}, {}}};
  const auto at_once = [](Order order) {
    return When(order, 0, 0) == 0 && When(order, 0, 1) == 2 && When(order, 0, 2) == 3;
  };

  const std::uint64_t hits = CountHits(scripts, Pct(1), kRuns, at_once);

  EXPECT_LT(std::abs(Deviations(hits, kRuns, 1.0 / 2)), 5);
}

}  // namespace
}  // namespace parley::toy

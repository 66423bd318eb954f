#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "src/strategy/statistics.h"
#include "src/strategy/strategy.h"
#include "src/strategy/toy.h"

namespace parley::toy {
namespace {

constexpr std::uint64_t kRuns = 40'000;
constexpr StrategyPlan kPos{.kind = StrategyKind::kPos};
constexpr StrategyPlan kRandomWalk{.kind = StrategyKind::kRandomWalk};
using Order = std::span<const Candidate>;

// Worker 1's only call comes after the tenth and last one of worker 0.
bool LateMeetsEarly(Order order) { return When(order, 1, 0) == 10; }

// The two meet in a call on a common object; what worker 0 does before is its own affair.
std::vector<Accesses> MeetingAtTheEnd() {
  auto scripts = OwnObjects(std::vector<std::size_t>{10, 1});
  scripts[0].back().object = scripts[1].back().object = 0;
  return scripts;
}

TEST(Pos, OrdersConflictingCallsUniformly) {
  const auto scripts = SameObject(std::vector<std::size_t>{1, 1, 1, 1});

  const auto counts = CountOrders(scripts, kPos, kRuns, std::identity{});

  EXPECT_EQ(counts.size(), 24U);
  EXPECT_LT(Unevenness(counts, kRuns, 24), 5);
}

// Eleven scores are drawn, each call's once; worker 1's is the lowest in one of eleven.
TEST(Pos, IsNotMisledByCallsWithoutConflict) {
  const std::uint64_t hits = CountHits(MeetingAtTheEnd(), kPos, kRuns, LateMeetsEarly);

  EXPECT_LT(std::abs(Deviations(hits, kRuns, 1.0 / 11)), 5);
  EXPECT_LT(
      Deviations(CountHits(MeetingAtTheEnd(), kRandomWalk, kRuns, LateMeetsEarly), kRuns, 1.0 / 11),
      -5);
}

TEST(Pos, TakesTwoPureQueriesForCallsWithoutConflict) {
  auto scripts = SameObject(std::vector<std::size_t>{10, 1});
  for (Accesses& script : scripts) {
    for (Access& access : script) access.writes = false;
  }

  const std::uint64_t hits = CountHits(scripts, kPos, kRuns, LateMeetsEarly);

  EXPECT_LT(std::abs(Deviations(hits, kRuns, 1.0 / 11)), 5);
}

TEST(Pos, IsTheRandomWalkWhereAllCallsConflict) {
  const auto scripts = SameObject(std::vector<std::size_t>{10, 1});
  const double probability = 1.0 / 1024;

  EXPECT_LT(
      std::abs(Deviations(CountHits(scripts, kPos, kRuns, LateMeetsEarly), kRuns, probability)), 5);
}

// Worker 0 is passed over once and goes away.  With the score that lost it would win against a
// fresh one in one of three runs; an even chance says that it has drawn again.
double DeviationOfComingBack(std::span<const Candidate> meanwhile, std::uint32_t next) {
  const std::vector<Accesses> scripts{{{}, {}}, {{.object = 1}, {}, {.object = 1}}};
  std::uint64_t passed_over = 0;
  std::uint64_t wins = 0;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    const auto pos = MakeStrategy({.kind = StrategyKind::kPos, .seed = seed}, scripts);
    if (pos->Choose(std::vector<Candidate>{{0, 0}, {1, 0}}) == 0) continue;
    ++passed_over;
    if (!meanwhile.empty()) pos->Choose(meanwhile);
    if (pos->Choose(std::vector<Candidate>{{0, next}, {1, 2}}) == 0) ++wins;
  }
  return Deviations(wins, passed_over, 1.0 / 2);
}

TEST(Pos, DrawsAgainForAWorkerThatIsAwayWhenSomebodyConflicts) {
  const std::vector<Candidate> conflicting{{1, 1}};

  EXPECT_LT(std::abs(DeviationOfComingBack(conflicting, 0)), 5);
  EXPECT_LT(DeviationOfComingBack({}, 0), -5);
}

TEST(Pos, DrawsAgainForAWorkerThatComesBackAtALaterCall) {
  EXPECT_LT(std::abs(DeviationOfComingBack({}, 1)), 5);
}

}  // namespace
}  // namespace parley::toy

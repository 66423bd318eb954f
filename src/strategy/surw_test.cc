#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "src/strategy/statistics.h"
#include "src/strategy/strategy.h"
#include "src/strategy/toy.h"

namespace parley::toy {
namespace {

constexpr std::uint64_t kRuns = 40'000;
constexpr StrategyPlan kSurw{.kind = StrategyKind::kSurw};
constexpr StrategyPlan kRandomWalk{.kind = StrategyKind::kRandomWalk};
constexpr std::uint8_t kShared = 7;

// Where in a worker's script calls of interest stand.
using Places = std::vector<std::vector<std::uint32_t>>;

std::vector<Accesses> Scripts(const std::vector<std::size_t>& calls, const Places& places,
                              std::uint8_t Access::* shared) {
  auto scripts = OwnObjects(calls);
  for (std::size_t worker = 0; worker < places.size(); ++worker) {
    for (const std::uint32_t place : places[worker]) scripts[worker][place].*shared = kShared;
  }
  return scripts;
}

// The order of the calls of interest: "010" is worker 0, 1, 0.
auto OrderOfInterest(const Places& places) {
  return [&places](const std::vector<Candidate>& order) {
    std::string workers;
    for (const Candidate& one : order) {
      const auto& mine = places[one.worker];
      if (std::ranges::find(mine, one.next) != mine.end()) {
        workers += static_cast<char>('0' + one.worker);
      }
    }
    return workers;
  };
}

// 5! / (2! 2! 1!) = 30 orders, with 50 other calls before worker 0's first and 20 after worker 1's.
const std::vector<std::size_t> kCalls{60, 25, 5};
const Places kPlaces{{50, 59}, {0, 4}, {2}};
constexpr std::size_t kOrders = 30;

TEST(Surw, MakesTheOrdersOnASharedObjectUniformWhateverElseIsDone) {
  const auto scripts = Scripts(kCalls, kPlaces, &Access::object);

  const auto counts = CountOrders(scripts, kSurw, kRuns, OrderOfInterest(kPlaces));

  EXPECT_EQ(counts.size(), kOrders);
  EXPECT_LT(Unevenness(counts, kRuns, kOrders), 5);
}

TEST(Surw, MakesTheOrdersOfASharedCallUniform) {
  const auto scripts = Scripts(kCalls, kPlaces, &Access::call);

  const auto counts = CountOrders(scripts, kSurw, kRuns, OrderOfInterest(kPlaces));

  EXPECT_EQ(counts.size(), kOrders);
  EXPECT_LT(Unevenness(counts, kRuns, kOrders), 5);
}

TEST(Surw, DoesWhatARandomWalkDoesNot) {
  const auto scripts = Scripts(kCalls, kPlaces, &Access::object);

  const auto counts = CountOrders(scripts, kRandomWalk, kRuns, OrderOfInterest(kPlaces));

  EXPECT_GT(Unevenness(counts, kRuns, kOrders), 1000);
}

// All on one object: uniform over all interleavings, 7! / (4! 2! 1!) = 105.
TEST(Surw, IsUniformOverAllInterleavingsWhereAllIsShared) {
  const auto scripts = SameObject(std::vector<std::size_t>{4, 2, 1});

  const auto counts = CountOrders(scripts, kSurw, kRuns, std::identity{});

  EXPECT_EQ(counts.size(), 105U);
  EXPECT_LT(Unevenness(counts, kRuns, 105), 5);
}

// Two pairs of calls, far apart: one pair on a shared object, one of a shared call.  Each is turned
// round in half of the runs in which it is of interest.
TEST(Surw, DrawsWhetherAnObjectOrACallIsOfInterest) {
  auto scripts = OwnObjects(std::vector<std::size_t>{20, 1, 20, 1});
  scripts[0].back().object = scripts[1].front().object = kShared;
  scripts[2].back().call = scripts[3].front().call = kShared;

  for (const std::uint16_t late : {std::uint16_t{0}, std::uint16_t{2}}) {
    const std::uint64_t hits = CountHits(scripts, kSurw, kRuns, [&](const auto& order) {
      return When(order, late, 19) < When(order, late + 1, 0);
    });
    EXPECT_LT(std::abs(Deviations(hits, kRuns, 1.0 / 4)), 5) << late;
  }
}

// Every interleaving stays possible: also those that differ only in calls without interest.
TEST(Surw, ReachesEveryInterleaving) {
  const Places places{{1}, {1}};
  const auto scripts = Scripts({3, 3}, places, &Access::object);

  const auto counts = CountOrders(scripts, kSurw, kRuns, std::identity{});

  EXPECT_EQ(counts.size(), 20U);
}

TEST(Surw, IsARandomWalkWhereNothingIsShared) {
  const auto scripts = OwnObjects(std::vector<std::size_t>{10, 1});

  const std::uint64_t hits =
      CountHits(scripts, kSurw, kRuns, [](const auto& order) { return When(order, 1, 0) == 10; });

  EXPECT_LT(std::abs(Deviations(hits, kRuns, 1.0 / 1024)), 5);
}

// The wanted worker is away: others go on, among them those who stand before a call of interest.
TEST(Surw, DoesNotWaitForAWorkerThatIsAbsent) {
  const auto scripts = SameObject(std::vector<std::size_t>{1, 1});
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto surw = MakeStrategy({.kind = StrategyKind::kSurw, .seed = seed}, scripts);

    EXPECT_EQ(surw->Choose(std::vector<Candidate>{{1, 0}}), 0U);
    EXPECT_EQ(surw->Choose(std::vector<Candidate>{{0, 0}}), 0U);
  }
}

}  // namespace
}  // namespace parley::toy

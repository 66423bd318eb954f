// How far a count of hits may lie from what a probability promises.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <type_traits>
#include <vector>

#include "src/strategy/strategy.h"
#include "src/strategy/toy.h"

namespace parley::toy {

// Standard deviations between hits in runs and the probability; positive: more hits than that.  An
// exact strategy passes 5 of them, either way, once in 1.7 million seeds.
inline double Deviations(std::uint64_t hits, std::uint64_t runs, double probability) {
  const double n = static_cast<double>(runs);
  return (static_cast<double>(hits) - n * probability) /
         std::sqrt(n * probability * (1 - probability));
}

// The chi-square statistic of the counts against equal probabilities, as standard deviations above
// its mean (df = orders - 1, variance 2 df).
template <typename Key>
double Unevenness(const std::map<Key, std::uint64_t>& counts, std::uint64_t runs,
                  std::size_t orders) {
  const double expected = static_cast<double>(runs) / static_cast<double>(orders);
  double square = expected * static_cast<double>(orders - counts.size());  // of those never seen
  for (const auto& [key, count] : counts) {
    const double difference = static_cast<double>(count) - expected;
    square += difference * difference / expected;
  }
  const double df = static_cast<double>(orders) - 1;
  return (square - df) / std::sqrt(2 * df);
}

// In how many of the runs, seeds 0, 1, ..., the order of calls satisfies the predicate.
template <typename Predicate>
std::uint64_t CountHits(const std::vector<Accesses>& scripts, StrategyPlan plan, std::uint64_t runs,
                        const Predicate& predicate) {
  std::uint64_t hits = 0;
  for (plan.seed = 0; plan.seed < runs; ++plan.seed) {
    const auto strategy = MakeStrategy(plan, scripts);
    if (predicate(Play(scripts, *strategy))) ++hits;
  }
  return hits;
}

// How often each value of a function of the order came out.
template <typename Key>
auto CountOrders(const std::vector<Accesses>& scripts, StrategyPlan plan, std::uint64_t runs,
                 const Key& key) {
  std::map<std::decay_t<decltype(key(std::vector<Candidate>{}))>, std::uint64_t> counts;
  for (plan.seed = 0; plan.seed < runs; ++plan.seed) {
    const auto strategy = MakeStrategy(plan, scripts);
    ++counts[key(Play(scripts, *strategy))];
  }
  return counts;
}

}  // namespace parley::toy

#include "src/finding/reproduction.h"

#include <algorithm>
#include <cmath>

namespace parley {
namespace {

// P(X >= seen) of a binomial distribution; 0 < rate < 1, 0 < seen <= rounds.
double UpperTail(std::uint64_t seen, std::uint64_t rounds, double rate) {
  const auto n = static_cast<double>(rounds);
  auto k = static_cast<double>(seen);
  const double log_first = std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                           k * std::log(rate) + (n - k) * std::log1p(-rate);
  double term = std::exp(log_first);
  double sum = 0;
  // Terms rise up to the mean; what follows a vanishing one behind it is nothing.
  for (; k <= n; ++k) {
    sum += term;
    if (k > n * rate && term < sum * 1e-17) break;
    // A first term below the smallest double would stay 0 on its way up.
    if (term == 0 && k < n * rate) return 1;
    term *= (n - k) / (k + 1) * rate / (1 - rate);
  }
  return std::min(sum, 1.0);
}

// The rate at which `seen` or more are as improbable as that.
double LowerBound(std::uint64_t seen, std::uint64_t rounds, double improbable) {
  if (seen == 0) return 0;
  double low = 0;
  double high = 1;
  for (double rate = 0.5; rate > low && rate < high; rate = (low + high) / 2) {
    (UpperTail(seen, rounds, rate) < improbable ? low : high) = rate;
  }
  return low;
}

}  // namespace

RateBounds ClopperPearson(std::uint64_t seen, std::uint64_t rounds, double confidence) {
  const double improbable = (1 - confidence) / 2;
  return {.low = LowerBound(seen, rounds, improbable),
          .high = 1 - LowerBound(rounds - seen, rounds, improbable)};
}

std::optional<std::uint64_t> RoundsToSee(double rate, double confidence) {
  if (rate <= 0) return std::nullopt;
  if (rate >= 1) return 1;
  return static_cast<std::uint64_t>(std::ceil(std::log1p(-confidence) / std::log1p(-rate)));
}

}  // namespace parley

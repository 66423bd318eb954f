#include <algorithm>
#include <numeric>
#include <utility>

#include "src/base/seed.h"
#include "src/strategy/strategies.h"

namespace parley {
namespace {

class Pct final : public Strategy {
 public:
  Pct(std::uint64_t seed, std::uint8_t depth, const std::vector<Accesses>& scripts)
      : priorities_(scripts.size()), change_at_(depth > 1 ? depth - 1U : 0U) {
    Random random(Derive(seed, "pct"));
    // Above those that the changes give: 0, 1, ...
    std::iota(priorities_.begin(), priorities_.end(), change_at_.size());
    for (std::size_t i = priorities_.size(); i > 1; --i) {
      std::swap(priorities_[i - 1], priorities_[random.Below(i)]);
    }
    std::uint64_t calls = 0;
    for (const Accesses& script : scripts) calls += script.size();
    for (std::uint64_t& step : change_at_) step = random.Below(calls);
  }

  std::size_t Choose(std::span<const Candidate> ready) override {
    std::size_t chosen = Highest(ready);
    for (std::size_t change = 0; change < change_at_.size(); ++change) {
      if (change_at_[change] != step_) continue;
      priorities_[ready[chosen].worker] = change;
      chosen = Highest(ready);
    }
    ++step_;
    return chosen;
  }

 private:
  std::size_t Highest(std::span<const Candidate> ready) const {
    const auto highest = std::ranges::max_element(
        ready, {}, [&](const Candidate& candidate) { return priorities_[candidate.worker]; });
    return static_cast<std::size_t>(highest - ready.begin());
  }

  std::vector<std::uint64_t> priorities_;  // by worker, distinct
  std::vector<std::uint64_t> change_at_;   // steps, in any order
  std::uint64_t step_ = 0;
};

}  // namespace

std::unique_ptr<Strategy> MakePct(std::uint64_t seed, std::uint8_t depth,
                                  const std::vector<Accesses>& scripts) {
  return std::make_unique<Pct>(seed, depth, scripts);
}

}  // namespace parley

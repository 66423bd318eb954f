#include "src/strategy/strategy.h"

#include <utility>

#include "src/base/seed.h"
#include "src/strategy/strategies.h"

namespace parley {

std::unique_ptr<Strategy> MakeStrategy(const StrategyPlan& plan, std::vector<Accesses> scripts) {
  switch (plan.kind) {
    case StrategyKind::kRandomWalk:
      return MakeRandomWalk(plan.seed);
    case StrategyKind::kPct:
      return MakePct(plan.seed, plan.depth, scripts);
    case StrategyKind::kPos:
      return MakePos(plan.seed, std::move(scripts));
    case StrategyKind::kSurw:
      return MakeSurw(plan.seed, scripts);
    case StrategyKind::kLowest:
      break;
  }
  return MakeLowest();
}

StrategyPlan DrawStrategy(std::uint64_t seed) {
  Random random(Derive(seed, "mixture"));
  StrategyPlan plan{.seed = Derive(seed, "choices")};
  const std::uint64_t percent = random.Below(100);
  if (percent < 40) {
    plan.kind = StrategyKind::kPos;
  } else if (percent < 70) {
    plan.kind = StrategyKind::kPct;
    plan.depth = static_cast<std::uint8_t>(random.Between(2, 4));
  } else if (percent < 90) {
    plan.kind = StrategyKind::kSurw;
  } else {
    plan.kind = StrategyKind::kRandomWalk;
  }
  return plan;
}

}  // namespace parley

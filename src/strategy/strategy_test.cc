// What all strategies have in common.
#include "src/strategy/strategy.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <new>
#include <set>
#include <vector>

#include "src/strategy/statistics.h"
#include "src/strategy/toy.h"

namespace {

std::uint64_t allocations = 0;

}  // namespace

void* operator new(std::size_t bytes) {
  ++allocations;
  void* memory = std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*bytes*/) noexcept { std::free(memory); }

namespace parley::toy {
namespace {

std::vector<StrategyPlan> AllPlans(std::uint64_t seed) {
  return {{.kind = StrategyKind::kLowest, .seed = seed},
          {.kind = StrategyKind::kRandomWalk, .seed = seed},
          {.kind = StrategyKind::kPct, .depth = 1, .seed = seed},
          {.kind = StrategyKind::kPct, .depth = 4, .seed = seed},
          {.kind = StrategyKind::kPos, .seed = seed},
          {.kind = StrategyKind::kSurw, .seed = seed}};
}

// Up to five workers with up to eight calls that may sleep, on up to three objects.
std::vector<Accesses> AnyScripts() {
  const auto access = rc::gen::build<Access>(
      rc::gen::set(&Access::object, rc::gen::inRange<std::uint8_t>(0, 3)),
      rc::gen::set(&Access::call, rc::gen::element<std::uint8_t>(0, 1, kPut, kTake)),
      rc::gen::set(&Access::writes, rc::gen::arbitrary<bool>()));
  const auto script = rc::gen::resize(8, rc::gen::container<Accesses>(access));
  return *rc::gen::resize(5, rc::gen::container<std::vector<Accesses>>(script));
}

RC_GTEST_PROP(Strategy, MakesTheSameChoicesAgain, ()) {
  const auto scripts = AnyScripts();
  for (const StrategyPlan& plan : AllPlans(*rc::gen::arbitrary<std::uint64_t>())) {
    const auto first = Play(scripts, *MakeStrategy(plan, scripts));
    const auto second = Play(scripts, *MakeStrategy(plan, scripts));

    RC_ASSERT(first == second);
  }
}

// Play() ends and aborts on a choice that is none; whoever has not finished sleeps for good.
RC_GTEST_PROP(Strategy, GoesOnWhileAnybodyIsReadyThoughOthersSleep, ()) {
  const auto scripts = AnyScripts();
  for (const StrategyPlan& plan : AllPlans(*rc::gen::arbitrary<std::uint64_t>())) {
    Machine machine(scripts);
    for (const Candidate& one : Play(scripts, *MakeStrategy(plan, scripts))) machine.Start(one);

    RC_ASSERT(machine.ready().empty());
  }
}

// A schedule that is done first, kills and signals: calls are skipped and workers vanish.
RC_GTEST_PROP(Strategy, CopesWithAnySequenceOfReadyWorkers, ()) {
  const auto scripts = AnyScripts();
  for (const StrategyPlan& plan : AllPlans(1)) {
    const auto strategy = MakeStrategy(plan, scripts);
    for (int step = 0; step < 20; ++step) {
      std::vector<Candidate> ready;
      for (std::size_t worker = 0; worker < scripts.size(); ++worker) {
        if (scripts[worker].empty() || *rc::gen::arbitrary<bool>()) continue;
        ready.push_back({static_cast<std::uint16_t>(worker),
                         *rc::gen::inRange<std::uint32_t>(
                             0, static_cast<std::uint32_t>(scripts[worker].size()))});
      }
      if (!ready.empty()) RC_ASSERT(strategy->Choose(ready) < ready.size());
    }
  }
}

TEST(Strategy, MakesOtherChoicesForOtherSeeds) {
  const auto scripts = SameObject(std::vector<std::size_t>(4, 10));
  for (std::size_t kind = 1; kind < AllPlans(0).size(); ++kind) {
    std::set<std::vector<Candidate>> orders;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      orders.insert(Play(scripts, *MakeStrategy(AllPlans(seed)[kind], scripts)));
    }
    // PCT of depth 1 has only 4! orders.
    EXPECT_GE(orders.size(), 10U) << kind;
  }
}

TEST(Strategy, AllocatesNothingWhileItChooses) {
  const auto scripts = SameObject(std::vector<std::size_t>(4, 10));
  for (const StrategyPlan& plan : AllPlans(1)) {
    const auto strategy = MakeStrategy(plan, scripts);
    std::vector<Candidate> ready{{0, 0}, {1, 0}, {2, 0}, {3, 0}};
    const std::uint64_t before = allocations;

    for (std::uint32_t next = 0; next < 10; ++next) {
      for (Candidate& one : ready) one.next = next;
      strategy->Choose(ready);
    }

    EXPECT_EQ(allocations, before);
  }
}

TEST(DrawStrategy, KeepsTheProportionsOfTheMixture) {
  constexpr std::uint64_t kDraws = 100'000;
  std::map<std::pair<StrategyKind, std::uint8_t>, std::uint64_t> counts;
  std::set<std::uint64_t> seeds;
  for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
    const StrategyPlan plan = DrawStrategy(seed);
    ++counts[{plan.kind, plan.depth}];
    seeds.insert(plan.seed);
  }

  const auto off = [&](StrategyKind kind, std::uint8_t depth, double share) {
    return std::abs(Deviations(counts[{kind, depth}], kDraws, share));
  };
  EXPECT_EQ(counts.size(), 6U);
  EXPECT_LT(off(StrategyKind::kPos, 0, 0.40), 5);
  EXPECT_LT(off(StrategyKind::kPct, 2, 0.10), 5);
  EXPECT_LT(off(StrategyKind::kPct, 3, 0.10), 5);
  EXPECT_LT(off(StrategyKind::kPct, 4, 0.10), 5);
  EXPECT_LT(off(StrategyKind::kSurw, 0, 0.20), 5);
  EXPECT_LT(off(StrategyKind::kRandomWalk, 0, 0.10), 5);
  EXPECT_EQ(seeds.size(), kDraws);
}

}  // namespace
}  // namespace parley::toy

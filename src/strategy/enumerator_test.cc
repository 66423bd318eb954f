#include "src/strategy/enumerator.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <ranges>
#include <set>
#include <utility>
#include <vector>

#include "src/strategy/toy.h"

namespace parley::toy {
namespace {

using Order = std::vector<Candidate>;

// What an enumeration met: how often each order, and with how many delays.
struct Met {
  std::map<Order, std::uint64_t> times;
  std::map<Order, std::uint64_t> delays;
};

Met Enumerate(const std::vector<Accesses>& scripts, Enumerator& schedules) {
  Met met;
  do {
    const Order order = Play(scripts, schedules);
    if (!schedules.IsNew()) continue;
    ++met.times[order];
    met.delays[order] = schedules.delays();
  } while (schedules.NextRun());
  return met;
}

// All orders and their delays, found without an enumerator: by copying the machine at each choice.
void Explore(const Machine& machine, std::uint16_t turn, std::uint64_t delays,
             std::map<Order, std::uint64_t>& found) {
  const auto ready = machine.ready();
  if (ready.empty()) found[machine.order()] = delays;
  for (const Candidate& one : ready) {
    // Those between the turn and the one that runs, on a ring of so many workers.
    const auto distance = [&](std::uint16_t worker) {
      return worker >= turn ? worker - turn : worker - turn + 1000;
    };
    const auto passed = std::ranges::count_if(ready, [&](const Candidate& other) {
      return distance(other.worker) < distance(one.worker);
    });
    Machine next = machine;
    next.Start(one);
    Explore(next, one.worker, delays + static_cast<std::uint64_t>(passed), found);
  }
}

std::map<Order, std::uint64_t> AllOrders(const std::vector<Accesses>& scripts) {
  std::map<Order, std::uint64_t> found;
  Explore(Machine(scripts), 0, 0, found);
  return found;
}

// Up to three workers with up to three calls that may sleep, on two objects.
std::vector<Accesses> SmallScripts() {
  std::vector<Accesses> scripts(*rc::gen::inRange<std::size_t>(0, 4));
  for (Accesses& script : scripts) {
    script.resize(*rc::gen::inRange<std::size_t>(0, 4));
    for (Access& access : script) {
      access.object = *rc::gen::inRange<std::uint8_t>(0, 2);
      access.call = *rc::gen::element<std::uint8_t>(0, kPut, kTake);
    }
  }
  return scripts;
}

TEST(Enumerator, MeetsAsManyOrdersAsTheMultinomialSays) {
  const std::vector<std::pair<std::vector<std::size_t>, std::uint64_t>> programs{
      {{}, 1},         {{5}, 1},        {{1, 1}, 2},        {{3, 3}, 20},
      {{2, 2, 2}, 90}, {{1, 2, 3}, 60}, {{4, 4, 4}, 34'650}};
  for (const auto& [calls, orders] : programs) {
    Enumerator schedules;

    const Met met = Enumerate(SameObject(calls), schedules);

    EXPECT_EQ(met.times.size(), orders);
    EXPECT_EQ(schedules.runs(), orders);
    EXPECT_TRUE(schedules.complete());
    EXPECT_FALSE(schedules.diverged());
  }
}

RC_GTEST_PROP(Enumerator, MeetsEachOrderOnceAlsoWhenWorkersSleep, ()) {
  const auto scripts = SmallScripts();
  Enumerator schedules;

  const Met met = Enumerate(scripts, schedules);

  RC_ASSERT(std::ranges::all_of(met.times, [](const auto& one) { return one.second == 1; }));
  RC_ASSERT(std::ranges::equal(std::views::keys(met.times), std::views::keys(AllOrders(scripts))));
}

RC_GTEST_PROP(Enumerator, MeetsByDelaysThoseThatHaveNoMoreEachOnce, ()) {
  const auto scripts = SmallScripts();
  const std::uint64_t bound = *rc::gen::inRange<std::uint64_t>(0, 6);
  auto expected = AllOrders(scripts);
  const std::size_t all = expected.size();
  std::erase_if(expected, [&](const auto& one) { return one.second > bound; });
  Enumerator schedules = Enumerator::ByDelays(bound);

  const Met met = Enumerate(scripts, schedules);

  RC_ASSERT(std::ranges::all_of(met.times, [](const auto& one) { return one.second == 1; }));
  RC_ASSERT(met.delays == expected);
  RC_ASSERT(schedules.runs() == expected.size());
  RC_ASSERT(schedules.complete() == (expected.size() == all));
}

// The run is made by a schedule that goes on with the lowest number, and told afterwards.
RC_GTEST_PROP(Enumerator, MeetsEachOrderOnceAlsoWhenItIsToldAfterwardsWhoWasReady, ()) {
  const auto scripts = SmallScripts();
  Enumerator schedules;
  std::set<Order> met;
  do {
    const auto schedule = schedules.Schedule();
    const auto lowest = MakeStrategy({.kind = StrategyKind::kLowest}, scripts);
    Machine machine(scripts);
    std::vector<std::vector<Candidate>> ready;
    for (std::size_t step = 0; !machine.ready().empty(); ++step) {
      ready.emplace_back(machine.ready().begin(), machine.ready().end());
      const auto one =
          step < schedule.size()
              ? std::ranges::find(ready.back(), schedule[step].worker, &Candidate::worker)
              : ready.back().begin() + lowest->Choose(ready.back());
      machine.Start(*one);
    }

    for (std::size_t step = 0; step < ready.size(); ++step) {
      RC_ASSERT(ready[step][schedules.Choose(ready[step])] == machine.order()[step]);
    }
    RC_ASSERT(met.insert(machine.order()).second);
  } while (schedules.NextRun());

  RC_ASSERT(met.size() == AllOrders(scripts).size());
}

TEST(Enumerator, TakesFewDelaysFirst) {
  const auto scripts = SameObject(std::vector<std::size_t>{3, 3, 3});
  Enumerator schedules = Enumerator::ByDelays(100);
  std::vector<std::uint64_t> delays;
  do {
    Play(scripts, schedules);
    if (schedules.IsNew()) delays.push_back(schedules.delays());
  } while (schedules.NextRun());

  EXPECT_TRUE(std::ranges::is_sorted(delays));
  EXPECT_EQ(delays.size(), 1680U);
  EXPECT_TRUE(schedules.complete());
}

// The base order: one worker until it sleeps, then the next in the ring.
TEST(Enumerator, RunsOneWorkerUntilItSleepsWithoutDelays) {
  const std::vector<Accesses> scripts{{{}, {.call = kTake}, {}}, {{}, {.call = kPut}, {}}};
  Enumerator schedules = Enumerator::ByDelays(0);

  const Order order = Play(scripts, schedules);

  EXPECT_EQ(order, (Order{{0, 0}, {0, 1}, {1, 0}, {1, 1}, {1, 2}, {0, 2}}));
  EXPECT_FALSE(schedules.NextRun());
  EXPECT_FALSE(schedules.complete());
}

TEST(Enumerator, SaysWhenARunDoesNotMeetTheSameReadyWorkers) {
  const std::vector<Candidate> two{{0, 0}, {1, 0}};
  for (const std::vector<Candidate>& other :
       {std::vector<Candidate>{{0, 0}, {1, 0}, {2, 0}}, std::vector<Candidate>{{1, 0}, {2, 0}}}) {
    Enumerator schedules;
    schedules.Choose(two);
    schedules.Choose(two);
    schedules.NextRun();
    EXPECT_FALSE(schedules.diverged());

    schedules.Choose(other);

    EXPECT_TRUE(schedules.diverged());
  }
}

TEST(Enumerator, EndsThoughRunsDoNotRepeatThemselves) {
  Enumerator schedules;
  std::uint64_t runs = 0;
  do {
    const auto calls =
        runs++ % 2 == 0 ? std::vector<std::size_t>{2, 2, 1} : std::vector<std::size_t>{1, 2};
    Play(SameObject(calls), schedules);
    ASSERT_LT(runs, 1000U);
  } while (schedules.NextRun());

  EXPECT_TRUE(schedules.diverged());
}

}  // namespace
}  // namespace parley::toy

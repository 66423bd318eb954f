#include "src/program/program.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <initializer_list>
#include <set>
#include <vector>

#include "src/program/script_cursor.h"

namespace parley {
namespace {

Sizes Two(Sizes::Choice first, Sizes::Choice second) {
  Sizes sizes;
  sizes.choices[0] = first;
  sizes.choices[1] = second;
  sizes.count = 2;
  return sizes;
}

TEST(Sizes, OfNoChoiceAreZero) {
  Random random(1);

  EXPECT_EQ(Sizes{}.Draw(random), 0U);
  EXPECT_EQ(Sizes{}.Smallest(), 0U);
  EXPECT_EQ(Sizes{}.Largest(), 0U);
}

TEST(Sizes, FindTheirExtremesInAnyChoice) {
  const Sizes sizes = Two({.low = 100, .high = 4096}, {.low = 1, .high = 13});

  EXPECT_EQ(sizes.Smallest(), 1U);
  EXPECT_EQ(sizes.Largest(), 4096U);
}

TEST(Sizes, DrawEveryNumberOfARangeEndsIncluded) {
  const Sizes sizes = Sizes::Range(5, 8);
  Random random(7);
  std::set<std::uint32_t> drawn;

  for (int i = 0; i < 1000; ++i) drawn.insert(sizes.Draw(random));

  EXPECT_EQ(drawn, (std::set<std::uint32_t>{5, 6, 7, 8}));
}

TEST(Sizes, DrawEachChoiceAlikeWhateverItsWidth) {
  const Sizes sizes = Two({.low = 1, .high = 1}, {.low = 1000, .high = 1000000});
  Random random(7);
  int narrow = 0;

  for (int i = 0; i < 1000; ++i) narrow += sizes.Draw(random) == 1;

  EXPECT_GT(narrow, 400);
  EXPECT_LT(narrow, 600);
}

RC_GTEST_PROP(Sizes, NeverDrawOutsideTheirChoices, ()) {
  const auto low = *rc::gen::inRange<std::uint32_t>(0, 1U << 22);
  const auto width = *rc::gen::inRange<std::uint32_t>(0, 1U << 22);
  const auto other = *rc::gen::arbitrary<std::uint32_t>();
  const Sizes sizes = Two({.low = low, .high = low + width}, {.low = other, .high = other});
  Random random(*rc::gen::arbitrary<std::uint64_t>());

  const std::uint32_t drawn = sizes.Draw(random);

  RC_ASSERT(drawn == other || (drawn >= low && drawn <= low + width));
}

// The numbers of the calls that a process makes.
std::vector<std::uint32_t> CallsFrom(ScriptCursor cursor) {
  std::vector<std::uint32_t> calls;
  for (; !cursor.AtEnd(); cursor.Begin()) calls.push_back(cursor.next());
  return calls;
}

using Calls = std::vector<std::uint32_t>;

constexpr CallTraits kTraits[] = {{.name = "open", .effect = Effect::kOpenRead},
                                  {.name = "set", .effect = Effect::kSetNonblocking},
                                  {.name = "read", .effect = Effect::kTake}};

WorkerPlan Script(std::initializer_list<Step> steps) {
  WorkerPlan plan;
  for (const Step& step : steps) plan.steps[plan.step_count++] = step;
  return plan;
}

TEST(ScriptCursor, ASuccessorOpensAgainAndGoesOn) {
  const WorkerPlan plan = Script({{.call = 0}, {.call = 1}, {.call = 2, .repeat = 3}, {.call = 0}});

  EXPECT_EQ(CallsFrom({plan, kTraits}), (Calls{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(CallsFrom({plan, kTraits, 4}), (Calls{0, 1, 4, 5}));
  EXPECT_EQ(CallsFrom({plan, kTraits, 1}), (Calls{0, 1, 2, 3, 4, 5})) << "killed while it opened";
  EXPECT_EQ(CallsFrom({plan, kTraits, 6}), (Calls{0, 1}));
}

TEST(ScriptCursor, OfAScriptThatOpensNothingGoesOn) {
  const WorkerPlan plan = Script({{.call = 1}, {.call = 2}, {.call = 0}});

  EXPECT_EQ(CallsFrom({plan, kTraits, 2}), Calls{2});
  EXPECT_FALSE(ScriptCursor(plan, kTraits, 3).LeavesCalls());
}

TEST(ScriptCursor, TellsHowFarAllOfThemCame) {
  const WorkerPlan plan = Script({{.call = 0}, {.call = 2, .repeat = 4}});
  ScriptCursor first(plan, kTraits);
  for (int i = 0; i < 3; ++i) first.Begin();
  ScriptCursor second(plan, kTraits, first.reached());

  EXPECT_EQ(second.reached(), 3U);
  second.Begin();
  EXPECT_EQ(second.reached(), 3U) << "it has only opened";
  second.Begin();
  EXPECT_EQ(second.reached(), 4U);
  EXPECT_EQ(StepOfCall(plan, 4).call, 2);
}

}  // namespace
}  // namespace parley

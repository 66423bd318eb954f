// What a law says of crews that keep, do not exercise, or cannot be.
#include "properties/crew/law.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace parley {
namespace {

SampledCrew Writers(std::uint32_t count) {
  return {.roles = {{.count = count, .calls = {"write"}, .operations = 20, .bytes = {24, 4096}},
                    {.name = "reader", .ends = "read", .calls = {"read"}, .bytes = {4096}}}};
}

TEST(Law, HoldsForACrewThatKeepsItsPromise) {
  Law law("pipe", "pipe.atomic-write");

  EXPECT_TRUE(rc::check([&] { law.Holds(Writers(2)); }));
}

// One writer's bytes have nobody to mix with.
TEST(Law, FailsAPropertyThatExercisesNothing) {
  Law law("pipe", "pipe.atomic-write");

  EXPECT_FALSE(rc::check([&] { law.Holds(Writers(1)); }));
}

TEST(Law, FailsForACrewThatParleyRefuses) {
  Law law("pipe", "pipe.atomic-write");
  SampledCrew crew = Writers(2);
  crew.roles[0].calls = {"shout"};

  EXPECT_FALSE(rc::check([&] { law.Holds(crew); }));
}

}  // namespace
}  // namespace parley

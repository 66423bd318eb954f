// What a law says of programs that exercise its rows, and of those that do not.
#include "properties/script/script_law.h"

#include <gtest/gtest.h>

#include "properties/script/script_gen.h"

namespace parley {
namespace {

ScriptRole Writer() { return {.count_high = 1, .calls = {"write"}, .calls_low = 2}; }
ScriptRole Reader() {
  return {.name = "reader",
          .ends = Ends::kRead,
          .count_high = 1,
          .calls = {"read"},
          .calls_low = 2,
          .bytes = {24}};
}

TEST(ScriptLaw, CountsTheRoundsInWhichARowHadAChance) {
  ScriptLaw law("pipe", {"pipe.order"});

  EXPECT_TRUE(law.Try(Scripts({.roles = {Writer(), Reader()}})));

  EXPECT_TRUE(law.RowsWithoutChances().empty());
  EXPECT_GT(law.rounds(), 0U);
  EXPECT_GT(law.rows().at("pipe.order").rounds, 0U);
  EXPECT_LE(law.rows().at("pipe.order").rounds, law.rounds());
  EXPECT_GE(law.rows().at("pipe.order").chances, law.rows().at("pipe.order").rounds);
  EXPECT_EQ(law.deviations(), 0U);
}

// Nobody reads: nothing can come out of order.
TEST(ScriptLaw, NamesTheRowsThatWereNeverInDanger) {
  ScriptLaw law("pipe", {"pipe.order", "xfer.flow-control"});

  EXPECT_TRUE(law.Try(Scripts(
      {.roles = {Writer(),
                 {.name = "holder", .ends = Ends::kRead, .count_high = 1, .calls = {"unread"}}}})));

  EXPECT_EQ(law.RowsWithoutChances(), std::vector<std::string>{"pipe.order"});
}

}  // namespace
}  // namespace parley

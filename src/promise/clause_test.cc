#include "src/promise/clause.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace parley {
namespace {

TEST(ClauseName, IsTheEnumeratorInKebabCase) {
  EXPECT_EQ(ClauseName(Clause::kTorn), "torn");
  EXPECT_EQ(ClauseName(Clause::kReceiverAsleepWithData), "receiver-asleep-with-data");
}

TEST(ClauseName, DiffersFromClauseToClause) {
  std::set<std::string_view> names = {ClauseName(Clause::kCount)};

  for (int i = 0; i < static_cast<int>(Clause::kCount); ++i) {
    const std::string_view name = ClauseName(static_cast<Clause>(i));
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string_view::npos)
        << name;
  }
}

}  // namespace
}  // namespace parley

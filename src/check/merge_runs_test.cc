#include "src/check/merge_runs.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace parley {
namespace {

using Item = std::pair<std::uint8_t, std::size_t>;  // key, original place

constexpr auto kByKey = [](const Item& a, const Item& b) { return a.first < b.first; };

RC_GTEST_PROP(MergeRuns, SortsStably, (std::vector<std::uint8_t> keys)) {
  std::vector<Item> items;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    items.emplace_back(static_cast<std::uint8_t>(keys[i] % 8), i);
  }
  std::vector<Item> expected = items;
  std::ranges::sort(expected);

  MergeRuns(items, kByKey);

  RC_ASSERT(items == expected);
}

TEST(MergeRuns, LeavesNothingAndOneAlone) {
  std::vector<Item> none;
  std::vector<Item> one{{3, 0}};

  MergeRuns(none, kByKey);
  MergeRuns(one, kByKey);

  EXPECT_TRUE(none.empty());
  EXPECT_EQ(one, (std::vector<Item>{{3, 0}}));
}

}  // namespace
}  // namespace parley

// The strategies side by side on bugs that each want another one, and why rounds draw from a
// mixture.  Prints the table of docs/strategies.md.
#include "src/strategy/toy_bugs.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "src/strategy/statistics.h"
#include "src/strategy/strategy.h"
#include "src/strategy/toy.h"

namespace parley::toy {
namespace {

constexpr std::uint64_t kRuns = 20'000;
constexpr std::size_t kOnManyObjects = 5;  // bugs, of all

struct Single {
  std::string_view name;
  StrategyPlan plan;
};

constexpr std::array kSingles{
    Single{"RW", {.kind = StrategyKind::kRandomWalk}},
    Single{"PCT 2", {.kind = StrategyKind::kPct, .depth = 2}},
    Single{"PCT 3", {.kind = StrategyKind::kPct, .depth = 3}},
    Single{"PCT 4", {.kind = StrategyKind::kPct, .depth = 4}},
    Single{"POS", {.kind = StrategyKind::kPos}},
    Single{"SURW", {.kind = StrategyKind::kSurw}},
};

// How often a run shows the bug.
struct Row {
  std::array<double, kSingles.size()> single{};
  double mixture = 0;

  std::size_t Best() const {
    return static_cast<std::size_t>(std::ranges::max_element(single) - single.begin());
  }
};

Row Measure(const Bug& bug) {
  Row row;
  const auto rate = [](std::uint64_t hits) { return static_cast<double>(hits) / kRuns; };
  for (std::size_t i = 0; i < kSingles.size(); ++i) {
    row.single[i] = rate(CountHits(bug.scripts, kSingles[i].plan, kRuns, bug.shows));
  }
  std::uint64_t hits = 0;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    const auto strategy = MakeStrategy(DrawStrategy(seed), bug.scripts);
    hits += bug.shows(Play(bug.scripts, *strategy)) ? 1 : 0;
  }
  row.mixture = rate(hits);
  return row;
}

void Print(const Bug& bug, const Row& row) {
  fmt::print("| {} |", bug.name);
  for (const double rate : row.single) fmt::print(" {:.4f} |", rate);
  fmt::print(" {:.4f} |\n", row.mixture);
}

class ToyBugs : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    for (const Bug& bug : Bugs()) Print(bug, rows_.emplace_back(Measure(bug)));
  }

  static std::vector<Row> rows_;
};

std::vector<Row> ToyBugs::rows_;

TEST_F(ToyBugs, AreShownBestByTheStrategyThatSuitsThem) {
  constexpr std::array<std::string_view, kOnManyObjects> kBest{"POS", "PCT 2", "PCT 2", "POS",
                                                               "PCT 2"};
  for (std::size_t i = 0; i < kOnManyObjects; ++i) {
    EXPECT_EQ(kSingles[rows_[i].Best()].name, kBest[i]) << Bugs()[i].name;
  }
}

TEST_F(ToyBugs, AreEachMissedByEverySingleStrategySomewhere) {
  for (std::size_t i = 0; i < kSingles.size(); ++i) {
    EXPECT_TRUE(std::ranges::any_of(rows_, [&](const Row& row) {
      return row.single[i] * 5 < row.single[row.Best()];
    })) << kSingles[i].name;
  }
}

TEST_F(ToyBugs, AreShownByTheMixtureWithinAFactorOfFiveOfTheBest) {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    EXPECT_GT(rows_[i].mixture * 5, rows_[i].single[rows_[i].Best()]) << Bugs()[i].name;
  }
}

}  // namespace
}  // namespace parley::toy

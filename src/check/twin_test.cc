// The checkers of byte streams against their naive twins, on random small histories.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "src/check/brute_force.h"
#include "src/check/checker.h"
#include "src/check/random_history.h"

namespace parley {
namespace {

constexpr std::size_t kClauseCount = static_cast<std::size_t>(Clause::kCount);
constexpr std::array<std::string_view, 6> kCheckers = {"bytes",     "exactly_once", "flow",
                                                       "real_time", "records",      "sequence"};

// What the checkers of byte streams find that is not kept.
std::map<Clause, Verdict> JudgeFast(const History& history) {
  std::vector<Judgement> judgements;
  for (const Checker& checker : Checkers()) {
    if (std::ranges::find(kCheckers, checker.name) != kCheckers.end()) {
      checker.judge(history, judgements);
    }
  }
  std::map<Clause, Verdict> verdicts;
  for (const Judgement& judgement : judgements) {
    if (judgement.verdict != Verdict::kKept) {
      verdicts.emplace(judgement.clause, judgement.verdict);
    }
  }
  return verdicts;
}

std::string Text(const std::map<Clause, Verdict>& verdicts) {
  std::string text;
  for (const auto& [clause, verdict] : verdicts) {
    text += fmt::format("{} {}; ", ClauseName(clause), VerdictName(verdict));
  }
  return text.empty() ? "all kept" : text;
}

std::string Text(const History& history) {
  std::string text =
      fmt::format("slack {} complete {} drained {} capacity {}\n", history.header.clock_slack_ns,
                  history.header.complete, history.header.drained, history.header.capacity_bytes);
  for (std::size_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    text += fmt::format("#{} worker {} object {} {} [{}, {}] of {} at {} -> {} errno {} {}{}", id,
                        op.worker, op.object, history.calls[op.call].name, op.invoked_ns,
                        op.returned_ns, op.requested, op.position, op.result, op.system_error,
                        static_cast<int>(op.outcome), op.nonblocking ? " nonblocking" : "");
    for (const Extent& extent : history.received(op)) {
      text +=
          fmt::format(" ({}:{}+{} {})", extent.writer, extent.position, extent.bytes, extent.kind);
    }
    text += "\n";
  }
  return text;
}

struct Counts {
  std::array<std::uint64_t, kClauseCount> broken{};
  std::array<std::uint64_t, kClauseCount> inconclusive{};
  std::uint64_t histories = 0;
  std::uint64_t clean = 0;

  void Add(const std::map<Clause, Verdict>& verdicts) {
    ++histories;
    clean += verdicts.empty() ? 1 : 0;
    for (const auto& [clause, verdict] : verdicts) {
      ++(verdict == Verdict::kBroken ? broken : inconclusive)[static_cast<std::size_t>(clause)];
    }
  }

  void Print(std::string_view what) const {
    fmt::print("{}: {} histories, {} all kept\n", what, histories, clean);
    for (std::size_t i = 0; i < kClauseCount; ++i) {
      if (broken[i] + inconclusive[i] > 0) {
        fmt::print("  {:24} broken {:6}  inconclusive {:6}\n", ClauseName(static_cast<Clause>(i)),
                   broken[i], inconclusive[i]);
      }
    }
  }
};

// Half of the histories are legal, half are not, or need not be.
Counts Compare(std::uint64_t seed, std::uint64_t histories, bool concurrent_readers) {
  Counts counts;
  for (std::uint64_t i = 0; i < histories; ++i) {
    Random random(Derive(seed, "twin", i));
    const bool legal = random.Chance(1, 2);
    const bool buggy = !legal && random.Chance(1, 2);
    const RandomHistoryPlan plan{
        .buggy = buggy,
        .corruptions = legal ? 0 : static_cast<std::uint32_t>(random.Between(buggy ? 0 : 1, 2)),
        .concurrent_readers = concurrent_readers};
    const History history = RandomHistory(random, plan);

    const std::map<Clause, Verdict> fast = JudgeFast(history);
    const std::map<Clause, Verdict> naive = JudgeNaively(history);

    const bool any_broken = std::ranges::any_of(
        fast, [](const auto& entry) { return entry.second == Verdict::kBroken; });
    counts.Add(fast);
    if (fast != naive || (legal && any_broken)) {
      ADD_FAILURE() << "history " << i << (legal ? ", a legal one" : "")
                    << "\nchecker: " << Text(fast) << "\ntwin:    " << Text(naive) << "\n"
                    << Text(history);
      return counts;
    }
  }
  return counts;
}

void ExpectBrokenOften(const Counts& counts, std::initializer_list<Clause> clauses) {
  for (const Clause clause : clauses) {
    EXPECT_GE(counts.broken[static_cast<std::size_t>(clause)], 100U) << ClauseName(clause);
  }
}

TEST(Twins, AgreeWhenReadersTakeTurns) {
  const Counts counts = Compare(1, 120'000, false);

  counts.Print("readers take turns");
  EXPECT_GE(counts.clean, counts.histories / 10);
  ExpectBrokenOften(
      counts, {Clause::kTorn, Clause::kTornNonblocking, Clause::kTornGather, Clause::kTornResized,
               Clause::kShortNonblocking, Clause::kBytesMoved, Clause::kContentChanged,
               Clause::kContentOverwritten, Clause::kProgramOrder, Clause::kRealTimeOrder,
               Clause::kDuplicate, Clause::kLost, Clause::kInvented, Clause::kInterruptedEffect,
               Clause::kKilledEffect, Clause::kOverfull});
}

TEST(Twins, AgreeWithConcurrentReaders) {
  const Counts counts = Compare(2, 100'000, true);

  counts.Print("concurrent readers");
  EXPECT_GE(counts.clean, counts.histories / 10);
  ExpectBrokenOften(counts, {Clause::kBytesMoved, Clause::kProgramOrder, Clause::kRealTimeOrder,
                             Clause::kDuplicate, Clause::kLost, Clause::kInvented,
                             Clause::kInterruptedEffect, Clause::kKilledEffect, Clause::kOverfull});
}

}  // namespace
}  // namespace parley

// A system that keeps its promises is never accused: thousands of random runs of a simulated one.
#include <gtest/gtest.h>

#include <map>

#include "src/base/seed.h"
#include "src/check/checking.h"
#include "src/check/life_names.h"
#include "src/check/random_history_system.h"

namespace parley {
namespace {

constexpr int kRuns = 15'000;

TEST(ASystemThatKeepsItsPromises, IsNeverAccused) {
  std::map<Clause, std::uint64_t> chances;
  for (int run = 0; run < kRuns; ++run) {
    const History history = SimulateSystem(Derive(1, "run", run)).history;
    for (const std::string_view checker : {"code", "life", "hang"}) {
      for (const Judgement& judgement : JudgeBy(checker, history)) {
        chances[judgement.clause] += judgement.chances;
        ASSERT_NE(judgement.verdict, Verdict::kBroken)
            << "run " << run << ": " << ClauseName(judgement.clause) << ": " << judgement.reason;
      }
    }
  }

  for (const Clause clause : {Clause::kWriteWithoutReader,
                              Clause::kBrokenPipeEarly,
                              Clause::kEndOfFileEarly,
                              Clause::kEndOfFileMissing,
                              Clause::kShortBlocking,
                              Clause::kUnavailable,
                              Clause::kOpenEarly,
                              Clause::kOpenRefused,
                              Clause::kOpenGhost,
                              Clause::kUnreachableByName,
                              Clause::kNameGone,
                              Clause::kDataSurvived,
                              Clause::kGenerationsMixed,
                              Clause::kCreatedTwice,
                              Clause::kReceiverAsleep,
                              Clause::kReceiverAsleepWithData,
                              Clause::kSenderAsleep,
                              Clause::kEndOfFileAsleep,
                              Clause::kSendAsleepWithoutReader,
                              Clause::kOpenAsleep}) {
    EXPECT_GT(chances[clause], 100u) << ClauseName(clause);
  }
}

// What is certain of a name is true of it, and much is certain.
TEST(ASystemThatKeepsItsPromises, HasTheNamesThatAreCertain) {
  Random random(5);
  std::uint64_t existing = 0;
  std::uint64_t absent = 0;
  for (int run = 0; run < kRuns / 5; ++run) {
    const SimulatedRun simulated = SimulateSystem(Derive(2, "run", run));
    if (simulated.history.operations.empty()) continue;
    const NameLife life = NameLives(simulated.history)[0];
    for (int question = 0; question < 40; ++question) {
      const std::uint64_t from_ns = 1 + random.Below(kSimulatedTicks);
      const std::uint64_t until_ns = from_ns + random.Below(6);
      const bool exists = life.ExistsThroughout(from_ns, until_ns);
      const bool is_absent = life.AbsentThroughout(from_ns, until_ns);
      existing += exists ? 1 : 0;
      absent += is_absent ? 1 : 0;
      // The true time of a stamp is at most the slack earlier.
      for (std::uint64_t at_ns = from_ns; at_ns <= until_ns; ++at_ns) {
        const bool there = simulated.name_existed[at_ns - 1];
        ASSERT_FALSE(exists && !there) << "run " << run << ", at " << at_ns;
        ASSERT_FALSE(is_absent && there) << "run " << run << ", at " << at_ns;
      }
    }
  }

  EXPECT_GT(existing, 1'000u);
  EXPECT_GT(absent, 1'000u);
}

}  // namespace
}  // namespace parley

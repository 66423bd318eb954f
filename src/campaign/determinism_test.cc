// One seed is one history: stepped rounds of every scenario, run once in peace and once beside
// processes that want every CPU, have the same hash.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "src/engine/engine.h"
#include "src/engine/leader.h"
#include "src/history/hash.h"
#include "src/scenario/scenario.h"

namespace parley {
namespace {

constexpr std::uint64_t kSeedsMin = 60;

// A process for each CPU that never sleeps.
class Load {
 public:
  Load() {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    EXPECT_EQ(::sched_getaffinity(0, sizeof cpus, &cpus), 0);
    for (int i = CPU_COUNT(&cpus); i > 0; --i) {
      const pid_t child = ::fork();
      if (child == 0) Spin();
      EXPECT_GT(child, 0);
      pids_.push_back(child);
    }
  }
  ~Load() {
    for (const pid_t pid : pids_) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

 private:
  [[noreturn]] static void Spin() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (volatile std::uint64_t turns = 0;;) turns = turns + 1;
  }

  std::vector<pid_t> pids_;
};

struct Round {
  std::string name;
  std::uint64_t seed = 0;
  Program program;
};

// Each stepped scenario on each of its facilities at least once, with a seed of its own; with gates
// on those alone whose sleepers do not race.
std::vector<Round> Rounds(Scheduler scheduler) {
  std::vector<Round> rounds;
  while (rounds.size() < kSeedsMin) {
    for (const Scenario& scenario : ShippedScenarios()) {
      if (std::ranges::find(scenario.modes, Mode::kStepped) == scenario.modes.end()) continue;
      for (const std::string& facility : scenario.facilities) {
        const bool races = FindFacility(facility)->races_without_bands();
        if (races && scheduler == Scheduler::kGates) continue;
        const std::uint64_t seed = rounds.size() + 1;
        rounds.push_back({.name = scenario.name + " on " + facility,
                          .seed = seed,
                          .program = SampleProgram(scenario, *FindFacility(facility), seed, 0,
                                                   std::nullopt, Mode::kStepped)});
      }
    }
  }
  return rounds;
}

// Empty when the engine may not be so here.
std::vector<History> Play(const std::vector<Round>& rounds, Scheduler scheduler,
                          std::string& unsupported) {
  auto engine = Engine::Start({.scheduler = scheduler});
  EXPECT_TRUE(engine.has_value()) << engine.error().message;
  std::vector<History> histories;
  if (!engine) return histories;
  for (const Round& round : rounds) {
    auto history = (*engine)->Run(round.program, {.seed = round.seed}, [] { return false; });
    if (!history && history.error().blame == Blame::kUnsupported) {
      unsupported = history.error().message;
      return {};
    }
    EXPECT_TRUE(history.has_value()) << round.name << ": " << history.error().message;
    histories.push_back(history ? std::move(*history) : History{});
  }
  std::cout << "stepped by " << (*engine)->scheduler() << "\n";
  return histories;
}

void ExpectSameHistories(Scheduler scheduler) {
  const std::vector<Round> rounds = Rounds(scheduler);
  std::string unsupported;

  const std::vector<History> once = Play(rounds, scheduler, unsupported);
  if (!unsupported.empty()) GTEST_SKIP() << unsupported;
  const Load load;
  const std::vector<History> again = Play(rounds, scheduler, unsupported);

  ASSERT_EQ(once.size(), rounds.size());
  ASSERT_EQ(again.size(), rounds.size());
  std::uint64_t operations = 0;
  for (std::size_t i = 0; i < rounds.size(); ++i) {
    operations += once[i].operations.size();
    EXPECT_EQ(HashOf(once[i]), HashOf(again[i]))
        << rounds[i].name << ", seed " << rounds[i].seed << ", differs at step "
        << FirstDifference(once[i], again[i]).value_or(0);
  }
  EXPECT_GT(operations, 10 * rounds.size());
}

TEST(OneSeedIsOneHistory, WithGates) { ExpectSameHistories(Scheduler::kGates); }

TEST(OneSeedIsOneHistory, InBands) { ExpectSameHistories(Scheduler::kBands); }

}  // namespace
}  // namespace parley

int main(int argc, char** argv) {
  if (const auto code = parley::RunAsCrew(argc, argv)) return *code;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

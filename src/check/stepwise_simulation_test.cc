// The checker on random histories of a simulated kernel: silent when it has no defect, and blaming
// the right clause for each one that it may have.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "src/check/checking.h"
#include "src/model/simulated_kernel.h"

namespace parley {
namespace {

using model::Defect;
using model::SimulatedKernel;

constexpr std::uint32_t kHistories = 50'000;     // of each facility, without defect
constexpr std::uint32_t kHistoriesEach = 1'000;  // of each facility, for each defect
constexpr int kSteps = 25;

History HistoryOf(bool fifo, std::uint32_t seed, Defect defect) {
  SimulatedKernel kernel(fifo, static_cast<std::uint16_t>(2 + seed % 4), 4096U << seed % 3, seed,
                         defect);
  for (int i = 0; i < kSteps; ++i) kernel.Step();
  return kernel.history();
}

TEST(CheckStepwise, IsSilentOfAKernelWithoutDefect) {
  for (std::uint32_t seed = 0; seed < kHistories; ++seed) {
    for (const bool fifo : {false, true}) {
      const History history = HistoryOf(fifo, seed, Defect::kNone);
      ASSERT_EQ(Broken("stepwise", history), std::vector<std::string_view>{})
          << "seed " << seed << "\n"
          << model::Listing(history);
    }
  }
}

// What a defect is to be blamed for; and what it may be blamed for beside, since the same could be
// seen if that were broken.
struct Blame {
  Defect defect;
  std::vector<Clause> clauses;
  std::vector<Clause> beside;
};

const std::vector<Blame>& Blames() {
  using enum Clause;
  static const std::vector<Blame> blames = {
      {Defect::kShortNonblockingWrite, {kShortNonblocking}, {}},
      {Defect::kReaderNotWoken, {kReceiverAsleep}, {}},
      {Defect::kWriterNotWoken, {kSenderAsleep}, {}},
      {Defect::kWriterWokenWhenEmptyOnly, {kSenderAsleep}, {}},
      {Defect::kEndOfFileSleeps, {kEndOfFileAsleep}, {}},
      {Defect::kBrokenPipeSleeps, {kSendAsleepWithoutReader}, {}},
      {Defect::kEarlyEndOfFile, {kEndOfFileEarly}, {}},
      // With no writer left, the simulation gives end-of-file instead.
      {Defect::kUnavailableWithData, {kUnavailable}, {kEndOfFileEarly, kLost, kReceiverAsleep}},
      // What is lost seems to pile up, or not to be seen.
      {Defect::kDropsWrite,
       {kLost},
       {kOverfull, kUnavailable, kReceiverAsleep, kReceiverAsleepWithData, kProgramOrder,
        kRealTimeOrder, kPollIncoherent, kResizeUnsafe}},
      {Defect::kOpenerNotWoken, {kOpenAsleep}, {}},
      {Defect::kOpensWithoutPartner, {kOpenEarly}, {}},
      {Defect::kRefusesWriter, {kOpenRefused}, {}},
      {Defect::kAdmitsWriter, {kOpenGhost}, {}},
      {Defect::kRoomWithoutPage, {kPollIncoherent}, {}},
      {Defect::kNoInput, {kPollIncoherent}, {kLost}},
      {Defect::kHangUpWithWriter, {kPollIncoherent}, {}},
      {Defect::kCapacityMistold, {kCapacityWrong}, {kOverfull, kPollIncoherent}},
      {Defect::kOverfills, {kOverfull}, {}},
      {Defect::kRestartsNever, {kRestartedWrongly}, {}},
      {Defect::kRestartsAlways, {kRestartedWrongly}, {}},
      {Defect::kFillsOnce, {kShortBlocking}, {}},
      // The simulation swaps with what is read in part, too.
      {Defect::kSwapsWrites, {kProgramOrder, kRealTimeOrder}, {kTorn, kTornResized, kLost}},
      // Half of a small write goes in before it sleeps, and so its room, and its count.
      {Defect::kSplitsWrite,
       {kTornResized, kShortBlocking},
       {kShortNonblocking, kSenderAsleep, kPollIncoherent, kTorn}},
      {Defect::kLargeGivesZero, {kNonblockingLarge}, {}},
      {Defect::kWritesToNobody, {kWriteWithoutReader}, {}},
      {Defect::kReadsFromWritingEnd, {kWrongEnd}, {}},
      // A shrinking pipe is caught in the act; later it cannot always be told from one that loses
      // bytes.
      {Defect::kShrinkLosesData, {kResizeUnsafe}, {kLost, kOverfull, kReceiverAsleepWithData}},
      {Defect::kRefusesResize, {kResizeUnsafe}, {}},
      {Defect::kWithholdsPage, {kCapacityWrong}, {}},
      {Defect::kHasPosition, {kWrongEnd}, {}},
      {Defect::kHasLength, {kWrongEnd}, {}},
      {Defect::kIsNoFifo, {kWrongEnd}, {}},
      {Defect::kSwapsRoles, {kRolesSwapped}, {}},
      {Defect::kNonblockingSleeps,
       {kReceiverAsleepNonblocking, kSenderAsleepNonblocking, kNonblockingLarge},
       {}},
      {Defect::kPacketsMerge, {kPacketsMixed}, {}},
      // What stays takes room.
      {Defect::kPacketRestStays,
       {kPacketsMixed},
       {kSenderAsleep, kPollIncoherent, kCapacityWrong, kNonblockingLarge}},
      {Defect::kWakesLastSleeper, {kModelDeviation}, {}},
  };
  return blames;
}

class Defects : public testing::TestWithParam<Blame> {};

TEST_P(Defects, AreBlamedOnWhatTheyBreak) {
  const Blame& blame = GetParam();
  std::map<std::string_view, int> found;
  for (std::uint32_t seed = 0; seed < kHistoriesEach; ++seed) {
    for (const bool fifo : {false, true}) {
      const History history = HistoryOf(fifo, seed, blame.defect);
      for (const std::string_view name : Broken("stepwise", history)) {
        ++found[name];
        const auto is = [&](Clause clause) { return ClauseName(clause) == name; };
        ASSERT_TRUE(is(Clause::kModelDeviation) || std::ranges::any_of(blame.clauses, is) ||
                    std::ranges::any_of(blame.beside, is))
            << name << ", seed " << seed << "\n"
            << model::Listing(history);
      }
    }
  }
  for (const Clause clause : blame.clauses) EXPECT_GT(found[ClauseName(clause)], 0);
}

INSTANTIATE_TEST_SUITE_P(Every, Defects, testing::ValuesIn(Blames()), [](const auto& instance) {
  return "Defect" + std::to_string(static_cast<int>(instance.param.defect));
});

TEST(Blames, CoverAllDefects) {
  // All but kNone.
  EXPECT_EQ(Blames().size(), static_cast<std::size_t>(Defect::kCount) - 1);
}

}  // namespace
}  // namespace parley

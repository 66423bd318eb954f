// What a pipe is seen to be, cell by cell; each cell can be seen to be otherwise.
#include <gtest/gtest.h>

#include <cerrno>

#include "src/check/checking.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

constexpr std::uint16_t kWriter = 0;
constexpr std::uint16_t kReader = 1;
constexpr std::uint16_t kStranger = 2;

// A call that begins in that step, and returns in it unless `until` says when.
CallSpec In(std::uint64_t step, CallSpec call, std::uint64_t until = 0) {
  call.from = step * kStepNs;
  call.to = (until > 0 ? until : step) * kStepNs + kReturnNs;
  return call;
}

HistoryBuilder Crew() {
  HistoryBuilder builder;
  builder.Worker("writer").Worker("reader").Worker("stranger", {.topology = Topology::kUnrelated});
  return builder.OpenWrite(kWriter, In(0, {})).OpenRead(kReader, In(0, {}));
}

History SteppedOf(const HistoryBuilder& builder, const char* facility = "pipe") {
  History history = builder.Build();
  history.header.facility = facility;
  history.header.mode = "stepped";
  return history;
}

// Everything that the row says, but what the parts leave out.
struct Parts {
  bool refusal = true;
  bool stranger = true;
  bool sleep = true;
  bool border = true;
};

History WholeRow(Parts parts = {}) {
  HistoryBuilder builder = Crew();
  builder.Put(kWriter, In(1, {.bytes = 100})).Put(kWriter, In(2, {.bytes = 100}));
  if (parts.border) builder.Take(kReader, In(3, {.bytes = 150}), {Written(kWriter, 0, 150)});
  if (!parts.border) builder.Take(kReader, In(3, {.bytes = 100}), {Written(kWriter, 0, 100)});
  const std::uint32_t left = parts.border ? 50 : 100;
  builder.Take(kReader, In(4, {.bytes = left}), {Written(kWriter, 200 - left, left)});
  if (parts.refusal) builder.Put(kReader, In(5, {.bytes = 1, .error = EBADF, .handle = 1}));
  if (parts.stranger) builder.ProbeHandle(kStranger, In(6, {.error = EBADF, .argument = 7}));
  builder.Put(kWriter, In(7, {.bytes = 65536}));
  builder.Put(kWriter, In(8, {.bytes = 10}, parts.sleep ? 9 : 8));
  return SteppedOf(builder.Take(kReader, In(9, {.bytes = 65536}), {Written(kWriter, 200, 65536)}));
}

std::string_view VerdictOn(const History& history) { return VerdictOf(Clause::kTaxonomy, history); }

TEST(Taxonomy, IsKeptByAHistoryThatMeasuresTheWholeRow) {
  EXPECT_EQ(VerdictOn(WholeRow()), "kept");
}

TEST(Taxonomy, SaysNothingWhileACellIsNotMeasured) {
  EXPECT_EQ(VerdictOn(WholeRow({.refusal = false})), "none");
  EXPECT_EQ(VerdictOn(WholeRow({.stranger = false})), "none");
  EXPECT_EQ(VerdictOn(WholeRow({.sleep = false})), "none");
  EXPECT_EQ(VerdictOn(WholeRow({.border = false})), "none");
}

TEST(Taxonomy, IsMeasuredStepByStepAlone) {
  History history = WholeRow();
  history.header.mode = "free";
  EXPECT_EQ(VerdictOn(history), "none");
}

TEST(Taxonomy, LeavesAloneWhatADeathMayHaveDone) {
  History history = WholeRow();
  history.faults.push_back({.kind = FaultKind::kKill, .worker = kStranger, .invoked_ns = 10'000});
  EXPECT_EQ(VerdictOn(history), "none");
}

TEST(Taxonomy, IsBrokenByASenderThatWaitsForAReceiver) {
  HistoryBuilder builder = Crew();
  builder.Put(kWriter, In(1, {.bytes = 100}, 2));
  builder.Take(kReader, In(2, {.bytes = 100}), {Written(kWriter, 0, 100)});
  const auto judgement = JudgementOf(Clause::kTaxonomy, SteppedOf(builder));
  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->reason, "timing was measured to be \"sync\"; the taxonomy has \"buffered\"");
}

TEST(Taxonomy, KnowsThatALargeSendWaitsForRoom) {
  HistoryBuilder builder = Crew();
  builder.Put(kWriter, In(1, {.bytes = 100000}, 2));
  builder.Take(kReader, In(2, {.bytes = 65536}), {Written(kWriter, 0, 65536)});
  EXPECT_EQ(VerdictOn(SteppedOf(builder)), "none");
}

TEST(Taxonomy, IsBrokenByBytesThatGoTheOtherWay) {
  HistoryBuilder builder = Crew();
  builder.Put(kReader, In(1, {.bytes = 100, .handle = 1}));
  const auto judgement = JudgementOf(Clause::kTaxonomy, SteppedOf(builder));
  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->reason,
            "direction was measured to be \"both\"; the taxonomy has \"one-way\"");
  EXPECT_EQ(judgement->witness, (std::vector<std::uint32_t>{1, 2}));
}

TEST(Taxonomy, IsBrokenByAStrangerWhoReachesIt) {
  HistoryBuilder builder = Crew();
  builder.ProbeHandle(kStranger, In(1, {.argument = 7}));
  EXPECT_EQ(VerdictOn(SteppedOf(builder)), "broken");
}

TEST(Taxonomy, IsBrokenByABorderThatAReceiverSees) {
  HistoryBuilder builder = Crew();
  builder.Put(kWriter, In(1, {.bytes = 100})).Put(kWriter, In(2, {.bytes = 100}));
  builder.Take(kReader, In(3, {.bytes = 150}), {Written(kWriter, 0, 100)});
  const auto judgement = JudgementOf(Clause::kTaxonomy, SteppedOf(builder));
  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->reason,
            "delimited was measured to be \"yes\"; the taxonomy has \"no "
            "(O_DIRECT: yes)\"");
}

TEST(Taxonomy, KnowsThatPacketsHaveBorders) {
  HistoryBuilder builder = Crew();
  builder.Do(Effect::kSetPackets, kWriter, In(1, {.argument = 1}));
  builder.Put(kWriter, In(2, {.bytes = 100})).Put(kWriter, In(3, {.bytes = 100}));
  builder.Take(kReader, In(4, {.bytes = 150}), {Written(kWriter, 0, 100)});
  EXPECT_EQ(VerdictOn(SteppedOf(builder)), "none");
}

TEST(Taxonomy, KnowsThatContentGoesWithTheLastClose) {
  HistoryBuilder builder = Crew();
  builder.Put(kWriter, In(1, {.bytes = 10})).Close(kWriter, In(2, {})).Close(kReader, In(3, {}));
  builder.OpenBoth(kWriter, In(4, {})).Put(kWriter, In(5, {.bytes = 10}));
  builder.Take(kWriter, In(6, {.bytes = 20}), {Written(kWriter, 10, 10)});
  EXPECT_EQ(VerdictOn(SteppedOf(builder, "fifo")), "none");
}

TEST(Taxonomy, IsBrokenByAReadThatLeavesWhatItGives) {
  HistoryBuilder builder = Crew();
  builder.Put(kWriter, In(1, {.bytes = 100}));
  builder.Take(kReader, In(2, {.bytes = 100}), {Written(kWriter, 0, 100)});
  builder.Take(kReader, In(3, {.bytes = 100}), {Written(kWriter, 0, 100)});
  EXPECT_EQ(VerdictOn(SteppedOf(builder)), "broken");
}

TEST(Taxonomy, HasNoRowForWhatItDoesNotKnow) {
  HistoryBuilder builder = Crew();
  builder.Put(kReader, In(1, {.bytes = 100, .handle = 1}));
  EXPECT_EQ(VerdictOn(SteppedOf(builder, "carrier-pigeon")), "none");
}

}  // namespace
}  // namespace parley

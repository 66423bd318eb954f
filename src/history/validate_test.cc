#include "src/history/validate.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <string>

#include "src/history/sample_history.h"

namespace parley {
namespace {

// What is wrong with the sample after the change; empty when nothing is.
std::string After(const std::function<void(History&)>& change) {
  History history = SampleHistory();
  change(history);
  const Result<void> valid = ValidateHistory(history);
  if (valid.has_value()) return "";
  const std::string begin = "the history is inconsistent: ";
  EXPECT_TRUE(valid.error().message.starts_with(begin));
  return valid.error().message.substr(begin.size());
}

TEST(ValidateHistory, AcceptsTheSample) {
  EXPECT_EQ(After([](History&) {}), "");
}

TEST(ValidateHistory, RefusesHeadingsThatCannotBe) {
  EXPECT_EQ(After([](History& h) { h.header.version = 4; }),
            "header 0: history of version 4; this parley reads version 3");
  EXPECT_EQ(After([](History& h) { h.header.clock_slack_ns = kInstantMax; }),
            "header 0: clock slack is beyond 2^62 ns");
  EXPECT_EQ(After([](History& h) { h.header.atomic_bytes = kNever; }),
            "header 0: a size is beyond 2^62 bytes");
  EXPECT_EQ(After([](History& h) { h.calls[1].name = "write"; }),
            "header 0: call \"write\" is listed twice");
  EXPECT_EQ(After([](History& h) { h.calls[1].effect = static_cast<Effect>(99); }),
            "header 0: a call's effect is unknown");
  EXPECT_EQ(After([](History& h) { h.calls.resize(257); }), "header 0: more than 256 calls");
}

TEST(ValidateHistory, RefusesReferencesThatLeadNowhere) {
  EXPECT_EQ(After([](History& h) { h.operations[0].call = 2; }),
            "operation 0: call 2 is not among the 2 calls");
  EXPECT_EQ(After([](History& h) { h.operations[0].worker = 3; }),
            "operation 0: worker 3 is not among the 3 workers");
  EXPECT_EQ(After([](History& h) { h.operations[3].first_extent = 1; }),
            "operation 3: its extents do not exist");
  EXPECT_EQ(After([](History& h) { h.extents[0].writer = 3; }),
            "operation 3: worker 3 is not among the 3 workers");
  EXPECT_EQ(After([](History& h) { h.faults[0].worker = 3; }),
            "fault 0: worker 3 is not among the 3 workers");
  EXPECT_EQ(After([](History& h) { h.sightings[0].worker = 3; }),
            "sighting 0: worker 3 is not among the 3 workers");
}

TEST(ValidateHistory, RefusesTimesThatCannotBe) {
  EXPECT_EQ(After([](History& h) { h.operations[0].returned_ns = 99; }),
            "operation 0: it ends before it begins");
  EXPECT_EQ(After([](History& h) { h.operations[0].returned_ns = kInstantMax; }),
            "operation 0: a time is beyond 2^62 ns");
  EXPECT_EQ(After([](History& h) { h.operations[0].returned_ns = kNever; }),
            "operation 0: it returned, and has no time of return");
  EXPECT_EQ(After([](History& h) { h.operations[4].returned_ns = 1000; }),
            "operation 4: it is pending, and has a time of return");
  EXPECT_EQ(After([](History& h) { h.operations[1].invoked_ns = 199; }),
            "operation 1: worker 1 begins it before its operation before has returned");
  EXPECT_EQ(After([](History& h) { h.operations[1].outcome = Outcome::kMaybe; }),
            "operation 2: worker 1 goes on after an operation that never returned");
  EXPECT_EQ(After([](History& h) { h.faults[0].returned_ns = 799; }),
            "fault 0: it ends before it begins");
  EXPECT_EQ(After([](History& h) { h.sightings[0].until_ns = 1; }),
            "sighting 0: it ends before it begins");
}

TEST(ValidateHistory, RefusesReceptionsThatCannotBe) {
  EXPECT_EQ(After([](History& h) { h.operations[3].call = 0; }),
            "operation 3: it received extents, but is no receive that succeeded");
  EXPECT_EQ(After([](History& h) { h.operations[3].system_error = EIO; }),
            "operation 3: it received extents, but is no receive that succeeded");
  EXPECT_EQ(After([](History& h) { h.operations[3].result = 69; }),
            "operation 3: its extents add up to 70 bytes; it returned 69");
  EXPECT_EQ(After([](History& h) { h.extents[1].kind = 99; }),
            "operation 3: the kind of an extent is unknown");
  EXPECT_EQ(After([](History& h) { h.extents[0].position = kInstantMax; }),
            "operation 3: an extent's position is beyond 2^62");
  EXPECT_EQ(After([](History& h) { h.operations[0].position = kInstantMax; }),
            "operation 0: its position is beyond 2^62");
}

TEST(ValidateHistory, AllowsExtentsThatLeaveATailUndecided) {
  EXPECT_EQ(After([](History& h) { h.operations[3].result = 71; }), "");
}

}  // namespace
}  // namespace parley

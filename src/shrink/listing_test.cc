#include "src/shrink/listing.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "src/check/history_builder.h"

namespace parley {
namespace {

constexpr std::uint64_t Begun(std::uint64_t step) { return step * kStepNs; }
constexpr std::uint64_t Back(std::uint64_t step) { return step * kStepNs + kReturnNs; }

// A call of one step.
CallSpec In(std::uint64_t step, std::uint32_t bytes = 0) {
  return {.from = Begun(step), .to = Back(step), .bytes = bytes};
}

HistoryBuilder Crew() {
  HistoryBuilder builder;
  builder.Worker("writer").Worker("reader").Worker("maker");
  builder.OpenRead(2, {.from = 1, .to = 1}).OpenWrite(2, {.from = 1, .to = 1});  // 0, 1
  builder.OpenWrite(0, {.from = 1, .to = 1}).OpenRead(1, {.from = 1, .to = 1});  // 2, 3
  builder.Close(2, {.from = 1, .to = 1}).Close(2, {.from = 1, .to = 1});         // 4, 5
  return builder;
}

TEST(StepListing, TellsARoundStepByStep) {
  History history =
      Crew()
          .Put(0, In(1, 100))
          .Take(1, In(2, 4096), {Written(0, 0, 100)})
          .Take(1, {.from = Begun(3), .to = Back(4), .bytes = 10}, {Written(0, 100, 3)})
          .Put(0, In(4, 3))
          .Take(1, {.from = Begun(5), .to = Back(6), .bytes = 10, .error = EINTR})
          .Put(0, {.from = Begun(7), .bytes = 70000})
          .Kill(0, Begun(8), Back(8))
          .Take(1, {.from = Begun(9), .bytes = 1})
          .Build();
  history.header.facility = "pipe";
  history.faults.push_back(
      {.kind = FaultKind::kSignal, .worker = 1, .invoked_ns = Begun(6), .returned_ns = Back(6)});
  const Judgement broken{.clause = Clause::kReceiverAsleepWithData,
                         .verdict = Verdict::kBroken,
                         .reason = "sleeps in step 9 although 65536 bytes are there",
                         .witness = {11, 12}};

  EXPECT_EQ(
      StepListing(history, &broken),
      R"(step 0   pipe of 65536 bytes: writer 0 holds the writing end, reader 1 holds the reading end
step 1   writer 0 writes 100 bytes -> 100
step 2   reader 1 reads up to 4096 bytes -> 100 (writer 0 at 0)
step 3   reader 1 reads up to 10 bytes: sleeps; woken in step 4 -> 3 (writer 0 at 100)
step 4   writer 0 writes 3 bytes -> 3; wakes reader 1
step 5   reader 1 reads up to 10 bytes: sleeps; woken in step 6 -> EINTR
step 6   reader 1 gets a signal
step 7 * writer 0 writes 70000 bytes: sleeps; killed inside
step 8   writer 0 is killed
step 9 * reader 1 reads up to 1 byte: sleeps
         broken: sleeps in step 9 although 65536 bytes are there
)");
}

// The reader should have been woken by the write: it is that step which is wrong.
TEST(StepListing, PutsTheReasonWhereTheLastOfTheWitnessHappened) {
  const History history =
      Crew().Take(1, {.from = Begun(1), .bytes = 8}).Put(0, In(2, 8)).Close(0, In(10)).Build();
  const Judgement broken{.verdict = Verdict::kBroken, .reason = "not woken", .witness = {6, 7}};

  EXPECT_EQ(
      StepListing(history, &broken),
      R"(step 0    pipe of 65536 bytes: writer 0 holds the writing end, reader 1 holds the reading end
step 1  * reader 1 reads up to 8 bytes: sleeps
step 2  * writer 0 writes 8 bytes -> 8
          broken: not woken
step 10   writer 0 closes handle 1 -> 0
)");
}

TEST(StepListing, PutsAReasonThatNamesItsStepThere) {
  const History history =
      Crew().Put(0, {.from = Begun(1), .bytes = 8}).Take(1, In(2, 8), {Written(0, 0, 8)}).Build();
  const auto listed = [&](std::string reason) {
    const Judgement broken{
        .verdict = Verdict::kBroken, .reason = std::move(reason), .witness = {6}};
    const std::string text = StepListing(history, &broken);
    return text.substr(text.find("step 1"));
  };

  EXPECT_EQ(listed("step 2: not woken"),
            "step 1 * writer 0 writes 8 bytes: sleeps\n"
            "step 2   reader 1 reads up to 8 bytes -> 8 (writer 0 at 0)\n"
            "         broken: not woken\n");
  EXPECT_TRUE(listed("step 99: not woken").ends_with("         broken: not woken\n"));
  EXPECT_EQ(listed("step by step"),
            "step 1 * writer 0 writes 8 bytes: sleeps\n"
            "         broken: step by step\n"
            "step 2   reader 1 reads up to 8 bytes -> 8 (writer 0 at 0)\n");
}

TEST(StepListing, MarksNothingInARoundThatKeptItsPromises) {
  const std::string text = StepListing(Crew().Put(0, In(1, 8)).Build());

  EXPECT_EQ(text.find('*'), std::string::npos);
  EXPECT_EQ(text.find("broken"), std::string::npos);
}

TEST(StepListing, OfNothingIsOneLine) {
  const Judgement broken{.verdict = Verdict::kBroken, .reason = "nobody came"};

  EXPECT_EQ(StepListing(History{}), "step 0   \n");
  EXPECT_EQ(StepListing(History{}, &broken), "step 0   \n         broken: nobody came\n");
}

}  // namespace
}  // namespace parley

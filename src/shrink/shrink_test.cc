#include "src/shrink/shrink.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <span>
#include <string>

#include "src/facility/facility.h"
#include "src/program/check_program.h"
#include "src/program/random_program.h"
#include "src/shrink/candidates.h"
#include "src/shrink/decodable.h"
#include "src/shrink/toy.h"

namespace parley {
namespace {

const Facility& Pipe() { return *FindFacility("pipe"); }

// "A write 100, B kill": what is played; workers are named in the order in which they appear.
std::string PlayedText(const Program& program) {
  std::string text;
  std::map<std::uint16_t, char> names;
  for (const Played& played : Play(program)) {
    const char name = static_cast<char>('A' + names.size());
    if (!text.empty()) text += ", ";
    text += names.emplace(played.worker, name).first->second;
    if (played.kind == ScheduleKind::kSignal) text += " signal";
    if (played.kind == ScheduleKind::kKill) text += " kill";
    if (played.kind != ScheduleKind::kStart) continue;
    text += fmt::format(" {}", Pipe().Calls()[played.step.call].name);
    if (played.step.bytes > 0) text += fmt::format(" {}", played.step.bytes);
  }
  return text;
}

// A program of 4 workers with 30 steps each and 200 entries in which the bug happens.
Program Failing(const std::function<bool(const Program&)>& bug, std::uint64_t seed = 1) {
  while (true) {
    Program program = RandomProgram(seed, Pipe());
    if (bug(program)) return program;
    seed += 1000;
  }
}

struct Toy {
  const char* name;
  std::vector<Wanted> wanted;
  ProgramSize minimum;  // but for arguments
  const char* played;
};

const Toy kToys[] = {
    {"AWriteAfterTheReaderHasClosed",
     {{'B', "close"}, {'A', "write", 100}, {'B', "read"}},
     {.workers = 2, .operations = 3, .segments = 1, .entries = 1},
     "A close, B write 100, A read"},
    {"OneCall", {{'A', "unread"}}, {.workers = 1, .operations = 1}, "A unread"},
    {"TheDefaultPolicyDoes",
     {{'A', "write", 4097}, {'B', "read", 24}},
     {.workers = 2, .operations = 2},
     "A write 4097, B read 24"},
    {"AnInterruptedCall",
     {{'A', "read"}, {'A', "", 0, ScheduleKind::kSignal}, {'B', "write"}, {'A', "read"}},
     {.workers = 2, .operations = 3, .faults = 1, .segments = 2, .entries = 2},
     "A read, A signal, B write, A read"},
    {"ADeathBetweenTwoCalls",
     {{'A', "dup"}, {'A', "", 0, ScheduleKind::kKill}, {'B', "poll_read"}, {'C', "close"}},
     {.workers = 3, .operations = 3, .faults = 1, .segments = 2, .entries = 2},
     "A dup, A kill, B poll_read, C close"},
};

class ShrinkToys : public testing::TestWithParam<Toy> {};

TEST_P(ShrinkToys, ReachTheirMinimum) {
  const auto bug = ToyBug(GetParam().wanted);
  std::uint64_t most = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Program start = Failing(bug, seed);
    ShrinkReport report;

    const Program smallest = Shrink(start, bug, {}, &report);

    EXPECT_TRUE(bug(smallest));
    EXPECT_TRUE(report.finished);
    ProgramSize size = SizeOf(smallest);
    size.arguments = 0;
    EXPECT_EQ(size, GetParam().minimum) << PlayedText(smallest);
    EXPECT_EQ(PlayedText(smallest), GetParam().played);
    most = std::max(most, report.replays);
  }
  std::cout << "at most " << most << " replays\n";
  EXPECT_LE(most, 1000U);
}

INSTANTIATE_TEST_SUITE_P(All, ShrinkToys, testing::ValuesIn(kToys),
                         [](const auto& info) { return info.param.name; });

bool SameBytes(const Program& a, const Program& b) { return Fingerprint(a) == Fingerprint(b); }

// Calls of the default program: 4 workers, 30 steps each.
std::uint64_t Count(const Program& program, std::string_view call) {
  return static_cast<std::uint64_t>(std::ranges::count_if(Play(program), [&](const Played& played) {
    return played.kind == ScheduleKind::kStart && Pipe().Calls()[played.step.call].name == call;
  }));
}

// Any single removal mends it: only two calls at once can go.
TEST(Shrink, TakesAPutAndItsTakeAwayTogether) {
  const auto balanced = [](const Program& program) {
    return Count(program, "write") == Count(program, "read") && Count(program, "close") > 0;
  };
  const Program start = Failing(balanced);

  const Program smallest = Shrink(start, balanced, {});

  EXPECT_EQ(PlayedText(smallest), "A close");
}

TEST(Shrink, MergesWorkersThatNeedNotBeTwo) {
  const auto bug = [](const Program& program) {
    return Count(program, "write") >= 2 && Count(program, "read") >= 1;
  };

  const Program smallest = Shrink(Failing(bug), bug, {});

  EXPECT_EQ(SizeOf(smallest).workers, 1U);
  EXPECT_EQ(SizeOf(smallest).operations, 3U);
}

TEST(Shrink, JoinsCallsThatMoveBytesTogether) {
  const auto bug = [](const Program& program) {
    std::uint64_t bytes = 0;
    for (const Played& played : Play(program)) {
      const bool reads = played.kind == ScheduleKind::kStart &&
                         Pipe().Calls()[played.step.call].effect == Effect::kTake;
      if (reads) bytes += played.step.bytes;
    }
    return bytes >= 5000;
  };
  Program start{.facility = "pipe", .roles = {"reader"}};
  WorkerPlan reader{.ends = Ends::kRead, .step_count = 3};
  const auto readv = static_cast<std::uint8_t>(
      std::ranges::find(Pipe().Calls(), "readv", &CallTraits::name) - Pipe().Calls().begin());
  reader.steps[0] = {.call = readv, .repeat = 4, .bytes = 1000};
  reader.steps[1] = {.call = readv, .bytes = 500};
  reader.steps[2] = {.call = readv, .bytes = 500};
  start.workers = {reader};
  start.stepped.emplace();

  const Program smallest = Shrink(start, bug, {});

  EXPECT_EQ(PlayedText(smallest), "A read 5000");
}

// As when each small write takes a page of its own: the bytes of all of them together are too few.
TEST(Shrink, FillsAPipeByOneWriteInsteadOfMany) {
  const auto bug = [](const Program& program) {
    std::uint64_t pages = 0;
    for (const Played& played : Play(program)) pages += (played.step.bytes + 4095) / 4096;
    return pages >= 16;
  };
  Program start{.facility = "pipe", .roles = {"writer"}};
  const auto write = static_cast<std::uint8_t>(
      std::ranges::find(Pipe().Calls(), "write", &CallTraits::name) - Pipe().Calls().begin());
  WorkerPlan writer{.ends = Ends::kWrite, .step_count = 16};
  std::ranges::fill(std::span(writer.steps).first(16), Step{.call = write, .bytes = 24});
  start.workers = {writer};
  start.stepped.emplace();

  const Program smallest = Shrink(start, bug, {});

  EXPECT_EQ(SizeOf(smallest).operations, 1U);
  EXPECT_EQ(smallest.workers[0].steps[0].bytes, 61441U);
}

TEST(Shrink, OpensWithoutBlockingInsteadOfSettingItAfterwards) {
  const auto calls = FindFacility("fifo")->Calls();
  const auto call = [&](std::string_view name) {
    return static_cast<std::uint8_t>(std::ranges::find(calls, name, &CallTraits::name) -
                                     calls.begin());
  };
  const auto bug = [&](const Program& program) {
    bool open = false;
    bool nonblocking = false;
    for (const Played& played : Play(program)) {
      const CallTraits& traits = calls[played.step.call];
      open = open || traits.effect == Effect::kOpenRead;
      nonblocking = nonblocking || traits.nonblocking;
      if (traits.effect == Effect::kSetNonblocking) nonblocking = played.step.argument == 1;
      if (traits.effect == Effect::kTake) return open && nonblocking;
    }
    return false;
  };
  Program start{.facility = "fifo", .roles = {"reader"}};
  WorkerPlan reader{.step_count = 3};
  reader.steps[0] = {.call = call("open_read")};
  reader.steps[1] = {.call = call("set_nonblock"), .argument = 1};
  reader.steps[2] = {.call = call("read"), .bytes = 1};
  start.workers = {reader};
  start.stepped.emplace();

  const Program smallest = Shrink(start, bug, {});

  ASSERT_EQ(smallest.workers[0].step_count, 2U);
  EXPECT_TRUE(calls[smallest.workers[0].steps[0].call].nonblocking);
}

TEST(Shrink, FindsAThresholdExactly) {
  const auto bug = ToyBug({{'A', "write", 12345}, {'B', "read", 7}});

  const Program smallest = Shrink(Failing(bug), bug, {});

  EXPECT_EQ(PlayedText(smallest), "A write 12345, B read 7");
}

TEST(Shrink, IsDeterministic) {
  const auto bug = ToyBug(kToys[0].wanted);
  const Program start = Failing(bug, 3);
  ShrinkReport first;
  ShrinkReport second;

  const Program once = Shrink(start, bug, {}, &first);
  const Program again = Shrink(start, bug, {}, &second);

  EXPECT_TRUE(SameBytes(once, again));
  EXPECT_EQ(first, second);
}

TEST(Shrink, FindsNothingMoreInWhatItHasShrunk) {
  const auto bug = ToyBug(kToys[3].wanted);
  const Program smallest = Shrink(Failing(bug), bug, {});
  ShrinkReport report;

  const Program again = Shrink(smallest, bug, {}, &report);

  EXPECT_TRUE(SameBytes(again, smallest));
  EXPECT_EQ(report.accepted, 0U);
  EXPECT_TRUE(report.finished);
}

TEST(Shrink, TriesNoProgramTwiceAndNeverALargerOne) {
  const auto bug = ToyBug(kToys[4].wanted);
  const Program start = Failing(bug);
  std::set<std::uint64_t> tried{Fingerprint(start)};
  ProgramSize best = SizeOf(start);

  Shrink(start,
         [&](const Program& program) {
           EXPECT_TRUE(tried.insert(Fingerprint(program)).second);
           EXPECT_LT(SizeOf(program), best);
           if (!bug(program)) return false;
           best = SizeOf(program);
           return true;
         },
         {});
}

TEST(Shrink, KeepsTheBestSoFarWhenReplaysRunOut) {
  const auto bug = ToyBug(kToys[0].wanted);
  const Program start = Failing(bug);
  ProgramSize last = SizeOf(start);
  for (std::uint64_t replays_max = 0; replays_max < 80; ++replays_max) {
    ShrinkReport report;

    const Program best = Shrink(start, bug, {.replays_max = replays_max}, &report);

    EXPECT_TRUE(bug(best));
    EXPECT_LE(report.replays, replays_max);
    EXPECT_FALSE(report.finished);
    EXPECT_EQ(report.to, SizeOf(best));
    EXPECT_LE(SizeOf(best), last);
    last = SizeOf(best);
  }
  EXPECT_LT(last, SizeOf(start));
}

TEST(Shrink, StopsWhenTheTimeIsOver) {
  const auto bug = ToyBug(kToys[0].wanted);
  int asked = 0;
  ShrinkReport report;

  Shrink(Failing(bug), bug, {.out_of_time = [&] { return ++asked > 20; }}, &report);

  EXPECT_EQ(report.replays, 20U);
  EXPECT_FALSE(report.finished);
}

// Two bugs in one program, the second of which is smaller.  A predicate that takes any failure for
// the one that it began with slips; the rule of the same clause does not.
TEST(Shrink, DoesNotSlipToAnotherBug) {
  const auto large = ToyBug({{'A', "write", 24}, {'B', "close"}, {'A', "read"}});
  const auto small = ToyBug({{'A', "unread"}});
  const auto judged = [&](const Program& program) {
    std::vector<Judgement> judgements;
    judgements.push_back(
        {.clause = Clause::kLost, .verdict = large(program) ? Verdict::kBroken : Verdict::kKept});
    judgements.push_back({.clause = Clause::kTorn,
                          .verdict = small(program) ? Verdict::kBroken : Verdict::kInconclusive});
    return judgements;
  };
  const Program start = Failing([&](const Program& p) { return large(p) && small(p); });

  const Program kept =
      Shrink(start, [&](const Program& p) { return BrokenAgain(judged(p), Clause::kLost); }, {});
  const Program slipped = Shrink(start, [&](const Program& p) { return large(p) || small(p); }, {});

  EXPECT_TRUE(large(kept));
  EXPECT_FALSE(small(kept));
  EXPECT_FALSE(large(slipped));
}

// Under any predicate, even one that follows no reason.
RC_GTEST_PROP(Shrink, NeverGrowsAndStillFails, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto mask = *rc::gen::element<std::uint64_t>(0, 1, 3, 7);
  const Program start = RandomProgram(seed, Pipe(),
                                      {.workers = *rc::gen::inRange<std::size_t>(1, 6),
                                       .steps = *rc::gen::inRange<std::size_t>(0, 12),
                                       .entries = *rc::gen::inRange<std::size_t>(0, 60)});
  const auto fails = [&](const Program& program) { return (Fingerprint(program) & mask) == 0; };
  ShrinkReport report;

  const Program smallest = Shrink(start, fails, {.replays_max = 3000}, &report);

  RC_ASSERT(SizeOf(smallest) <= SizeOf(start));
  RC_ASSERT(SameBytes(smallest, start) || fails(smallest));
  RC_ASSERT(SameBytes(smallest, start) == (report.accepted == 0U));
  RC_ASSERT(CheckProgram(smallest).has_value());
  RC_ASSERT(!Decodable(start) || Decodable(smallest));
}

// Three writes of one step and three reads of as many: one of each goes at a time.
TEST(Shrink, TakesAPutOutOfARepeatWithItsTake) {
  const auto call = [](std::string_view name) {
    const auto calls = Pipe().Calls();
    return static_cast<std::uint8_t>(std::ranges::find(calls, name, &CallTraits::name) -
                                     calls.begin());
  };
  Program start{.facility = "pipe", .roles = {"worker"}, .stepped = SteppedPlan{}};
  WorkerPlan worker{.bodies = 1};
  for (const auto& [name, repeat] :
       {std::pair("write", 3), std::pair("unread", 1), std::pair("read", 1), std::pair("read", 1),
        std::pair("read", 1)}) {
    worker.steps[worker.step_count++] = {
        .call = call(name), .repeat = static_cast<std::uint16_t>(repeat), .bytes = 24};
  }
  start.workers = {worker};
  const auto fails = [&](const Program& program) {
    std::map<std::string_view, int> calls;
    for (const Played& played : Play(program)) ++calls[Pipe().Calls()[played.step.call].name];
    return calls["write"] == calls["read"] && calls["unread"] > 0 && calls["write"] > 0;
  };

  EXPECT_EQ(PlayedText(Shrink(start, fails, {})), "A write, A unread, A read");
}

TEST(Candidates, OfTheSmallestProgramAreNone) {
  Program program{.facility = "pipe", .roles = {"writer"}};
  program.workers = {{.encoding = Encoding::kSelfIdentifying}};
  program.stepped.emplace();

  EXPECT_FALSE(Candidates(program).Next());
}

RC_GTEST_PROP(Candidates, AreSmallerAndCanBeRun, ()) {
  const Program from = RandomProgram(*rc::gen::arbitrary<std::uint64_t>(), Pipe(),
                                     {.workers = 3, .steps = 6, .entries = 20});
  Candidates candidates(from);
  std::size_t count = 0;

  while (const auto candidate = candidates.Next()) {
    RC_ASSERT(SizeOf(*candidate) < SizeOf(from));
    RC_ASSERT(CheckProgram(*candidate).has_value());
    ++count;
  }

  RC_ASSERT(count > 50U);
}

}  // namespace
}  // namespace parley

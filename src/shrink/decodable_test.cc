#include "src/shrink/decodable.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "src/facility/facility.h"
#include "src/shrink/shrink.h"

namespace parley {
namespace {

Step Make(std::string_view call, std::uint32_t bytes) {
  const auto calls = FindFacility("pipe")->Calls();
  const auto at = std::ranges::find(calls, call, &CallTraits::name);
  return {.call = static_cast<std::uint8_t>(at - calls.begin()), .bytes = bytes};
}

// One writer, several readers.
Program Crew(std::uint32_t put_bytes, std::uint32_t take_bytes, std::size_t readers,
             Encoding encoding) {
  Program program{.facility = "pipe", .roles = {"worker"}};
  program.workers.push_back({.ends = Ends::kWrite, .encoding = encoding, .step_count = 1});
  program.workers[0].steps[0] = Make("write", put_bytes);
  for (std::size_t i = 0; i < readers; ++i) {
    program.workers.push_back({.ends = Ends::kRead, .encoding = encoding, .step_count = 1});
    program.workers.back().steps[0] = Make("read", take_bytes);
  }
  program.stepped.emplace();
  return program;
}

TEST(Decodable, IsWhatOneReaderGetsHoweverItIsCut) {
  EXPECT_TRUE(Decodable(Crew(100, 1, 1, Encoding::kFramed)));
  EXPECT_TRUE(Decodable(Crew(100, 1, 1, Encoding::kSelfIdentifying)));
}

TEST(Decodable, IsWhatSeveralGetInWholeRecordsOnly) {
  EXPECT_TRUE(Decodable(Crew(100, 100, 2, Encoding::kFramed)));
  EXPECT_FALSE(Decodable(Crew(100, 99, 2, Encoding::kFramed)));
  EXPECT_FALSE(Decodable(Crew(100, 100, 2, Encoding::kSelfIdentifying)));
}

// Else a reader would get half a record, which looks like bytes of nobody: a bug of the payload's.
TEST(Decodable, StaysSoWhileAProgramShrinks) {
  const auto two_readers = [](const Program& program) {
    return program.workers.size() == 3 &&
           std::ranges::all_of(program.workers,
                               [](const WorkerPlan& worker) { return worker.step_count == 1; });
  };
  bool shown = true;

  const Program smallest =
      Shrink(Crew(4096, 4096, 2, Encoding::kFramed),
             [&](const Program& program) {
               shown = shown && Decodable(program);
               return two_readers(program) && program.workers[0].steps[0].bytes > 0;
             },
             {});

  EXPECT_TRUE(shown);
  EXPECT_EQ(smallest.workers[0].steps[0].bytes, kHeaderBytes);
  EXPECT_EQ(smallest.workers[0].encoding, Encoding::kFramed);
}

TEST(Shrink, MakesTheBytesOfOneReaderTellThemselves) {
  const auto bug = [](const Program& program) {
    return program.workers.size() == 2 && program.workers[0].step_count == 1 &&
           program.workers[1].step_count == 1 && program.workers[0].steps[0].bytes > 0 &&
           program.workers[1].steps[0].bytes > 0;
  };

  const Program smallest = Shrink(Crew(4096, 100, 1, Encoding::kFramed), bug, {});

  EXPECT_EQ(smallest.workers[0].steps[0].bytes, 1U);
  EXPECT_EQ(smallest.workers[1].steps[0].bytes, 1U);
}

}  // namespace
}  // namespace parley

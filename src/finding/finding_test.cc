#include "src/finding/finding.h"

#include <gtest/gtest.h>

#include <csignal>

namespace parley {
namespace {

PromiseResult Promised(std::string id, Verdict verdict) {
  PromiseResult promise;
  promise.id = std::move(id);
  promise.verdict = verdict;
  return promise;
}

RunResult ResultWith(std::initializer_list<Verdict> verdicts) {
  RunResult result;
  for (const Verdict verdict : verdicts) result.promises.push_back(Promised("p.q", verdict));
  return result;
}

TEST(ExitCode, IsTheWorstOfThePromises) {
  using enum Verdict;
  EXPECT_EQ(ExitCode(ResultWith({kKept, kKept})), 0);
  EXPECT_EQ(ExitCode(ResultWith({kKept, kUnsupported})), 0);
  EXPECT_EQ(ExitCode(ResultWith({kKept, kInconclusive, kUnsupported})), 4);
  EXPECT_EQ(ExitCode(ResultWith({kInconclusive, kBroken, kKept})), 1);
}

TEST(ExitCode, SaysThatNothingCouldRun) {
  EXPECT_EQ(ExitCode(ResultWith({})), 77);
  EXPECT_EQ(ExitCode(ResultWith({Verdict::kUnsupported})), 77);
}

TEST(ExitCode, NamesTheSignalUnlessSomethingIsBroken) {
  RunResult result = ResultWith({Verdict::kKept, Verdict::kInconclusive});
  result.interrupted = SIGINT;
  EXPECT_EQ(ExitCode(result), 130);

  result.interrupted = SIGTERM;
  EXPECT_EQ(ExitCode(result), 143);

  result.promises[0].verdict = Verdict::kBroken;
  EXPECT_EQ(ExitCode(result), 1);
}

TEST(ExitCode, SaysWhoIsToBlameForAnErrorUnlessSomethingIsBroken) {
  RunResult result = ResultWith({Verdict::kKept});
  result.error = Error{.blame = Blame::kInput, .message = "m"};
  EXPECT_EQ(ExitCode(result), 2);

  result.error = Error{.blame = Blame::kSystem, .message = "m"};
  EXPECT_EQ(ExitCode(result), 3);

  result.error = Error{.blame = Blame::kUnsupported, .message = "m"};
  EXPECT_EQ(ExitCode(result), 77);

  result.promises[0].verdict = Verdict::kBroken;
  EXPECT_EQ(ExitCode(result), 1);
}

TEST(SettlePlanted, CatchesABugByItsOwnRowAlone) {
  RunResult result;
  result.promises = {Promised("xfer.conservation@pipe", Verdict::kBroken),
                     Promised("xfer.conservation@fifo", Verdict::kBroken),
                     Promised("pipe.order", Verdict::kBroken),
                     Promised("pipe.lifetime", Verdict::kKept)};
  result.planted.emplace().promise = "xfer.conservation";

  SettlePlanted(result);

  EXPECT_TRUE(result.planted->caught);
  EXPECT_EQ(result.planted->blamed, (std::vector<std::string>{"pipe.order", "xfer.conservation"}));

  result.planted->promise = "pipe.lifetime";
  SettlePlanted(result);

  EXPECT_FALSE(result.planted->caught);
}

}  // namespace
}  // namespace parley

#include "src/report/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <csignal>

#include "src/base/file_descriptor.h"
#include "src/report/sample_result.h"

namespace parley {
namespace {

TEST(FindingText, SaysAllThatIsNeededAndNoMore) {
  EXPECT_EQ(FindingText(SampleFinding(), {}),
            R"(BROKEN   xfer.destructive-read@pipe  seed 7  3 of 1,284 operations
  promise  A data-transfer receive removes what it returns: no byte or message is returned twice, to the same or to another reader; peek flags (MSG_PEEK, MSG_COPY, tee()) are the only non-destructive reads (POSIX read(), recv(), msgrcv(), mq_receive() [req])
  reason   64 bytes of writer 3 at 128 were received twice
  witness  #907 writer 3 writes 64 bytes -> 64
           #912 reader 0 reads up to 64 bytes -> 64 (writer 3 at 128)
           #918 reader 1 reads up to 64 bytes -> 64 (writer 3 at 128)
  often    3 of 20 rounds of pipe_kill on pipe
  replay   parley replay 1.pipe_kill.pipe.f.7.0
  history  out/pipe_kill/7/history.jsonl
)");
}

TEST(FindingText, PutsAShortWitnessOnOneLine) {
  Finding finding = SampleFinding();
  finding.witness = {"#1 a", "#2 b"};

  EXPECT_NE(FindingText(finding, {}).find("  witness  #1 a · #2 b\n"), std::string::npos);
}

TEST(FindingText, CutsALongWitness) {
  Finding finding = SampleFinding();
  finding.witness.assign(11, "#1 writer 3 writes 64 bytes -> 64");

  EXPECT_NE(FindingText(finding, {}).find("11 of 1,284 operations"), std::string::npos);
  EXPECT_NE(FindingText(finding, {}).find("-> 64\n           and 3 more\n"), std::string::npos);
}

TEST(FindingText, LeavesOutWhatThereIsNot) {
  Finding finding = SampleFinding();
  finding.witness.clear();
  finding.token.clear();
  finding.history_path.clear();

  const std::string text = FindingText(finding, {});

  EXPECT_EQ(text.find("witness"), std::string::npos);
  EXPECT_EQ(text.find("replay"), std::string::npos);
  EXPECT_EQ(text.find("history"), std::string::npos);
  EXPECT_TRUE(text.starts_with("BROKEN   xfer.destructive-read@pipe  seed 7\n"));
}

TEST(FindingText, SaysThatTheBugWasPlanted) {
  Finding finding = SampleFinding();
  finding.planted = "double-read";
  finding.token = "1.pipe_kill.pipe.f.7.0.pdouble-read";

  const std::string text = FindingText(finding, {.program = "bazel run //:parley --"});

  EXPECT_NE(text.find("1,284 operations  planted double-read\n"), std::string::npos);
  EXPECT_NE(text.find("  replay   bazel run //:parley -- replay "
                      "1.pipe_kill.pipe.f.7.0.pdouble-read\n"),
            std::string::npos);
}

TEST(ResultText, ShowsFailuresThenTheTableThenWhatIsNotKnown) {
  EXPECT_EQ(ResultText(SampleResult(), {}), FindingText(SampleFinding(), {}) +
                                                R"(
promise                     verdict         chances  operations  scenarios
xfer.destructive-read@pipe  broken        1,234,567      25,680          2
pipe.atomic-write           kept          1,234,567      25,680          2
pipe.order                  inconclusive  1,234,567      25,680          2
pipe.lifetime               unsupported   1,234,567      25,680          2

inconclusive  pipe.order: not exercised
unsupported  pipe.lifetime: no <"second"> uid?[2J here
deviation  overfull on pipe, 1 round in pipe_kill: 1 byte too many (no promise forbids it)

1 broken, 1 kept, 1 inconclusive, 1 unsupported · 25,680 operations in 20 rounds · 1.20 s · seed 7
)");
}

TEST(ResultText, TellsAKnownDivergenceFromADeviation) {
  RunResult result;
  result.deviations = {{.clause = Clause::kKnownDivergence,
                        .facility = "mq",
                        .scenario = "notify",
                        .reason = "gone early",
                        .rounds_seen = 2}};

  EXPECT_NE(ResultText(result, {})
                .find("divergence  known-divergence on mq, 2 rounds in notify: "
                      "gone early (known: the catalogue says so)\n"),
            std::string::npos);
}

TEST(ResultText, SaysWhatBecameOfAPlantedBug) {
  RunResult result;
  result.planted.emplace();
  result.planted->name = "double-read";
  result.planted->promise = "xfer.destructive-read";
  result.planted->told = 1200;
  const auto line = [&] {
    const std::string text = ResultText(result, {});
    return text.substr(0, text.find('\n'));
  };

  EXPECT_EQ(line(),
            "planted  double-read (breaks xfer.destructive-read): told 1,200 times, NOT "
            "caught");

  result.planted->caught = true;
  result.planted->blamed = {"pipe.order", "xfer.destructive-read"};
  EXPECT_EQ(line(),
            "planted  double-read (breaks xfer.destructive-read): told 1,200 times, caught; "
            "blamed pipe.order, xfer.destructive-read");

  result.planted =
      PlantedResult{.name = "double-read", .promise = "xfer.destructive-read", .blamed = {}};
  EXPECT_EQ(line(),
            "planted  double-read (breaks xfer.destructive-read): told 0 times, never told, "
            "so not caught");
}

TEST(ResultText, SaysThatASignalEndedTheRun) {
  RunResult result;
  result.interrupted = SIGTERM;

  EXPECT_EQ(ResultText(result, {}),
            "interrupted by SIGTERM: these are the verdicts so far\n"
            "0 kept · 0 operations in 0 rounds · 0 ns · seed 0\n");
}

TEST(ResultText, ColoursVerdictsWhenAskedTo) {
  EXPECT_EQ(ResultText(SampleResult(), {}).find('\x1b'), std::string::npos);

  const std::string text = ResultText(SampleResult(), {.color = true});

  EXPECT_TRUE(text.starts_with("\x1b[1;31mBROKEN\x1b[0m   xfer."));
  EXPECT_NE(text.find("pipe.atomic-write           \x1b[32mkept        \x1b[0m  1,234,567"),
            std::string::npos);
}

TEST(WantsColor, NeedsATerminalThatWantsIt) {
  const FileDescriptor terminal(::posix_openpt(O_RDWR | O_NOCTTY));
  const FileDescriptor other(::open("/dev/null", O_RDWR));
  ASSERT_TRUE(terminal.valid() && other.valid());
  ::setenv("TERM", "xterm", 1);
  ::unsetenv("NO_COLOR");

  EXPECT_TRUE(WantsColor(terminal.get()));
  EXPECT_FALSE(WantsColor(other.get()));

  ::setenv("NO_COLOR", "", 1);
  EXPECT_TRUE(WantsColor(terminal.get()));

  ::setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(WantsColor(terminal.get()));

  ::unsetenv("NO_COLOR");
  ::setenv("TERM", "dumb", 1);
  EXPECT_FALSE(WantsColor(terminal.get()));
}

}  // namespace
}  // namespace parley

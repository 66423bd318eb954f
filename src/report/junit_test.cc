#include "src/report/junit.h"

#include <gtest/gtest.h>

#include "src/report/sample_result.h"

namespace parley {
namespace {

TEST(ResultJUnit, MakesATestCaseOfEachPromise) {
  RunResult result = SampleResult();
  result.error = Error{.message = "write(\"x\"): ENOSPC"};

  EXPECT_EQ(ResultJUnit(result),
            R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="parley" tests="5" failures="1" errors="1" skipped="2" time="1.204">
  <testsuite name="parley" tests="5" failures="1" errors="1" skipped="2" time="1.204">
    <properties>
      <property name="seed" value="7"/>
      <property name="kernel" value="Linux 6.1.0 x86_64"/>
      <property name="cpus" value="2"/>
      <property name="containment" value="namespaces"/>
      <property name="clock_slack_ns" value="40"/>
      <property name="rounds" value="20"/>
      <property name="operations" value="25680"/>
    </properties>
    <testcase classname="parley.xfer" name="xfer.destructive-read@pipe">
      <failure type="broken" message="64 bytes of writer 3 at 128 were received twice">BROKEN   xfer.destructive-read@pipe  seed 7  3 of 1,284 operations
  promise  A data-transfer receive removes what it returns: no byte or message is returned twice, to the same or to another reader; peek flags (MSG_PEEK, MSG_COPY, tee()) are the only non-destructive reads (POSIX read(), recv(), msgrcv(), mq_receive() [req])
  reason   64 bytes of writer 3 at 128 were received twice
  witness  #907 writer 3 writes 64 bytes -&gt; 64
           #912 reader 0 reads up to 64 bytes -&gt; 64 (writer 3 at 128)
           #918 reader 1 reads up to 64 bytes -&gt; 64 (writer 3 at 128)
  often    3 of 20 rounds of pipe_kill on pipe
  replay   parley replay 1.pipe_kill.pipe.f.7.0
  history  out/pipe_kill/7/history.jsonl
</failure>
    </testcase>
    <testcase classname="parley.pipe" name="pipe.atomic-write"/>
    <testcase classname="parley.pipe" name="pipe.order">
      <skipped message="inconclusive: not exercised"/>
    </testcase>
    <testcase classname="parley.pipe" name="pipe.lifetime">
      <skipped message="unsupported: no &lt;&quot;second&quot;&gt; uid?[2J here"/>
    </testcase>
    <testcase classname="parley" name="parley">
      <error type="trouble" message="write(&quot;x&quot;): ENOSPC"/>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST(ResultJUnit, NamesThePlantedBug) {
  RunResult result;
  result.planted.emplace().name = "double-read";

  EXPECT_NE(ResultJUnit(result).find("<property name=\"planted\" value=\"double-read\"/>"),
            std::string::npos);
}

TEST(ResultJUnit, ShowsEveryFindingOfAPromise) {
  RunResult result = SampleResult();
  result.findings.push_back(SampleFinding());
  result.findings[1].scenario = "pipe_many";
  result.findings.push_back(SampleFinding());
  result.findings[2].promise = "pipe.order";
  result.findings[2].scenario = "pipe_other";

  const std::string text = ResultJUnit(result);

  EXPECT_NE(text.find("rounds of pipe_kill on pipe"), std::string::npos);
  EXPECT_NE(text.find("rounds of pipe_many on pipe"), std::string::npos);
  EXPECT_EQ(text.find("rounds of pipe_other on pipe"), std::string::npos);
}

}  // namespace
}  // namespace parley

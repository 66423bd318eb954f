#include "src/report/json.h"

#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "src/report/sample_result.h"

namespace parley {
namespace {

using nlohmann::json;

TEST(ResultJson, SaysWhatTheRunFound) {
  RunResult result = SampleResult();
  result.promises.resize(1);

  EXPECT_EQ(ResultJson(result), R"json({
  "parley": "run",
  "version": 1,
  "exit_code": 1,
  "environment": {
    "kernel": "Linux 6.1.0 x86_64",
    "cpus": 2,
    "containment": "namespaces",
    "scheduler": "",
    "clock_slack_ns": 40,
    "seed": 7,
    "duration_ns": 1204000000
  },
  "rounds": 20,
  "operations": 25680,
  "promises": [
    {
      "id": "xfer.destructive-read@pipe",
      "verdict": "broken",
      "chances": 1234567,
      "operations": 25680,
      "scenarios": [
        "pipe_kill",
        "pipe_many"
      ],
      "reason": "64 bytes of writer 3 at 128 were received twice",
      "statement": "A data-transfer receive removes what it returns: no byte or message is returned twice, to the same or to another reader; peek flags (MSG_PEEK, MSG_COPY, tee()) are the only non-destructive reads. Instances: pipe, FIFO, SysV mq, POSIX mq, all sockets, pty.",
      "source": "POSIX read(), recv(), msgrcv(), mq_receive() [req]"
    }
  ],
  "findings": [
    {
      "promise": "xfer.destructive-read@pipe",
      "clause": "duplicate",
      "reason": "64 bytes of writer 3 at 128 were received twice",
      "witness": [
        "#907 writer 3 writes 64 bytes -> 64",
        "#912 reader 0 reads up to 64 bytes -> 64 (writer 3 at 128)",
        "#918 reader 1 reads up to 64 bytes -> 64 (writer 3 at 128)"
      ],
      "operations": 1284,
      "scenario": "pipe_kill",
      "facility": "pipe",
      "seed": 7,
      "round": 0,
      "planted": "",
      "token": "1.pipe_kill.pipe.f.7.0",
      "scenario_path": "",
      "history": "out/pipe_kill/7/history.jsonl",
      "program": "",
      "listing": "",
      "stepped_rounds": 0,
      "rounds_seen": 3,
      "rounds_run": 20
    }
  ],
  "deviations": [
    {
      "clause": "overfull",
      "facility": "pipe",
      "scenario": "pipe_kill",
      "reason": "1 byte too many",
      "rounds_seen": 1
    }
  ],
  "planted": null,
  "interrupted": 0,
  "error": null
}
)json");
}

TEST(ResultJson, TellsOfPlantedBugsSignalsAndErrors) {
  RunResult result;
  result.planted.emplace();
  result.planted->name = "double-read";
  result.planted->told = 12;
  result.planted->caught = true;
  result.planted->blamed = {"xfer.destructive-read"};
  result.interrupted = SIGINT;
  result.error = Error{.message = "fork(): EAGAIN", .system_error = EAGAIN};

  const json parsed = json::parse(ResultJson(result));

  EXPECT_EQ(parsed["exit_code"], 130);
  EXPECT_EQ(parsed["planted"]["told"], 12);
  EXPECT_EQ(parsed["planted"]["caught"], true);
  EXPECT_EQ(parsed["planted"]["blamed"], json::array({"xfer.destructive-read"}));
  EXPECT_EQ(parsed["interrupted"], SIGINT);
  EXPECT_EQ(parsed["error"]["blame"], "system");
  EXPECT_EQ(parsed["error"]["message"], "fork(): EAGAIN");
  EXPECT_EQ(parsed["error"]["errno"], "EAGAIN");
}

TEST(ResultJson, KeepsNumbersOf64Bits) {
  RunResult result;
  result.environment.seed = 18'446'744'073'709'551'615U;

  EXPECT_NE(ResultJson(result).find("\"seed\": 18446744073709551615,"), std::string::npos);
}

TEST(ResultJson, IsJsonWhateverTheTextsHold) {
  RunResult result;
  result.promises = {SamplePromise("unknown.id", Verdict::kInconclusive, "a\xff\"\n\x01")};

  const json parsed = json::parse(ResultJson(result));

  EXPECT_EQ(parsed["promises"][0]["reason"], "a\xef\xbf\xbd\"\n\x01");
  EXPECT_FALSE(parsed["promises"][0].contains("statement"));
}

}  // namespace
}  // namespace parley

// A run in which something of everything happened, for tests of the reports.
#pragma once

#include <csignal>

#include "src/finding/finding.h"

namespace parley {

inline Finding SampleFinding() {
  Finding finding;
  finding.promise = "xfer.destructive-read@pipe";
  finding.clause = Clause::kDuplicate;
  finding.reason = "64 bytes of writer 3 at 128 were received twice";
  finding.witness = {"#907 writer 3 writes 64 bytes -> 64",
                     "#912 reader 0 reads up to 64 bytes -> 64 (writer 3 at 128)",
                     "#918 reader 1 reads up to 64 bytes -> 64 (writer 3 at 128)"};
  finding.operations = 1284;
  finding.scenario = "pipe_kill";
  finding.facility = "pipe";
  finding.seed = 7;
  finding.round = 0;
  finding.token = "1.pipe_kill.pipe.f.7.0";
  finding.history_path = "out/pipe_kill/7/history.jsonl";
  finding.rounds_seen = 3;
  finding.rounds_run = 20;
  return finding;
}

inline PromiseResult SamplePromise(std::string id, Verdict verdict, std::string reason) {
  PromiseResult promise;
  promise.id = std::move(id);
  promise.verdict = verdict;
  promise.chances = 1'234'567;
  promise.operations = 25'680;
  promise.scenarios = {"pipe_kill", "pipe_many"};
  promise.reason = std::move(reason);
  return promise;
}

inline RunResult SampleResult() {
  RunResult result;
  result.environment = {.kernel = "Linux 6.1.0 x86_64",
                        .cpus = 2,
                        .containment = "namespaces",
                        .clock_slack_ns = 40,
                        .seed = 7,
                        .duration_ns = 1'204'000'000};
  result.rounds = 20;
  result.operations = 25'680;
  result.promises = {
      SamplePromise("xfer.destructive-read@pipe", Verdict::kBroken,
                    "64 bytes of writer 3 at 128 were received twice"),
      SamplePromise("pipe.atomic-write", Verdict::kKept, ""),
      SamplePromise("pipe.order", Verdict::kInconclusive, "not exercised"),
      SamplePromise("pipe.lifetime", Verdict::kUnsupported, "no <\"second\"> uid\x1b[2J here"),
  };
  result.findings = {SampleFinding()};
  result.deviations = {{.clause = Clause::kOverfull,
                        .facility = "pipe",
                        .scenario = "pipe_kill",
                        .reason = "1 byte too many",
                        .rounds_seen = 1}};
  return result;
}

}  // namespace parley

// What a run found out: a verdict for each promise, a finding for each that was broken.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/check/checker.h"
#include "src/promise/clause.h"

namespace parley {

// One promise as one facility kept it.
struct PromiseResult {
  std::string id;  // instance id: "xfer.conservation@pipe"
  Verdict verdict = Verdict::kInconclusive;
  std::uint64_t chances = 0;        // situations in which it could have been broken
  std::uint64_t operations = 0;     // of the rounds that were to exercise it
  std::set<std::string> scenarios;  // that declare it, or broke it
  std::string reason;               // why it is not kept; empty when it is

  bool operator==(const PromiseResult&) const = default;
};

// A broken promise with its evidence: the first round of one scenario on one facility that broke
// it, and how often others did.
struct Finding {
  std::string promise;  // instance id
  Clause clause = Clause::kCount;
  std::string reason;
  std::vector<std::string> witness;  // operations as text, in time order
  std::uint64_t operations = 0;      // of the round
  std::string scenario;
  std::string facility;
  std::uint64_t round = 0;
  std::uint64_t seed = 0;
  std::string planted;        // name of the planted bug; empty when none
  std::string token;          // replays the round; empty when there is none
  std::string scenario_path;  // the scenario's file; empty when it ships
  std::string history_path;   // where the history was written; empty when it was not
  // Of a free round: stepped ones that were run to see it call by call; 0 when none was.
  std::uint64_t stepped_rounds = 0;
  // The smallest stepped program found that breaks the promise in the same way.
  std::string listing;            // its steps, one a line; empty when none broke it
  std::string program_path;       // its file, which replay takes; empty when it was not written
  std::uint64_t calls = 0;        // in it
  std::uint64_t rounds_seen = 0;  // rounds of that scenario on that facility that broke it
  std::uint64_t rounds_run = 0;   // rounds of that scenario on that facility

  bool operator==(const Finding&) const = default;
};

// The system did what no promise forbids on that facility, but a checker did not expect.  Never a
// failure.
struct Deviation {
  Clause clause = Clause::kCount;
  std::string facility;
  std::string scenario;
  std::string reason;
  std::uint64_t rounds_seen = 0;

  bool operator==(const Deviation&) const = default;
};

struct RunEnvironment {
  std::string kernel;       // "Linux 6.1.0 x86_64"
  std::uint32_t cpus = 0;   // that parley may run on
  std::string containment;  // "namespaces", "manifest"
  std::string scheduler;    // of stepped rounds: "bands", "gates (why)"; empty when none was run
  std::uint64_t clock_slack_ns = 0;
  std::uint64_t seed = 0;
  std::uint64_t duration_ns = 0;

  bool operator==(const RunEnvironment&) const = default;
};

// A bug that was planted on purpose, and what the run made of it.
struct PlantedResult {
  std::string name;
  std::string promise;              // catalogue id of the row that it breaks
  std::uint64_t told = 0;           // times that it lied to a worker
  bool caught = false;              // its row is among the broken ones
  std::vector<std::string> blamed;  // catalogue ids of all broken ones, sorted

  bool operator==(const PlantedResult&) const = default;
};

struct RunResult {
  RunEnvironment environment;
  std::uint64_t rounds = 0;
  std::uint64_t operations = 0;
  std::vector<PromiseResult> promises;  // in the order of the catalogue, then by id
  std::vector<Finding> findings;        // in the order in which they were found
  std::vector<Deviation> deviations;
  std::optional<PlantedResult> planted;
  int interrupted = 0;         // SIGINT or SIGTERM when one ended the run
  std::optional<Error> error;  // what kept parley from its work
};

// Sets caught and blamed of result.planted from the promises; nothing when no bug was planted.
void SettlePlanted(RunResult& result);

inline constexpr int kExitKept = 0;
inline constexpr int kExitBroken = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitTrouble = 3;
inline constexpr int kExitInconclusive = 4;
inline constexpr int kExitUnsupported = 77;

// What the process says to its caller; docs/formats.md.
int ExitCode(const RunResult& result);

// For a command that ended with an error before it had a result.
int ExitCode(const Error& error);

}  // namespace parley

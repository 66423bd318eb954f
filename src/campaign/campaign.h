// A campaign: which rounds to run, in which order and until when; and what came of them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/engine/engine.h"
#include "src/finding/finding.h"
#include "src/scenario/scenario.h"

namespace parley {

struct CampaignOptions {
  // Facility names, scenario names, scenario files and promise ids ("pipe.order",
  // "xfer.conservation@fifo"); empty: every scenario that ships, on every facility that it names.
  std::vector<std::string> selection;
  std::uint64_t for_ns = 0;       // 0: as long as the default budget, or until the rounds are done
  bool ends_when_caught = false;  // a planted bug was; else only a run without time and rounds does
  std::uint64_t rounds = 0;       // of each pair of scenario and facility; 0: as many as fit
  std::uint64_t seed = 0;
  std::optional<CrewSize> crew;
  std::vector<Mode> modes{Mode::kFree};
  EngineOptions engine;
  std::string planted_promise;                  // catalogue id that the planted bug breaks
  std::vector<std::string> planted_facilities;  // on which it can be told
  // Histories of broken rounds go here; empty: nowhere, and nothing is made smaller.
  std::string findings_directory;
  std::string scenario_path;  // Replay: the scenario's file, empty when it ships
  bool keep_history = false;  // those of all other rounds, too
};

// What the progress line shows.
struct Progress {
  std::string scenario;
  std::string facility;
  std::uint64_t rounds = 0;
  std::uint64_t operations = 0;
  std::uint64_t elapsed_ns = 0;
  std::uint64_t limit_ns = 0;  // 0: none
  std::size_t findings = 0;
};

struct Callbacks {
  // The signal that shall end the campaign, 0 for none yet.  Asked often.
  std::function<int()> signal = [] { return 0; };
  // Everything asked for is known; the first round is about to come.
  std::function<void(std::uint64_t seed)> began = [](std::uint64_t) {};
  std::function<void(const Progress&)> progress = [](const Progress&) {};
  std::function<void(const Finding&)> found = [](const Finding&) {};
  // A round or a history was lost; the campaign goes on.
  std::function<void(const Error&)> trouble = [](const Error&) {};
};

// The time that a campaign takes when neither time nor rounds are given.
inline constexpr std::uint64_t kDefaultCampaignNs = 25'000'000'000;

// Errors: of input only (an unknown name).  Everything else is in the result.
Result<RunResult> RunCampaign(const CampaignOptions& options, const Callbacks& callbacks);

// Judges a history that is at hand: the result of a campaign of that one round.
Result<RunResult> JudgeHistory(const History& history);

}  // namespace parley

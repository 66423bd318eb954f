// The engine as the rest of parley sees it: give it a program, get a history.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "src/base/error.h"
#include "src/engine/containment.h"
#include "src/engine/scheduler.h"
#include "src/history/history.h"
#include "src/program/program.h"

namespace parley {

struct EngineOptions {
  Containment containment = Containment::kAuto;
  std::string directory;             // where names in the file system go; empty: a private tmpfs
  std::string planted;               // planted bug to preload; empty: none
  std::string planted_library;       // its path
  std::uint64_t records = 1U << 21;  // room of all logs of a round together
  std::uint64_t clock_slack_ns = 0;
  Scheduler scheduler = Scheduler::kAuto;  // of stepped rounds
};

// What a round's history says of itself.
struct RoundLabel {
  std::string scenario;
  std::string token;
  std::uint64_t seed = 0;
  std::uint64_t round = 0;
};

// Waiting for a round is interrupted when this says so (a signal has come); the crew then ends.
using Interrupted = std::function<bool()>;

class Engine {
 public:
  // Starts a crew leader where the options say.
  static Result<std::unique_ptr<Engine>> Start(const EngineOptions& options);
  ~Engine();

  // Conducts one round.  Errors: kInput, the program exceeds a limit; kUnsupported, the facility
  // cannot run; kSystem, parley or the machine could not do it, and the crew was started afresh.
  Result<History> Run(const Program& program, const RoundLabel& label,
                      const Interrupted& interrupted);

  // "namespaces" or "manifest", with the reason when it was not the first choice.
  const std::string& containment() const;
  // The directory for names in the file system, as the crew sees it.
  const std::string& directory() const;
  // How the latest stepped round was kept in step: "bands", or "gates" and why; empty before one.
  std::string scheduler() const;
  // How often the planted bug was told so far.
  std::uint64_t PlantedTold() const;

 private:
  struct State;
  explicit Engine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// "Linux 6.1.0 x86_64".
std::string KernelText();

}  // namespace parley

#include "src/engine/engine.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <cerrno>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "src/base/clock.h"
#include "src/engine/containment.h"
#include "src/engine/leader_process.h"
#include "src/engine/manifest.h"
#include "src/engine/translation.h"

namespace parley {
namespace {

// A round is ended by its leader after 15 s; a leader that does not answer then is stuck itself.
constexpr std::uint64_t kAnswerLimitNs = 90 * kNsPerS;
// A stepped round takes milliseconds; a worker that spins above the scheduler never lets it answer.
constexpr std::uint64_t kSteppedAnswerLimitNs = 30 * kNsPerS;

}  // namespace

struct Engine::State {
  EngineOptions options;
  std::optional<Manifest> manifest;
  std::string containment;
  std::string directory;
  std::uint64_t objects = 0;
  std::map<std::string, std::uint64_t, std::less<>> atomic_bytes;  // by facility, probed once
  LeaderProcess leader;  // last: it ends before the folder goes that it works in

  std::uint64_t AtomicBytes(const Facility& facility);
};

std::string KernelText() {
  utsname name;
  if (::uname(&name) != 0) return "unknown";
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

std::uint64_t Engine::State::AtomicBytes(const Facility& facility) {
  const auto known = atomic_bytes.find(facility.Name());
  if (known != atomic_bytes.end()) return known->second;
  return atomic_bytes[std::string(facility.Name())] = facility.AtomicBytes(options.directory);
}

Result<std::unique_ptr<Engine>> Engine::Start(const EngineOptions& options) {
  auto state = std::make_unique<State>();
  state->options = options;
  if (auto swept = Sweep(); !swept) return std::unexpected(swept.error());
  Result<void> started;
  bool namespaces = options.containment != Containment::kManifest;
  if (!options.directory.empty() || !namespaces) {
    auto manifest = Manifest::Create();
    if (!manifest) return std::unexpected(manifest.error());
    state->manifest.emplace(std::move(*manifest));
  }
  std::string why;
  if (namespaces) {
    if (auto possible = ProbeNamespaces(); !possible) {
      if (options.containment == Containment::kNamespaces) return std::unexpected(possible.error());
      namespaces = false;
      why = possible.error().message;
    }
  }
  if (!namespaces && !state->manifest) {
    auto manifest = Manifest::Create();
    if (!manifest) return std::unexpected(manifest.error());
    state->manifest.emplace(std::move(*manifest));
  }
  if (state->manifest) {
    const char* temporary = std::getenv("TMPDIR");
    const std::string parent = !options.directory.empty()                   ? options.directory
                               : temporary != nullptr && *temporary != '\0' ? temporary
                                                                            : "/tmp";
    auto directory = state->manifest->MakeDirectory(parent);
    if (!directory) return std::unexpected(directory.error());
    if (directory->size() >= kTextBytes) {
      return InputError(fmt::format("--dir {}: a path of {} bytes; at most {}", parent,
                                    directory->size(), kTextBytes - 1));
    }
    state->directory = *directory;
  } else {
    state->directory = kPrivateDirectory;
  }
  state->containment = namespaces ? "namespaces" : "manifest";
  if (!why.empty()) state->containment += " (" + why + ")";
  started = state->leader.Start(state->options, namespaces);
  if (!started) return std::unexpected(started.error());
  return std::unique_ptr<Engine>(new Engine(std::move(state)));
}

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}

Engine::~Engine() = default;

const std::string& Engine::containment() const { return state_->containment; }
const std::string& Engine::directory() const { return state_->directory; }

std::string Engine::scheduler() const {
  return state_->leader.arena().header().outcome.scheduler.data();
}

std::uint64_t Engine::PlantedTold() const { return state_->leader.PlantedTold(); }

Result<History> Engine::Run(const Program& program, const RoundLabel& label,
                            const Interrupted& interrupted) {
  State& state = *state_;
  if (!state.leader.running()) {
    const bool namespaces = state.containment.starts_with("namespaces");
    if (auto started = state.leader.Start(state.options, namespaces); !started) {
      return std::unexpected(started.error());
    }
  }
  if (FindFacility(program.facility) == nullptr) {
    return InputError(fmt::format("facility \"{}\" is not known", program.facility));
  }
  const RoundPlace place{.directory = state.directory,
                         .object = state.objects++,
                         .scheduler = state.options.scheduler};
  if (auto described = DescribeRound(program, place, state.leader.arena().header()); !described) {
    return std::unexpected(described.error());
  }
  if (auto told = state.leader.Tell(Order::kConduct); !told) {
    state.leader.End();
    return std::unexpected(told.error());
  }
  Order answer{};
  const std::uint64_t limit_ns = program.stepped ? kSteppedAnswerLimitNs : kAnswerLimitNs;
  if (auto answered = state.leader.AwaitAnswer(limit_ns, interrupted, answer); !answered) {
    state.leader.End();
    return std::unexpected(answered.error());
  }
  if (answer == Order::kConducted) {
    return CollectHistory(state.leader.arena(), program, label, state.options,
                          state.AtomicBytes(*FindFacility(program.facility)));
  }
  const RoundOutcome& outcome = state.leader.arena().header().outcome;
  Error error{.blame = outcome.blame,
              .message = outcome.error.data(),
              .system_error = outcome.system_error};
  // Whatever went wrong may have left processes behind: a new crew begins with none.
  if (error.blame == Blame::kSystem) state.leader.End();
  return std::unexpected(error);
}

}  // namespace parley

#include "src/engine/engine.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <new>
#include <sstream>
#include <vector>

#include "src/base/clock.h"
#include "src/engine/arena.h"
#include "src/engine/leader.h"
#include "src/engine/manifest.h"

namespace parley {
namespace {

constexpr int kPollMs = 50;
// A stepped round is short: a few calls must show the bug.
constexpr std::uint64_t kPlantedEveryMaxStepped = 1;
// A round is ended by its leader after 15 s; a leader that does not answer then is stuck itself.
constexpr std::uint64_t kAnswerLimitNs = 90 * kNsPerS;
// A stepped round takes milliseconds; a worker that spins above the scheduler never lets it answer.
constexpr std::uint64_t kSteppedAnswerLimitNs = 30 * kNsPerS;

std::vector<std::string> LeaderEnvironment(const EngineOptions& options) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!options.planted.empty() && std::string_view(*entry).starts_with("LD_PRELOAD=")) continue;
    environment.emplace_back(*entry);
  }
  if (!options.planted.empty()) {
    const char* before = std::getenv("LD_PRELOAD");
    environment.push_back(fmt::format("LD_PRELOAD={}{}{}", options.planted_library,
                                      before != nullptr ? ":" : "",
                                      before != nullptr ? before : ""));
    environment.push_back("PARLEY_PLANTED=" + options.planted);
  }
  return environment;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// How a leader ends that did not get as far as its own code.
constexpr int kNoDescriptors = 126;
constexpr int kNoProgram = 127;

// Moves both descriptors to the numbers that the leader expects, whatever they were.
bool PlaceDescriptors(int socket, int arena) {
  const int above = std::max(kLeaderSocketFd, kLeaderArenaFd) + 1;
  const int high_socket = ::fcntl(socket, F_DUPFD_CLOEXEC, above);
  const int high_arena = ::fcntl(arena, F_DUPFD_CLOEXEC, above);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  return ::dup2(high_socket, kLeaderSocketFd) >= 0 && ::dup2(high_arena, kLeaderArenaFd) >= 0 &&
         ::dup2(null, 0) >= 0 && ::dup2(2, 1) >= 0;
}

Error LeaderDeath(int status) {
  if (WIFSIGNALED(status)) {
    return {.message = fmt::format("the crew leader died by signal {}", WTERMSIG(status))};
  }
  switch (WEXITSTATUS(status)) {
    case kNoDescriptors:
      return {.message = "the crew leader has too few file descriptors", .system_error = EMFILE};
    case kNoProgram:
      return {.message = "execve(\"/proc/self/exe\") of the crew leader failed; is /proc mounted?"};
    default:
      return {.message =
                  fmt::format("the crew leader ended with exit code {}", WEXITSTATUS(status))};
  }
}

[[noreturn]] void BecomeLeader(int socket, int arena, char* const* environment) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A controller that died before that request has closed its end: the leader sees it at once.
  if (!PlaceDescriptors(socket, arena)) ::_exit(kNoDescriptors);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const char* arguments[] = {"parley", "crew-leader", nullptr};
  ::execve("/proc/self/exe", const_cast<char* const*>(arguments), environment);
  ::_exit(kNoProgram);
}

std::vector<std::string> Lines(const char* text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

struct Engine::State {
  EngineOptions options;
  std::optional<Manifest> manifest;
  std::string containment;
  std::string directory;
  std::optional<Arena> arena;
  FileDescriptor socket;
  pid_t leader = 0;
  std::uint64_t objects = 0;
  std::uint64_t told_before = 0;  // by crews that are gone

  Result<void> StartLeader(bool namespaces);
  Result<void> AwaitAnswer(std::uint64_t limit_ns, const Interrupted& interrupted, Order& answer);
  void EndLeader();
  Result<void> Describe(const Program& program);
  Result<void> DescribeSteps(const SteppedPlan& plan);
  History Collect(const Program& program, const RoundLabel& label);
  std::uint64_t AtomicBytes(const Facility& facility);

  std::map<std::string, std::uint64_t, std::less<>> atomic_bytes;  // by facility, probed once
};

std::string KernelText() {
  utsname name;
  if (::uname(&name) != 0) return "unknown";
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

Result<void> Engine::State::StartLeader(bool namespaces) {
  // A fresh arena each time: what a dead crew may still hold must not be shared with the next.
  auto fresh = Arena::Create(options.records);
  if (!fresh) return std::unexpected(fresh.error());
  arena.reset();
  arena.emplace(std::move(*fresh));
  std::array<int, 2> pair;
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return SystemError("socketpair(AF_UNIX, SOCK_SEQPACKET)");
  }
  FileDescriptor ours(pair[0]);
  FileDescriptor theirs(pair[1]);
  std::vector<std::string> environment = LeaderEnvironment(options);
  if (!options.planted.empty()) {
    environment.push_back(fmt::format("PARLEY_PLANTED_LOG=/proc/self/fd/{}", kLeaderArenaFd));
  }
  const std::vector<char*> pointers = Pointers(environment);
  Result<pid_t> pid = namespaces ? ForkIntoNamespaces() : Result<pid_t>(::fork());
  if (!pid) return std::unexpected(pid.error());
  if (*pid < 0) return SystemError("fork() of the crew leader");
  if (*pid == 0) BecomeLeader(theirs.get(), arena->fd(), pointers.data());
  leader = *pid;
  socket = std::move(ours);
  theirs.Reset();
  Order answer{};
  auto ready = AwaitAnswer(30 * kNsPerS, [] { return false; }, answer);
  if (!ready) EndLeader();
  return ready;
}

Result<void> Engine::State::AwaitAnswer(std::uint64_t limit_ns, const Interrupted& interrupted,
                                        Order& answer) {
  const std::uint64_t until = NowNs() + limit_ns;
  for (;;) {
    pollfd poll{.fd = socket.get(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&poll, 1, kPollMs);
    if (interrupted())
      return std::unexpected(Error{.message = "interrupted", .system_error = EINTR});
    if (ready > 0) break;
    if (NowNs() > until) {
      return std::unexpected(Error{.message = "the crew leader does not answer"});
    }
  }
  char byte = 0;
  if (::recv(socket.get(), &byte, 1, 0) != 1) {
    int status = 0;
    ::waitpid(leader, &status, 0);
    leader = 0;
    return std::unexpected(LeaderDeath(status));
  }
  answer = static_cast<Order>(byte);
  return {};
}

// In namespaces this ends every process of the crew; elsewhere they die with their parent.
void Engine::State::EndLeader() {
  if (arena) told_before += arena->header().planted_told.load();
  if (arena) arena->header().planted_told.store(0);
  if (leader > 0) {
    ::kill(leader, SIGKILL);
    while (::waitpid(leader, nullptr, 0) < 0 && errno == EINTR) {
    }
    leader = 0;
  }
  socket.Reset();
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
  started = state->StartLeader(namespaces);
  if (!started) return std::unexpected(started.error());
  return std::unique_ptr<Engine>(new Engine(std::move(state)));
}

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}

Engine::~Engine() { state_->EndLeader(); }

const std::string& Engine::containment() const { return state_->containment; }
const std::string& Engine::directory() const { return state_->directory; }

std::string Engine::scheduler() const { return state_->arena->header().outcome.scheduler.data(); }

std::uint64_t Engine::PlantedTold() const {
  return state_->told_before + state_->arena->header().planted_told.load();
}

Result<void> Engine::State::Describe(const Program& program) {
  if (program.workers.empty() || program.workers.size() > kMaxWorkers) {
    return InputError(fmt::format("a crew of {} workers; it must have 1..{}",
                                  program.workers.size(), kMaxWorkers));
  }
  if (program.faults.size() > kMaxFaults) {
    return InputError(
        fmt::format("{} faults; at most {} in a round", program.faults.size(), kMaxFaults));
  }
  SharedProgram& shared = arena->header().program;
  StoreText(shared.facility, program.facility);
  StoreText(shared.object_name, fmt::format("object-{}", objects++));
  StoreText(shared.directory, directory);
  shared.object = program.object;
  shared.tag = static_cast<std::uint32_t>(Derive(program.workers.front().seed, "tag"));
  shared.worker_count = static_cast<std::uint32_t>(program.workers.size());
  shared.fault_count = static_cast<std::uint32_t>(program.faults.size());
  shared.phases = program.phases;
  shared.maker_keeps = program.maker_keeps;
  shared.stepped = program.stepped.has_value();
  arena->header().planted_every_max.store(program.stepped ? kPlantedEveryMaxStepped : 0);
  if (program.stepped) {
    if (auto described = DescribeSteps(*program.stepped); !described) return described;
  }
  std::ranges::copy(program.workers, shared.workers.begin());
  std::ranges::copy(program.faults, shared.faults.begin());
  return {};
}

Result<void> Engine::State::DescribeSteps(const SteppedPlan& plan) {
  SharedProgram& shared = arena->header().program;
  if (plan.schedule.size() > shared.entries.size()) {
    return InputError(fmt::format("a schedule of {} entries; at most {}", plan.schedule.size(),
                                  shared.entries.size()));
  }
  shared.scheduler = options.scheduler;
  shared.strategy = plan.strategy;
  shared.signal = plan.signal;
  shared.signal_restart = plan.signal_restart;
  shared.kill = plan.kill;
  shared.rescues = plan.rescues;
  shared.entry_count = static_cast<std::uint32_t>(plan.schedule.size());
  std::ranges::copy(plan.schedule, shared.entries.begin());
  return {};
}

std::uint64_t Engine::State::AtomicBytes(const Facility& facility) {
  const auto known = atomic_bytes.find(facility.Name());
  if (known != atomic_bytes.end()) return known->second;
  return atomic_bytes[std::string(facility.Name())] = facility.AtomicBytes(options.directory);
}

History Engine::State::Collect(const Program& program, const RoundLabel& label) {
  const ArenaHeader& header = arena->header();
  const RoundOutcome& outcome = header.outcome;
  const Facility& facility = *FindFacility(program.facility);
  History history;
  history.header.facility = program.facility;
  history.header.family = facility.GetTraits().family;
  history.header.scenario = label.scenario;
  history.header.token = label.token;
  history.header.seed = label.seed;
  history.header.round = label.round;
  history.header.kernel = KernelText();
  history.header.planted = options.planted;
  history.header.mode = program.stepped ? "stepped" : "free";
  history.header.clock_slack_ns = program.stepped ? 0 : options.clock_slack_ns;
  history.header.atomic_bytes = AtomicBytes(facility);
  history.header.default_capacity_bytes = facility.DefaultCapacityBytes();
  history.header.capacity_bytes = outcome.capacity_bytes;
  history.header.capacity_messages = outcome.capacity_messages;
  history.header.message_bytes = outcome.message_bytes;
  history.header.class_min = facility.ClassMin();
  history.header.class_max = facility.ClassMax();
  history.header.complete = !outcome.truncated && !outcome.cut;
  for (const CallTraits& call : facility.Calls()) {
    history.calls.push_back({.name = std::string(call.name),
                             .effect = call.effect,
                             .gathers = call.gathers,
                             .select = call.select,
                             .deadline = call.deadline,
                             .truncates = call.truncates,
                             .never_restarts = call.never_restarts});
  }
  for (std::uint32_t worker = 0; worker < outcome.logs; ++worker) {
    const std::uint32_t plan = outcome.plan_of[worker];
    if (plan == kMaxWorkers) {
      history.workers.push_back({.role = std::string(kMakerRole)});
      continue;
    }
    const WorkerPlan& wanted = program.workers[plan];
    history.workers.push_back({.role = program.roles[wanted.role],
                               .topology = wanted.topology,
                               .creator = wanted.creator,
                               .interrupted = wanted.interrupts.interval_us > 0});
    history.header.overwrites = history.header.overwrites || wanted.overwrites;
  }
  history.faults.assign(outcome.fault_list.begin(), outcome.fault_list.begin() + outcome.faults);
  for (const Fault& fault : history.faults) {
    if (fault.kind == FaultKind::kSignal) history.workers[fault.worker].interrupted = true;
  }
  history.sightings.assign(outcome.sighting_list.begin(),
                           outcome.sighting_list.begin() + outcome.sightings);
  history.residue = Lines(outcome.residue.data());
  std::vector<LogView> logs;
  for (std::uint32_t i = 0; i < outcome.logs; ++i) {
    const auto* records = reinterpret_cast<const OperationRecord*>(arena->records());
    logs.push_back({std::span(records + header.logs[i].offset, header.logs[i].count.load())});
  }
  AssembleOperations(logs, history);
  history.header.drained = WasDrained(history);
  return history;
}

Result<History> Engine::Run(const Program& program, const RoundLabel& label,
                            const Interrupted& interrupted) {
  State& state = *state_;
  if (state.leader == 0) {
    const bool namespaces = state.containment.starts_with("namespaces");
    if (auto started = state.StartLeader(namespaces); !started) {
      return std::unexpected(started.error());
    }
  }
  if (FindFacility(program.facility) == nullptr) {
    return InputError(fmt::format("facility \"{}\" is not known", program.facility));
  }
  if (auto described = state.Describe(program); !described) {
    return std::unexpected(described.error());
  }
  const char order = static_cast<char>(Order::kConduct);
  if (::send(state.socket.get(), &order, 1, MSG_NOSIGNAL) != 1) {
    const auto error = SystemError("send(crew leader)");
    state.EndLeader();
    return error;
  }
  Order answer{};
  const std::uint64_t limit_ns = program.stepped ? kSteppedAnswerLimitNs : kAnswerLimitNs;
  if (auto answered = state.AwaitAnswer(limit_ns, interrupted, answer); !answered) {
    state.EndLeader();
    return std::unexpected(answered.error());
  }
  if (answer == Order::kConducted) return state.Collect(program, label);
  const RoundOutcome& outcome = state.arena->header().outcome;
  Error error{.blame = outcome.blame,
              .message = outcome.error.data(),
              .system_error = outcome.system_error};
  // Whatever went wrong may have left processes behind: a new crew begins with none.
  if (error.blame == Blame::kSystem) state.EndLeader();
  return std::unexpected(error);
}

}  // namespace parley

#include "src/engine/translation.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace parley {
namespace {

// A stepped round is short: a few calls must show the bug.
constexpr std::uint64_t kPlantedEveryMaxStepped = 1;

std::vector<std::string> Lines(const char* text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

Result<void> DescribeSteps(const SteppedPlan& plan, Scheduler scheduler, SharedProgram& shared) {
  if (plan.schedule.size() > shared.entries.size()) {
    return InputError(fmt::format("a schedule of {} entries; at most {}", plan.schedule.size(),
                                  shared.entries.size()));
  }
  shared.scheduler = scheduler;
  shared.strategy = plan.strategy;
  shared.signal = plan.signal;
  shared.signal_restart = plan.signal_restart;
  shared.kill = plan.kill;
  shared.respawn = plan.respawn;
  shared.rescues = plan.rescues;
  shared.entry_count = static_cast<std::uint32_t>(plan.schedule.size());
  std::ranges::copy(plan.schedule, shared.entries.begin());
  return {};
}

HistoryHeader Heading(const Facility& facility, const RoundOutcome& outcome, const Program& program,
                      const RoundLabel& label, const EngineOptions& options,
                      std::uint64_t atomic_bytes) {
  HistoryHeader header;
  header.facility = program.facility;
  header.family = facility.GetFamily();
  header.scenario = label.scenario;
  header.token = label.token;
  header.seed = label.seed;
  header.round = label.round;
  header.kernel = KernelText();
  header.planted = options.planted;
  header.mode = program.stepped ? "stepped" : "free";
  header.clock_slack_ns = program.stepped ? 0 : options.clock_slack_ns;
  header.atomic_bytes = atomic_bytes;
  header.default_capacity_bytes = facility.DefaultCapacityBytes();
  header.capacity_bytes = outcome.capacity_bytes;
  header.capacity_messages = outcome.capacity_messages;
  header.message_bytes = outcome.message_bytes;
  header.class_min = facility.ClassMin();
  header.class_max = facility.ClassMax();
  header.complete = !outcome.truncated && !outcome.cut;
  const auto plans = std::span(outcome.plan_of).first(outcome.logs);
  header.overwrites = std::ranges::any_of(plans, [&](std::uint32_t plan) {
    return plan != kMaxWorkers && program.workers[plan].overwrites;
  });
  return header;
}

void CollectWorkers(const RoundOutcome& outcome, const Program& program, History& history) {
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
  }
}

}  // namespace

Result<void> DescribeRound(const Program& program, const RoundPlace& place, ArenaHeader& header) {
  if (program.workers.empty() || program.workers.size() > kMaxWorkers) {
    return InputError(fmt::format("a crew of {} workers; it must have 1..{}",
                                  program.workers.size(), kMaxWorkers));
  }
  if (program.faults.size() > kMaxFaults) {
    return InputError(
        fmt::format("{} faults; at most {} in a round", program.faults.size(), kMaxFaults));
  }
  SharedProgram& shared = header.program;
  StoreText(shared.facility, program.facility);
  StoreText(shared.object_name, fmt::format("object-{}", place.object));
  StoreText(shared.directory, place.directory);
  shared.object = program.object;
  shared.tag = static_cast<std::uint32_t>(Derive(program.workers.front().seed, "tag"));
  shared.worker_count = static_cast<std::uint32_t>(program.workers.size());
  shared.fault_count = static_cast<std::uint32_t>(program.faults.size());
  shared.phases = program.phases;
  shared.maker_keeps = program.maker_keeps;
  shared.stepped = program.stepped.has_value();
  header.planted_every_max.store(program.stepped ? kPlantedEveryMaxStepped : 0);
  header.planted_word.store(0);
  if (program.stepped) {
    const auto described = DescribeSteps(*program.stepped, place.scheduler, shared);
    if (!described) return described;
  }
  std::ranges::copy(program.workers, shared.workers.begin());
  std::ranges::copy(program.faults, shared.faults.begin());
  return {};
}

History CollectHistory(const Arena& arena, const Program& program, const RoundLabel& label,
                       const EngineOptions& options, std::uint64_t atomic_bytes) {
  const ArenaHeader& header = arena.header();
  const RoundOutcome& outcome = header.outcome;
  const Facility& facility = *FindFacility(program.facility);
  History history;
  history.header = Heading(facility, outcome, program, label, options, atomic_bytes);
  for (const CallTraits& call : facility.Calls()) {
    history.calls.push_back({.name = std::string(call.name),
                             .effect = call.effect,
                             .gathers = call.gathers,
                             .select = call.select,
                             .deadline = call.deadline,
                             .lock = call.lock,
                             .exclusive = call.exclusive,
                             .truncates = call.truncates,
                             .never_restarts = call.never_restarts});
  }
  CollectWorkers(outcome, program, history);
  history.faults.assign(outcome.fault_list.begin(), outcome.fault_list.begin() + outcome.faults);
  for (const Fault& fault : history.faults) {
    if (fault.kind == FaultKind::kSignal) history.workers[fault.worker].interrupted = true;
  }
  history.sightings.assign(outcome.sighting_list.begin(),
                           outcome.sighting_list.begin() + outcome.sightings);
  history.residue = Lines(outcome.residue.data());
  std::vector<LogView> logs;
  for (std::uint32_t i = 0; i < outcome.logs; ++i) {
    const auto* records = reinterpret_cast<const OperationRecord*>(arena.records());
    logs.push_back({std::span(records + header.logs[i].offset, header.logs[i].count.load())});
  }
  AssembleOperations(logs, history);
  history.header.drained = WasDrained(history);
  return history;
}

}  // namespace parley

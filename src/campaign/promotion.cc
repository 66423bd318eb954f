#include "src/campaign/promotion.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "src/base/clock.h"
#include "src/base/seed.h"
#include "src/check/checker.h"
#include "src/shrink/shrink.h"

namespace parley {
namespace {

// The workers of the program that stay: those of the witness, then the first ones.  A process that
// replaced a killed one has no plan of its own.
std::vector<std::uint16_t> Staying(const Program& program, const History& history,
                                   std::span<const std::uint32_t> witness) {
  std::vector<std::uint16_t> order;
  for (const std::uint32_t id : witness) order.push_back(history.operations[id].worker);
  for (std::size_t i = 0; i < program.workers.size(); ++i) {
    order.push_back(static_cast<std::uint16_t>(i));
  }
  std::vector<std::uint16_t> staying;
  for (const std::uint16_t worker : order) {
    if (worker < program.workers.size() && staying.size() < kNeighbourWorkersMax &&
        std::ranges::find(staying, worker) == staying.end()) {
      staying.push_back(worker);
    }
  }
  std::ranges::sort(staying);
  return staying;
}

// The operations of one worker that its script shall make, in program order.
std::vector<const Operation*> CallsOf(const Program& program, const History& history,
                                      std::uint16_t worker, std::uint64_t until_ns) {
  const WorkerPlan& plan = program.workers[worker];
  const bool stream = plan.stream.call_count > 0;
  std::vector<const Operation*> calls;
  for (const Operation& op : history.operations) {
    if (op.worker != worker || op.invoked_ns > until_ns) continue;
    // The ends of a stream are opened by the script's own first call.
    if (stream && plan.ends != Ends::kNone && Opens(history.effect(op))) continue;
    calls.push_back(&op);
  }
  if (stream && calls.size() > kNeighbourCallsMax) {
    calls.erase(calls.begin(), calls.end() - static_cast<std::ptrdiff_t>(kNeighbourCallsMax));
  }
  return calls;
}

Step StepOf(const History& history, const Operation& op) {
  const Effect effect = history.effect(op);
  const bool moves = effect == Effect::kPut || effect == Effect::kTake;
  return {.call = op.call,
          .bytes = op.requested,
          .argument = moves ? std::uint64_t{op.pieces} : op.argument};
}

void WriteScript(WorkerPlan& plan, const History& history,
                 std::span<const Operation* const> calls) {
  plan.stream = {};
  plan.step_count = 0;
  for (const Operation* op : calls) plan.steps[plan.step_count++] = StepOf(history, *op);
}

}  // namespace

Program Neighbour(const Program& program, const Facility& facility, const History& history,
                  std::span<const std::uint32_t> witness, std::uint64_t root) {
  std::uint64_t until_ns = 0;
  for (const std::uint32_t id : witness) {
    const Operation& op = history.operations[id];
    until_ns = std::max(until_ns, op.returned_ns == kNever ? op.invoked_ns : op.returned_ns);
  }
  if (witness.empty()) until_ns = kNever;
  Program neighbour = program;
  neighbour.workers.clear();
  std::vector<std::pair<std::uint64_t, std::uint16_t>> order;  // when begun, by whom
  for (const std::uint16_t worker : Staying(program, history, witness)) {
    const auto calls = CallsOf(program, history, worker, until_ns);
    const auto now = static_cast<std::uint16_t>(neighbour.workers.size());
    WorkerPlan plan = program.workers[worker];
    if (plan.stream.call_count > 0) {
      WriteScript(plan, history, calls);
      if (facility.named() && plan.ends != Ends::kNone) order.emplace_back(0, now);
    }
    neighbour.workers.push_back(plan);
    for (const Operation* op : calls) order.emplace_back(op->invoked_ns, now);
  }
  neighbour = CallByCall(std::move(neighbour), facility, root);
  std::ranges::sort(order);
  order.resize(order.size() - std::min(order.size(), kNeighbourTail));
  order.resize(std::min(order.size(), kMaxScheduleEntries));
  for (const auto& [at, worker] : order) neighbour.stepped->schedule.push_back({.worker = worker});
  return neighbour;
}

Promoted Promote(Engine& engine, const FreeBreach& breach, std::uint64_t limit_ns,
                 const Interrupted& interrupted) {
  Promoted promoted;
  if (std::ranges::find(breach.scenario.modes, Mode::kStepped) == breach.scenario.modes.end()) {
    return promoted;
  }
  const HistoryHeader& header = breach.history.header;
  const std::uint64_t until_ns = NowNs() + limit_ns;
  while (NowNs() < until_ns && !interrupted()) {
    const std::uint64_t number = promoted.tried;
    const RoundLabel label{.scenario = header.scenario,
                           .token = header.token,
                           .seed = header.seed,
                           .round = header.round};
    Program program = number % 2 == 0
                          ? Neighbour(breach.program, breach.facility, breach.history,
                                      breach.witness, Derive(header.seed, "neighbour", number / 2))
                          : SampleProgram(breach.scenario, breach.facility, header.seed, number / 2,
                                          breach.crew, Mode::kStepped);
    auto history = engine.Run(program, label, interrupted);
    if (!history) break;
    ++promoted.tried;
    if (!BrokenAgain(Judge(*history), breach.clause)) continue;
    promoted.round = {.program = std::move(program), .history = std::move(*history)};
    break;
  }
  return promoted;
}

}  // namespace parley

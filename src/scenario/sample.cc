// Crew, object and streams of a program.
#include <algorithm>

#include "src/base/check.h"
#include "src/scenario/draft.h"
#include "src/scenario/reading.h"

namespace parley {
namespace {

constexpr std::uint32_t kPageBytes = 4096;
constexpr std::uint32_t kSteppedRoleCount = 4;

std::uint32_t LeastMessage(Encoding encoding) {
  return encoding == Encoding::kFramed ? kHeaderBytes : 1;
}

// The nearest size from bytes on that keeps a header in one piece.  A write above a page goes in by
// pages, what exceeds them first where the last page has room for it; others may cut in between.
std::uint32_t FramedBytes(std::uint32_t bytes) {
  const std::uint32_t rest = bytes % kPageBytes;
  const bool whole = bytes > kPageBytes ? rest == 0 || rest >= kHeaderBytes : bytes >= kHeaderBytes;
  return whole ? bytes : bytes - rest + kHeaderBytes;
}

bool Puts(const Draft& draft, std::size_t role) {
  if (draft.rules.roles[role].puts) return true;
  const Facility* const facilities[] = {&draft.facility};
  for (const PhaseRule& phase : draft.rules.phases) {
    for (const StepRule& step : phase.steps) {
      if (step.kind == StepKind::kCall && step.role == role && PutsBytes(step.call, facilities)) {
        return true;
      }
    }
  }
  return false;
}

// Steps that name a worker by number must find it.
std::uint32_t NamedWorkers(const Rules& rules, std::size_t role) {
  std::uint32_t named = 1;
  for (const PhaseRule& phase : rules.phases) {
    for (const StepRule& step : phase.steps) {
      if (step.role == role && step.who == Who::kOnly) named = std::max(named, step.only + 1);
    }
  }
  for (const FaultRule& fault : rules.faults) {
    if (fault.role == role && fault.only) named = std::max(named, *fault.only + 1);
  }
  return named;
}

void SampleCounts(Draft& draft, const std::optional<CrewSize>& crew) {
  std::uint32_t total = 0;
  for (std::size_t role = 0; role < draft.rules.roles.size(); ++role) {
    const RoleRule& rule = draft.rules.roles[role];
    Random random(Derive(draft.root, "count", role));
    auto count = static_cast<std::uint32_t>(rule.count.Draw(random));
    std::uint32_t wanted = 0;
    if (crew && rule.name == "writer") wanted = crew->writers;
    if (crew && rule.name == "reader") wanted = crew->readers;
    if (wanted != 0) count = std::clamp(wanted, NamedWorkers(draft.rules, role), kMaxRoleCount);
    draft.counts.push_back(count);
    draft.first.push_back(static_cast<std::uint16_t>(total));
    total += count;
  }
  CHECK(total <= kMaxWorkers);
}

// A schedule of few workers has been tried in most orders sooner.
void FewerWorkers(Draft& draft) {
  std::uint16_t first = 0;
  for (std::size_t role = 0; role < draft.counts.size(); ++role) {
    draft.counts[role] = std::min(draft.counts[role], kSteppedRoleCount);
    draft.first[role] = first;
    first = static_cast<std::uint16_t>(first + draft.counts[role]);
  }
}

// A crew of another size than the scenario's must still be one whose bytes can be told apart.
void AdaptToCrew(Draft& draft) {
  const auto& roles = draft.rules.roles;
  std::uint32_t writers = 0;
  std::uint32_t readers = 0;
  bool any_size = false;
  std::optional<std::size_t> sender;
  for (std::size_t role = 0; role < roles.size(); ++role) {
    if (Puts(draft, role)) writers += draft.counts[role];
    if (roles[role].takes) readers += draft.counts[role];
    if (roles[role].puts && !sender) sender = role;
    if (roles[role].puts || roles[role].takes) any_size = any_size || !roles[role].sizes.record;
  }
  // A byte names its writer; where in the stream it was, one reader knows by what came before.
  if (draft.encoding == Encoding::kSelfIdentifying && (writers > kMaxIdentities || readers > 1)) {
    draft.encoding = Encoding::kFramed;
    draft.record_bytes = std::max(draft.record_bytes, kHeaderBytes);
  }
  if (readers > 1 && any_size && sender) {
    Random random(Derive(draft.root, "one-size"));
    draft.one_size = std::clamp(SizesOf(draft, roles[*sender].sizes, true).Draw(random),
                                LeastMessage(draft.encoding), kWholeRecordBytes);
  }
}

Jitter SampleJitter(const JitterRule& rule, std::uint64_t seed) {
  Random random(Derive(seed, "jitter"));
  const auto chance = [&](const Interval& interval) {
    return static_cast<std::uint16_t>(interval.Draw(random));
  };
  Jitter jitter;
  jitter.yield = chance(rule.yield);
  jitter.spin = chance(rule.spin);
  jitter.sleep = chance(rule.sleep);
  jitter.move = chance(rule.move);
  jitter.pause_us = static_cast<std::uint32_t>(rule.pause_us.Draw(random));
  return jitter;
}

StreamPlan SampleStream(const Draft& draft, std::size_t role, std::uint64_t seed) {
  const RoleRule& rule = draft.rules.roles[role];
  StreamPlan stream;
  for (const CallRule& call : rule.calls) {
    stream.calls[stream.call_count++] = {.call = CallIndex(draft.facility, call.call),
                                         .weight = call.weight};
  }
  if (stream.call_count == 0) return stream;
  Random random(Derive(seed, "operations"));
  stream.operations = rule.operations.Draw(random);
  // A crew larger than the scenario's shares its work, so that a round stays short.
  if (stream.operations != 0 && draft.counts[role] > rule.count.high) {
    stream.operations =
        std::max<std::uint64_t>(1, stream.operations * rule.count.high / draft.counts[role]);
  }
  stream.sizes = SizesOf(draft, rule.sizes, rule.puts);
  if (draft.one_size && (rule.puts || rule.takes)) {
    stream.sizes = Sizes::Range(*draft.one_size, *draft.one_size);
  }
  stream.pieces = rule.pieces;
  stream.classes = rule.classes;
  stream.starts = rule.starts;
  stream.held = rule.held;
  stream.ascending = rule.ascending;
  return stream;
}

WorkerPlan SampleWorker(const Draft& draft, std::size_t role, std::uint32_t index) {
  const RoleRule& rule = draft.rules.roles[role];
  WorkerPlan worker;
  worker.seed = Derive(draft.root, "worker", role * kMaxRoleCount + index);
  Random topology(Derive(worker.seed, "topology"));
  worker.topology = rule.topologies[topology.Below(rule.topologies.size())];
  worker.ends = rule.ends;
  worker.encoding = draft.encoding;
  worker.role = static_cast<std::uint8_t>(role);
  worker.bodies = rule.bodies;
  worker.creator = rule.creator;
  worker.fresh = rule.fresh;
  worker.overwrites = rule.overwrites;
  Random broken_pipe(Derive(worker.seed, "broken-pipe"));
  worker.ignores_broken_pipe =
      rule.ignores_broken_pipe[broken_pipe.Below(rule.ignores_broken_pipe.size())];
  Random interrupts(Derive(worker.seed, "interrupts"));
  worker.interrupts = {
      .interval_us = static_cast<std::uint32_t>(rule.interrupt_us.Draw(interrupts)),
      .restart = rule.restart};
  worker.jitter = SampleJitter(rule.jitter, worker.seed);
  worker.stream = SampleStream(draft, role, worker.seed);
  return worker;
}

void SampleWorkers(Draft& draft) {
  std::uint8_t identity = 0;
  for (std::size_t role = 0; role < draft.rules.roles.size(); ++role) {
    draft.program.roles.push_back(draft.rules.roles[role].name);
    const bool puts = Puts(draft, role);
    for (std::uint32_t index = 0; index < draft.counts[role]; ++index) {
      WorkerPlan worker = SampleWorker(draft, role, index);
      if (puts && draft.encoding == Encoding::kSelfIdentifying) worker.identity = identity++;
      draft.program.workers.push_back(worker);
    }
  }
}

ObjectPlan SampleObject(const Draft& draft) {
  const auto own = draft.rules.facility_objects.find(draft.program.facility);
  const ObjectRule& rule =
      own != draft.rules.facility_objects.end() ? own->second : draft.rules.object;
  Random random(Derive(draft.root, "capacity"));
  return {.capacity_bytes = rule.capacity_bytes.Draw(random),
          .capacity_messages = rule.capacity_messages.Draw(random),
          .message_bytes = rule.message_bytes.Draw(random),
          .nonblocking = rule.nonblocking,
          .exists = rule.exists};
}

}  // namespace

Sizes SizesOf(const Draft& draft, const SizeRule& rule, bool message) {
  if (rule.record) return Sizes::Range(draft.record_bytes, draft.record_bytes);
  Sizes sizes = rule.sizes;
  if (!message || draft.encoding == draft.rules.encoding) return sizes;
  for (std::uint32_t i = 0; i < sizes.count; ++i) {
    sizes.choices[i].low = FramedBytes(sizes.choices[i].low);
    sizes.choices[i].high = FramedBytes(sizes.choices[i].high);
  }
  return sizes;
}

std::uint8_t CallIndex(const Facility& facility, std::string_view call) {
  const auto calls = facility.Calls();
  const auto found = std::ranges::find(calls, call, &CallTraits::name);
  CHECK(found != calls.end());
  return static_cast<std::uint8_t>(found - calls.begin());
}

Program SampleProgram(const Scenario& scenario, const Facility& facility, std::uint64_t seed,
                      std::uint64_t round, std::optional<CrewSize> crew, Mode mode) {
  Draft draft{.rules = scenario.rules,
              .facility = facility,
              .root = Derive(seed, "round", round),
              .encoding = scenario.rules.encoding,
              .record_bytes = 0,
              .one_size = std::nullopt,
              .counts = {},
              .first = {},
              .program = {}};
  draft.program.facility = std::string(facility.Name());
  draft.program.maker_keeps = scenario.rules.maker_keeps;
  draft.program.object = SampleObject(draft);
  Random record(Derive(draft.root, "record"));
  draft.record_bytes = scenario.rules.record_bytes.Draw(record);
  SampleCounts(draft, crew);
  if (mode == Mode::kStepped) FewerWorkers(draft);
  if (crew && facility.GetFamily() == Family::kByteStream) AdaptToCrew(draft);
  SampleWorkers(draft);
  if (mode == Mode::kStepped) {
    SampleSteps(draft);
    return std::move(draft.program);
  }
  SampleFaults(draft);
  SampleScript(draft);
  return std::move(draft.program);
}

}  // namespace parley

#include "src/shrink/editing.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include "src/facility/facility.h"
#include "src/program/script_cursor.h"

namespace parley {
namespace {

std::uint64_t CallsOf(const WorkerPlan& worker) {
  std::uint64_t calls = 0;
  for (std::uint32_t i = 0; i < worker.step_count; ++i) calls += worker.steps[i].repeat;
  return calls;
}

// Counts the calls that a schedule begins, entry by entry.
class Counter {
 public:
  explicit Counter(const Program& program) : program_(program) {
    const Facility* const facility = FindFacility(program.facility);
    if (facility != nullptr) traits_ = facility->Calls();
    for (const WorkerPlan& worker : program.workers) players_.push_back({{worker, traits_}});
  }

  // The call that the entry begins; false when it begins none.
  bool Next(const ScheduleEntry& entry, CallAt& call) {
    if (entry.worker >= players_.size()) return false;
    Player& player = players_[entry.worker];
    if (entry.kind == ScheduleKind::kKill) player.alive = false;
    if (entry.kind == ScheduleKind::kRespawn && !player.alive) {
      player = {{program_.workers[entry.worker], traits_, player.cursor.reached()}};
    }
    if (entry.kind != ScheduleKind::kStart || !player.alive || player.cursor.AtEnd()) return false;
    call = {.worker = entry.worker, .number = player.cursor.next()};
    player.cursor.Begin();
    return true;
  }

 private:
  struct Player {
    ScriptCursor cursor;
    bool alive = true;
  };

  const Program& program_;
  std::span<const CallTraits> traits_;
  std::vector<Player> players_;
};

void RemoveFromScript(WorkerPlan& worker, const std::vector<bool>& gone) {
  std::uint32_t kept = 0;
  std::size_t number = 0;
  const std::uint32_t count = std::exchange(worker.step_count, 0);
  for (std::uint32_t i = 0; i < count; ++i) {
    Step step = worker.steps[i];
    const std::size_t end = number + step.repeat;
    for (; number < end; ++number) step.repeat -= number < gone.size() && gone[number] ? 1 : 0;
    if (step.repeat > 0) worker.steps[kept++] = step;
  }
  std::fill(worker.steps.begin() + kept, worker.steps.begin() + count, Step{});
  worker.step_count = kept;
}

Ends Union(Ends a, Ends b) {
  if (a == Ends::kNone || a == b) return b;
  return b == Ends::kNone ? a : Ends::kBoth;
}

}  // namespace

std::vector<std::uint16_t> WorkersOf(const Program& program) {
  std::vector<std::uint16_t> workers(program.workers.size());
  std::iota(workers.begin(), workers.end(), std::uint16_t{0});
  return workers;
}

std::vector<StepPlace> AllSteps(const Program& program) {
  std::vector<StepPlace> all;
  for (const std::uint16_t w : WorkersOf(program)) {
    for (std::uint32_t i = 0; i < program.workers[w].step_count; ++i) {
      all.push_back({.worker = w, .step = i});
    }
  }
  return all;
}

Effect EffectOf(const Program& program, std::uint8_t call) {
  const Facility* const facility = FindFacility(program.facility);
  if (facility == nullptr || call >= facility->Calls().size()) return Effect::kOther;
  return facility->Calls()[call].effect;
}

std::vector<Segment> SegmentsOf(std::span<const ScheduleEntry> schedule) {
  std::vector<Segment> segments;
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    if (i == 0 || schedule[i] != schedule[i - 1]) {
      segments.push_back({.entry = schedule[i], .first = i});
    }
    ++segments.back().count;
  }
  return segments;
}

std::vector<CallAt> ScheduledCalls(const Program& program) {
  std::vector<CallAt> calls;
  Counter counter(program);
  CallAt call;
  for (const ScheduleEntry& entry : program.stepped->schedule) {
    if (counter.Next(entry, call)) calls.push_back(call);
  }
  return calls;
}

std::vector<CallAt> CallsOfStep(const WorkerPlan& worker, std::uint16_t index, std::uint32_t step) {
  std::uint32_t first = 0;
  for (std::uint32_t i = 0; i < step; ++i) first += worker.steps[i].repeat;
  std::vector<CallAt> calls;
  for (std::uint32_t n = 0; n < worker.steps[step].repeat; ++n) {
    calls.push_back({.worker = index, .number = first + n});
  }
  return calls;
}

void RemoveCalls(Program& program, std::span<const CallAt> calls) {
  std::vector<std::vector<bool>> gone(program.workers.size());
  for (const CallAt& call : calls) {
    auto& of_worker = gone[call.worker];
    if (of_worker.size() <= call.number) of_worker.resize(call.number + 1);
    of_worker[call.number] = true;
  }
  Counter counter(program);
  CallAt call;
  std::erase_if(program.stepped->schedule, [&](const ScheduleEntry& entry) {
    return counter.Next(entry, call) && call.number < gone[call.worker].size() &&
           gone[call.worker][call.number];
  });
  for (std::size_t i = 0; i < gone.size(); ++i) {
    if (!gone[i].empty()) RemoveFromScript(program.workers[i], gone[i]);
  }
}

void RemoveSteps(Program& program, std::span<const StepPlace> steps) {
  std::vector<CallAt> calls;
  for (const StepPlace& at : steps) {
    const auto more = CallsOfStep(program.workers[at.worker], at.worker, at.step);
    calls.insert(calls.end(), more.begin(), more.end());
  }
  RemoveCalls(program, calls);
}

void RemoveWorkers(Program& program, std::size_t first, std::size_t count) {
  const auto begin = program.workers.begin() + static_cast<std::ptrdiff_t>(first);
  program.workers.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
  auto& schedule = program.stepped->schedule;
  std::erase_if(schedule, [&](const ScheduleEntry& entry) {
    return entry.worker >= first && entry.worker < first + count;
  });
  for (ScheduleEntry& entry : schedule) {
    if (entry.worker >= first) entry.worker = static_cast<std::uint16_t>(entry.worker - count);
  }
}

void ReorderWorkers(Program& program, std::span<const std::uint16_t> order) {
  std::vector<WorkerPlan> workers;
  std::vector<std::uint16_t> place(order.size());
  for (const std::uint16_t worker : order) {
    place[worker] = static_cast<std::uint16_t>(workers.size());
    workers.push_back(program.workers[worker]);
  }
  program.workers = std::move(workers);
  for (ScheduleEntry& entry : program.stepped->schedule) {
    if (entry.worker < place.size()) entry.worker = place[entry.worker];
  }
}

namespace {

// What the schedule leaves open begins in the order of the workers; that is written down, since
// who makes the calls of another shall make them no earlier.
void CompleteSchedule(Program& program) {
  std::vector<std::uint64_t> left;
  std::ranges::transform(program.workers, std::back_inserter(left), CallsOf);
  for (const CallAt& call : ScheduledCalls(program)) {
    std::uint64_t& calls = left[call.worker];
    calls -= std::min<std::uint64_t>(calls, 1);
  }
  auto& schedule = program.stepped->schedule;
  const std::uint64_t all = std::accumulate(left.begin(), left.end(), schedule.size());
  if (all > kMaxScheduleEntries) return;
  for (const std::uint16_t worker : WorkersOf(program)) {
    schedule.insert(schedule.end(), left[worker], {.kind = ScheduleKind::kStart, .worker = worker});
  }
}

}  // namespace

bool MergeWorkers(Program& program, std::uint16_t into, std::uint16_t from) {
  WorkerPlan& target = program.workers[into];
  const WorkerPlan& source = program.workers[from];
  if (CallsOf(target) + CallsOf(source) > kMaxSteps) return false;
  CompleteSchedule(program);
  std::vector<Step> unrolled[2];
  const WorkerPlan* const plans[2] = {&target, &source};
  for (int side = 0; side < 2; ++side) {
    for (std::uint32_t i = 0; i < plans[side]->step_count; ++i) {
      Step once = plans[side]->steps[i];
      unrolled[side].insert(unrolled[side].end(), std::exchange(once.repeat, 1), once);
    }
  }
  std::size_t next[2] = {0, 0};
  std::vector<Step> steps;
  const auto take = [&](int side) { steps.push_back(unrolled[side][next[side]++]); };
  for (const CallAt& call : ScheduledCalls(program)) {
    // What a successor opens again is not made twice by one process.
    if (call.worker == into && call.number == next[0]) take(0);
    if (call.worker == from && call.number == next[1]) take(1);
  }
  // A schedule that is too long is left as it is.
  for (const int side : {into < from ? 0 : 1, into < from ? 1 : 0}) {
    while (next[side] < unrolled[side].size()) take(side);
  }
  target.ends = Union(target.ends, source.ends);
  target.step_count = static_cast<std::uint32_t>(steps.size());
  target.steps = {};
  std::ranges::copy(steps, target.steps.begin());
  for (ScheduleEntry& entry : program.stepped->schedule) {
    if (entry.worker == from) entry.worker = into;
  }
  RemoveWorkers(program, from, 1);
  return true;
}

}  // namespace parley

#include "src/shrink/size.h"

#include <algorithm>
#include <span>

#include "src/base/seed.h"

namespace parley {
namespace {

std::span<const Step> StepsOf(const WorkerPlan& worker) {
  return std::span(worker.steps).first(worker.step_count);
}

// What has no quantity counts one.
std::uint64_t Flag(bool differs) { return differs ? 1 : 0; }

std::uint64_t ArgumentsOf(const WorkerPlan& worker) {
  std::uint64_t sum = static_cast<std::uint64_t>(worker.topology);
  sum += static_cast<std::uint64_t>(worker.ends);
  sum += Flag(worker.encoding == Encoding::kFramed);  // does not allow records of a byte
  sum += worker.bodies + worker.rank + worker.identity + Flag(worker.seed != 0);
  sum += Flag(worker.creator) + Flag(worker.fresh) + Flag(worker.overwrites);
  sum += Flag(!worker.ignores_broken_pipe);
  sum += Flag(worker.interrupts != Interrupts{}) + Flag(worker.jitter != Jitter{});
  for (const Step& step : StepsOf(worker)) {
    sum += std::uint64_t{step.call} + step.handle + step.bytes + step.phase + step.delay_us;
    sum += std::min<std::uint64_t>(step.argument, std::uint64_t{1} << 40);  // no overflow
  }
  return sum;
}

std::uint64_t ArgumentsOf(const SteppedPlan& plan) {
  return static_cast<std::uint64_t>(plan.strategy.kind) + plan.strategy.depth +
         Flag(plan.strategy.seed != 0) + plan.signal + plan.signal_restart + plan.kill +
         plan.respawn + plan.rescues;
}

class Hash {
 public:
  template <typename... Numbers>
  void Add(Numbers... numbers) {
    ((hash_ = Mix(hash_ + static_cast<std::uint64_t>(numbers) * 0x9e3779b97f4a7c15U + 1)), ...);
  }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0;
};

void AddWorker(Hash& hash, const WorkerPlan& worker) {
  hash.Add(worker.seed, worker.topology, worker.ends, worker.encoding, worker.role, worker.bodies,
           worker.creator, worker.fresh, worker.overwrites, worker.ignores_broken_pipe, worker.rank,
           worker.identity, worker.step_count);
  hash.Add(worker.interrupts.interval_us, worker.interrupts.restart, worker.jitter.yield,
           worker.jitter.spin, worker.jitter.sleep, worker.jitter.move, worker.jitter.pause_us);
  for (const Step& step : StepsOf(worker)) {
    hash.Add(step.kind, step.call, step.phase, step.handle, step.repeat, step.bytes, step.argument,
             step.delay_us);
  }
}

}  // namespace

ProgramSize SizeOf(const Program& program) {
  ProgramSize size{.workers = program.workers.size()};
  size.arguments = program.object.capacity_bytes + Flag(program.object.nonblocking) +
                   Flag(!program.object.exists) + Flag(program.maker_keeps);
  for (const WorkerPlan& worker : program.workers) {
    for (const Step& step : StepsOf(worker)) size.operations += step.repeat;
    size.arguments += ArgumentsOf(worker);
  }
  if (!program.stepped) return size;
  const auto& schedule = program.stepped->schedule;
  size.entries = schedule.size();
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    size.faults += Flag(schedule[i].kind != ScheduleKind::kStart);
    size.segments += Flag(i == 0 || schedule[i] != schedule[i - 1]);
  }
  size.arguments += ArgumentsOf(*program.stepped);
  return size;
}

std::uint64_t Fingerprint(const Program& program) {
  Hash hash;
  hash.Add(program.object.capacity_bytes, program.object.nonblocking, program.object.exists,
           program.maker_keeps, program.phases, program.workers.size());
  for (const char c : program.facility) hash.Add(static_cast<unsigned char>(c));
  for (const WorkerPlan& worker : program.workers) AddWorker(hash, worker);
  if (!program.stepped) return hash.value();
  const SteppedPlan& plan = *program.stepped;
  hash.Add(plan.strategy.kind, plan.strategy.depth, plan.strategy.seed, plan.signal,
           plan.signal_restart, plan.kill, plan.respawn, plan.rescues, plan.schedule.size());
  for (const ScheduleEntry& entry : plan.schedule) hash.Add(entry.kind, entry.worker);
  return hash.value();
}

}  // namespace parley

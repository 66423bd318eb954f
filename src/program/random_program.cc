#include "src/program/random_program.h"

#include <string>

#include "src/base/seed.h"
#include "src/program/check_program.h"

namespace parley {
namespace {

class Generator {
 public:
  Generator(std::uint64_t seed, const Facility& facility) : random_(seed), facility_(facility) {}

  Program Run(RandomProgramSize size) {
    Program program{.facility = std::string(facility_.Name())};
    program.object = {
        .capacity_bytes = Below<std::uint32_t>(1U << 20), .nonblocking = Coin(), .exists = Coin()};
    program.roles = {"writer", "reader", "bystander"};
    program.maker_keeps = Coin();
    const auto encoding = size.workers <= kIdentityCount ? Below<Encoding>(2) : Encoding::kFramed;
    for (std::size_t i = 0; i < size.workers; ++i) {
      WorkerPlan worker = Worker(program.roles.size(), size.steps);
      worker.encoding = encoding;
      if (encoding == Encoding::kFramed) ReplaceUnframed(worker);
      worker.identity = static_cast<std::uint8_t>(i % kIdentityCount);
      if (!facility_.named() && worker.topology == Topology::kUnrelated) worker.ends = Ends::kNone;
      program.workers.push_back(worker);
    }
    program.stepped = Plan(size);
    return program;
  }

 private:
  bool Coin() { return random_.Chance(1, 2); }
  template <typename T>
  T Below(std::uint64_t bound) {
    return static_cast<T>(random_.Below(bound));
  }

  WorkerPlan Worker(std::size_t roles, std::size_t steps) {
    WorkerPlan worker{.seed = random_.Next(),
                      .topology = Below<Topology>(3),
                      .ends = Below<Ends>(4),
                      .role = Below<std::uint8_t>(roles),
                      .bodies = static_cast<std::uint8_t>(random_.Between(1, 31)),
                      .creator = Coin(),
                      .fresh = Coin(),
                      .overwrites = Coin(),
                      .ignores_broken_pipe = Coin(),
                      .rank = Below<std::uint8_t>(kRanks)};
    for (std::size_t i = 0; i < steps; ++i) worker.steps[worker.step_count++] = AnyStep();
    return worker;
  }

  // What framed records do not allow.
  void ReplaceUnframed(WorkerPlan& worker) const {
    for (std::uint32_t i = 0; i < worker.step_count; ++i) {
      std::uint8_t& call = worker.steps[i].call;
      if (!WhyNotFramed(facility_.Calls()[call].effect).empty()) call = 0;
    }
  }

  Step AnyStep() {
    Step step{.call = Below<std::uint8_t>(facility_.Calls().size()),
              .handle = Below<std::uint16_t>(Coin() ? 1 : 65536),
              .repeat = static_cast<std::uint16_t>(random_.Between(1, Coin() ? 1 : 4))};
    if (Coin()) step.bytes = kHeaderBytes + Below<std::uint32_t>(Coin() ? 4096 : 1U << 20);
    if (Coin()) step.argument = Coin() ? random_.Below(2) : random_.Next();
    return step;
  }

  SteppedPlan Plan(RandomProgramSize size) {
    SteppedPlan plan{.strategy = {.kind = Below<StrategyKind>(5),
                                  .depth = Below<std::uint8_t>(5),
                                  .seed = random_.Next()},
                     .signal = Below<std::uint16_t>(64),
                     .signal_restart = Below<std::uint16_t>(64),
                     .kill = Below<std::uint16_t>(64),
                     .respawn = Below<std::uint16_t>(64),
                     .rescues = Below<std::uint16_t>(64)};
    for (std::size_t i = 0; size.workers > 0 && i < size.entries; ++i) {
      plan.schedule.push_back(
          {.kind = Coin() || Coin() || Coin() ? ScheduleKind::kStart : Below<ScheduleKind>(5),
           .worker = Below<std::uint16_t>(size.workers)});
    }
    return plan;
  }

  Random random_;
  const Facility& facility_;
};

}  // namespace

Program RandomProgram(std::uint64_t seed, const Facility& facility, RandomProgramSize size) {
  return Generator(seed, facility).Run(size);
}

}  // namespace parley

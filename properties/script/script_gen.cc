#include "properties/script/script_gen.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

#include "properties/crew/crew_gen.h"
#include "src/base/check.h"
#include "src/facility/facility.h"
#include "src/program/check_program.h"
#include "src/shrink/size.h"

namespace parley {
namespace {

constexpr std::uint32_t kPagesMax = 16;
constexpr std::uint32_t kPiecesMax = 6;
constexpr std::uint32_t kDescriptorsTried = 24;
constexpr std::uint16_t kRescues = 24;

template <typename T>
T Any(const std::vector<T>& values) {
  return *OneOf(values);
}

bool Coin() { return *Between(0, 1) == 1; }

std::uint64_t AnySeed() {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>());
}

// Draws one program; inside of rc::gen::exec.
class Drawing {
 public:
  explicit Drawing(const ScriptShape& shape)
      : shape_(shape), facility_(*FindFacility(shape.facility)) {}

  Program Draw() {
    Program program{.facility = shape_.facility};
    program.object.capacity_bytes = Any(shape_.capacities);
    program.object.capacity_messages = Any(shape_.places);
    program.object.nonblocking = shape_.may_not_wait && *Between(0, 3) == 0;
    overwrites_ = shape_.overwrites && Coin();
    if (!shape_.records.empty()) record_ = Any(shape_.records);
    for (const ScriptRole& role : shape_.roles) {
      const auto place = static_cast<std::uint8_t>(program.roles.size());
      program.roles.push_back(role.name);
      for (std::uint32_t n = *Between(role.count_low, role.count_high); n > 0; --n) {
        program.workers.push_back(Worker(role, place));
        program.workers.back().identity =
            static_cast<std::uint8_t>((program.workers.size() - 1) % kIdentityCount);
      }
    }
    program.stepped = Plan(program.workers.size());
    if (shape_.respawn > 0 && Coin()) {
      program.stepped->respawn = static_cast<std::uint16_t>(*Between(1, shape_.respawn));
      program.maker_keeps = !facility_.named();
    }
    return program;
  }

 private:
  std::uint8_t CallNamed(const std::string& name) const {
    const auto calls = facility_.Calls();
    const auto found = std::ranges::find(calls, name, &CallTraits::name);
    CHECK(found != calls.end());
    return static_cast<std::uint8_t>(found - calls.begin());
  }

  WorkerPlan Worker(const ScriptRole& role, std::uint8_t place) {
    WorkerPlan worker{.seed = AnySeed(),
                      .topology = Any(role.topologies),
                      .ends = role.ends,
                      .encoding = shape_.encoding,
                      .role = place,
                      .creator = role.creator,
                      .overwrites = overwrites_,
                      .ignores_broken_pipe = Coin(),
                      .rank = static_cast<std::uint8_t>(*Between(0, kRanks - 1))};
    const auto append = [&](const std::string& call) {
      worker.steps[worker.step_count++] = DrawStep(role, call);
    };
    if (!role.first.empty()) append(Any(role.first));
    for (std::uint32_t n = *Between(role.calls_low, role.calls_high); n > 0; --n) {
      append(Any(role.calls));
    }
    if (role.leaves && Coin()) append("close");
    return worker;
  }

  Step DrawStep(const ScriptRole& role, const std::string& name) {
    Step step{.call = CallNamed(name)};
    const CallTraits& call = facility_.Calls()[step.call];
    switch (call.effect) {
      case Effect::kPut:
      case Effect::kTake:
      case Effect::kPeek:
        step.handle = Any(role.handles);
        step.bytes = record_ > 0 ? record_ : Any(role.bytes);
        step.argument = call.gathers ? *Between(1, kPiecesMax) : 1;
        if (!role.classes.empty()) step.argument = Any(role.classes);
        break;
      case Effect::kResize:
        step.argument = std::uint64_t{4096} * *Between(1, kPagesMax);
        break;
      case Effect::kSetNonblocking:
        step.argument = *Between(0, 1);
        break;
      case Effect::kLock:
      case Effect::kUnlock:
      case Effect::kQueryLock:
      case Effect::kLockInChild:
        step.argument = PackRange(Any(role.ranges));
        break;
      case Effect::kProbeHandle:
        step.argument = *Between(3, kDescriptorsTried);
        break;
      default:
        break;
    }
    return step;
  }

  SteppedPlan Plan(std::size_t workers) {
    const auto chance = [](std::uint16_t most) {
      return static_cast<std::uint16_t>(*Between(0, most));
    };
    SteppedPlan plan{.strategy = {.kind = static_cast<StrategyKind>(*Between(1, 4)),
                                  .depth = static_cast<std::uint8_t>(*Between(2, 4)),
                                  .seed = AnySeed()},
                     .signal = chance(shape_.signal),
                     .signal_restart = chance(shape_.signal_restart),
                     .kill = chance(shape_.kill),
                     .rescues = kRescues};
    for (std::uint32_t n = *Between(0, shape_.entries_high); n > 0; --n) {
      plan.schedule.push_back({.kind = AnyKind(),
                               .worker = static_cast<std::uint16_t>(
                                   *Between(0, static_cast<std::uint32_t>(workers) - 1))});
    }
    return plan;
  }

  // Mostly calls; of the rest what the shape allows.
  ScheduleKind AnyKind() {
    switch (*Between(0, 15)) {
      case 0:
        return shape_.signal > 0 ? ScheduleKind::kSignal : ScheduleKind::kStart;
      case 1:
        return shape_.signal_restart > 0 ? ScheduleKind::kSignalRestart : ScheduleKind::kStart;
      case 2:
        return shape_.kill > 0 ? ScheduleKind::kKill : ScheduleKind::kStart;
      case 3:
        return shape_.respawn > 0 ? ScheduleKind::kRespawn : ScheduleKind::kStart;
      default:
        return ScheduleKind::kStart;
    }
  }

  const ScriptShape& shape_;
  const Facility& facility_;
  bool overwrites_ = false;
  std::uint32_t record_ = 0;  // 0: sizes are the roles'
};

}  // namespace

rc::Gen<Program> Scripts(ScriptShape shape) {
  return rc::gen::noShrink(
      rc::gen::exec([shape = std::move(shape)] { return Drawing(shape).Draw(); }));
}

void showValue(const Program& program, std::ostream& os) {
  const ProgramSize size = SizeOf(program);
  os << fmt::format("a program for a {}: {} workers, {} calls, {} entries of schedule",
                    program.facility, size.workers, size.operations, size.entries);
}

}  // namespace parley

#include "src/program/check_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "src/program/script_cursor.h"

namespace parley {
namespace {

constexpr std::uint32_t kCapacityBytesMax = 1U << 30;  // fs.pipe-max-size is far below

class Checking {
 public:
  Checking(const Program& program, const Facility& facility)
      : program_(program), facility_(facility) {}

  std::optional<std::string> Run() {
    CheckWhole();
    for (std::size_t i = 0; i < program_.workers.size(); ++i) CheckWorker(i);
    if (program_.stepped) CheckPlan(*program_.stepped);
    return problem_;
  }

 private:
  // The text is made only when it is needed: shrinking asks about thousands of programs.
  template <typename Text>
  void Require(bool kept, Text text) {
    if (!kept && !problem_) problem_ = text();
  }

  void CheckWhole() {
    Require(program_.stepped.has_value() && program_.faults.empty(), [] {
      return "only a program of the stepped mode, without free-mode faults, can be so";
    });
    Require(!program_.workers.empty() && program_.workers.size() <= kMaxWorkers, [&] {
      return fmt::format("/workers: {} workers; there must be 1..{}", program_.workers.size(),
                         kMaxWorkers);
    });
    Require(program_.object.capacity_bytes <= kCapacityBytesMax, [&] {
      return fmt::format("/object/capacity_bytes is {}; it must be at most {}",
                         program_.object.capacity_bytes, kCapacityBytesMax);
    });
    Require(program_.roles.size() <= kMaxRoles,
            [&] { return fmt::format("/roles: more than {}", kMaxRoles); });
    for (std::size_t i = 0; i < program_.roles.size() && !problem_; ++i) {
      const auto mine = program_.roles.begin() + static_cast<std::ptrdiff_t>(i);
      Require(std::find(program_.roles.begin(), mine, *mine) == mine,
              [&] { return fmt::format("/roles/{}: \"{}\" is there twice", i, *mine); });
    }
  }

  void CheckWorker(std::size_t index) {
    if (problem_) return;
    const WorkerPlan& worker = program_.workers[index];
    const auto at = [&](std::string_view what) {
      return fmt::format("/workers/{}: {}", index, what);
    };
    Require(worker.stream.call_count == 0, [&] { return at("draws its calls; free mode only"); });
    Require(worker.step_count <= kMaxSteps,
            [&] { return at(fmt::format("more than {} steps", kMaxSteps)); });
    Require(worker.role < program_.roles.size(), [&] { return at("its role is not in /roles"); });
    Require(worker.rank < kRanks,
            [&] { return at(fmt::format("rank {} is above {}", worker.rank, kRanks - 1)); });
    Require(worker.bodies > 0 && worker.bodies < 1U << static_cast<unsigned>(Body::kCount),
            [&] { return at("bodies must be a set of at least one"); });
    Require(worker.encoding == program_.workers.front().encoding,
            [&] { return at("its encoding is not that of /workers/0"); });
    Require(
        worker.topology != Topology::kUnrelated || worker.ends == Ends::kNone || facility_.named(),
        [&] {
          return at(fmt::format("is unrelated and has ends, but a {} has no name to find it by",
                                facility_.Name()));
        });
    bool puts = false;
    for (std::uint32_t i = 0; i < worker.step_count && !problem_; ++i) {
      puts = CheckStep(worker, worker.steps[i], index, i) || puts;
    }
    if (puts && worker.encoding == Encoding::kSelfIdentifying) CheckIdentity(worker, at);
  }

  template <typename At>
  void CheckIdentity(const WorkerPlan& worker, At at) {
    Require(worker.identity < kIdentityCount, [&] {
      return at(fmt::format("identity {} is above {}", worker.identity, kIdentityCount - 1));
    });
    if (problem_) return;
    Require(!taken_[worker.identity], [&] {
      return at(fmt::format("identity {} is another writer's already", worker.identity));
    });
    taken_[worker.identity] = true;
  }

  // Returns: whether the step offers bytes.
  bool CheckStep(const WorkerPlan& worker, const Step& step, std::size_t index, std::uint32_t i) {
    const auto at = [&](std::string_view what) {
      return fmt::format("/workers/{}/steps/{}: {}", index, i, what);
    };
    Require(step.kind == StepKind::kCall, [&] { return at("no call; free mode only"); });
    Require(step.call < facility_.Calls().size(),
            [&] { return at("the facility has no such call"); });
    Require(step.repeat > 0, [&] { return at("repeat is 0; it must be 1..65535"); });
    Require(step.bytes <= kMaxMessageBytes, [&] {
      return at(fmt::format("bytes is {}; it must be 0..{}", step.bytes, kMaxMessageBytes));
    });
    if (problem_) return false;
    const Effect effect = facility_.Calls()[step.call].effect;
    const bool messages = facility_.GetFamily() == Family::kMessages;
    const std::string_view why = messages ? "" : WhyNotFramed(effect);
    Require(worker.encoding != Encoding::kFramed || why.empty(),
            [&] { return at(fmt::format("{}; set encoding to \"self-identifying\"", why)); });
    if (problem_ || effect != Effect::kPut) return false;
    const bool framed =
        worker.encoding == Encoding::kFramed && facility_.GetFamily() == Family::kByteStream;
    Require(!framed || step.bytes == 0 || step.bytes >= kHeaderBytes, [&] {
      return at(
          fmt::format("bytes is {}, less than a framed record's header of {}; raise "
                      "it, or set encoding to \"self-identifying\"",
                      step.bytes, kHeaderBytes));
    });
    return true;
  }

  void CheckPlan(const SteppedPlan& plan) {
    Require(plan.schedule.size() <= kMaxScheduleEntries, [&] {
      return fmt::format("/schedule: {} entries; at most {}", plan.schedule.size(),
                         kMaxScheduleEntries);
    });
    for (const ScheduleEntry& entry : plan.schedule) {
      Require(entry.worker < program_.workers.size(),
              [&] { return fmt::format("/schedule: there is no worker {}", entry.worker); });
    }
    const std::uint32_t chances =
        std::uint32_t{plan.signal} + plan.signal_restart + plan.kill + plan.respawn;
    Require(chances <= kMaxChance,
            [&] { return fmt::format("/chances add up to {}; at most {}", chances, kMaxChance); });
  }

  const Program& program_;
  const Facility& facility_;
  bool taken_[kIdentityCount] = {};  // identities of writers
  std::optional<std::string> problem_;
};

}  // namespace

Result<void> CheckProgram(const Program& program) {
  const auto facility = RequireFacility(program.facility);
  if (!facility) return InputError("/facility: " + facility.error().message);
  if (auto problem = Checking(program, **facility).Run()) return InputError(*std::move(problem));
  return {};
}

bool ReadersFindWholeRecords(const Program& program) {
  const Facility& facility = *FindFacility(program.facility);
  const auto receives = [&](const WorkerPlan& worker) {
    return std::ranges::any_of(std::span(worker.steps).first(worker.step_count),
                               [&](const Step& step) {
                                 return step.kind == StepKind::kCall &&
                                        facility.Calls()[step.call].effect == Effect::kTake;
                               });
  };
  return std::ranges::count_if(program.workers, receives) <= 1 ||
         RecordsAreWhole(program.workers, facility);
}

}  // namespace parley

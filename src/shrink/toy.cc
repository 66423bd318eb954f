#include "src/shrink/toy.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "src/facility/facility.h"
#include "src/program/script_cursor.h"
#include "src/shrink/editing.h"

namespace parley {
namespace {

class Machine {
 public:
  explicit Machine(const Program& program) : program_(program) {
    const auto calls = FindFacility(program.facility)->Calls();
    for (const WorkerPlan& worker : program.workers) players_.push_back({{worker, calls}});
  }

  std::vector<Played> Run() {
    for (const ScheduleEntry& entry : program_.stepped->schedule) {
      if (entry.worker < players_.size()) Apply(entry);
    }
    for (const std::uint16_t worker : WorkersOf(program_)) {
      while (Ready(worker)) Apply({.worker = worker});
    }
    return std::move(played_);
  }

 private:
  struct Player {
    ScriptCursor cursor;
    bool alive = true;
  };

  bool Ready(std::uint16_t worker) const {
    return players_[worker].alive && !players_[worker].cursor.AtEnd();
  }

  void Apply(const ScheduleEntry& entry) {
    Player& player = players_[entry.worker];
    const WorkerPlan& plan = program_.workers[entry.worker];
    if (player.alive == (entry.kind == ScheduleKind::kRespawn)) return;
    if (entry.kind == ScheduleKind::kKill) player.alive = false;
    if (entry.kind == ScheduleKind::kRespawn) {
      player = {{plan, FindFacility(program_.facility)->Calls(), player.cursor.reached()}};
    }
    if (entry.kind != ScheduleKind::kStart) {
      played_.push_back({.kind = entry.kind, .worker = entry.worker});
      return;
    }
    if (!Ready(entry.worker)) return;
    played_.push_back({.worker = entry.worker, .step = StepOfCall(plan, player.cursor.next())});
    player.cursor.Begin();
  }

  const Program& program_;
  std::vector<Player> players_;
  std::vector<Played> played_;
};

using Names = std::map<char, std::uint16_t>;

bool Fits(const Played& played, const Wanted& wanted) {
  if (played.kind != wanted.kind) return false;
  if (played.kind != ScheduleKind::kStart) return true;
  static const Facility& pipe = *FindFacility("pipe");
  return pipe.Calls()[played.step.call].name == wanted.call &&
         played.step.bytes >= wanted.bytes_min;
}

bool HappensFrom(std::span<const Played> played, std::span<const Wanted> wanted,
                 const Names& names) {
  if (wanted.empty()) return true;
  for (std::size_t i = 0; i < played.size(); ++i) {
    if (!Fits(played[i], wanted.front())) continue;
    const auto known = names.find(wanted.front().worker);
    if (known != names.end() && known->second != played[i].worker) continue;
    Names more = names;
    if (known == names.end()) {
      const auto taken = [&](const auto& name) { return name.second == played[i].worker; };
      if (std::ranges::any_of(names, taken)) continue;
      more.emplace(wanted.front().worker, played[i].worker);
    }
    if (HappensFrom(played.subspan(i + 1), wanted.subspan(1), more)) return true;
  }
  return false;
}

}  // namespace

std::vector<Played> Play(const Program& program) { return Machine(program).Run(); }

bool Happens(const std::vector<Played>& played, const std::vector<Wanted>& wanted) {
  return HappensFrom(played, wanted, {});
}

std::function<bool(const Program&)> ToyBug(std::vector<Wanted> wanted) {
  return [wanted = std::move(wanted)](const Program& program) {
    return Happens(Play(program), wanted);
  };
}

}  // namespace parley

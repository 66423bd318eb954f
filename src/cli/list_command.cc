// list: what parley knows.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "src/cli/commands.h"
#include "src/cli/output.h"
#include "src/cli/planted_library.h"
#include "src/facility/facility.h"
#include "src/finding/finding.h"
#include "src/history/names.h"
#include "src/promise/promise.h"
#include "src/scenario/scenario.h"

namespace parley {
namespace {

// Promise id -> the scenarios that exercise it.
std::map<std::string_view, std::vector<std::string_view>> ScenariosOf() {
  std::map<std::string_view, std::vector<std::string_view>> scenarios;
  for (const Scenario& scenario : ShippedScenarios()) {
    for (const std::string& promise : scenario.promises) {
      scenarios[FindPromise(promise)->id].push_back(scenario.name);
    }
  }
  return scenarios;
}

void ListPromises() {
  const auto scenarios = ScenariosOf();
  std::size_t checked = 0;
  for (const Promise& promise : Catalogue()) {
    const auto exercised = scenarios.find(promise.id);
    std::string by = "not yet";
    if (exercised != scenarios.end()) {
      ++checked;
      by = "checked by";
      for (const std::string_view name : exercised->second) by += fmt::format(" {}", name);
    }
    Print("{:32} {} {:11} {:7} {}\n", promise.id, promise.priority, promise.kind, promise.mode, by);
  }
  Print("{} of {} promises are checked\n", checked, Catalogue().size());
}

void ListFacilities(bool markdown) {
  const auto rows = [](const Traits& traits) {
    return std::vector<std::pair<std::string_view, std::string_view>>{
        {"family", NameOf(kFamilyNames, traits.family)},
        {"timing", traits.timing},
        {"direction", traits.direction},
        {"processes", traits.processes},
        {"network", traits.network},
        {"delimited", traits.delimited},
        {"read destroys", traits.destructive},
        {"identified by", traits.identified_by},
        {"access control", traits.access_control},
        {"persistence", traits.persistence},
        {"flow control", traits.flow_control}};
  };
  if (markdown) {
    Print("| facility |");
    for (const auto& [name, value] : rows(Traits{})) Print(" {} |", name);
    Print("\n|{}\n", [&] {
      std::string dashes = " --- |";
      for (std::size_t i = 0; i < rows(Traits{}).size(); ++i) dashes += " --- |";
      return dashes;
    }());
  }
  for (const Facility* facility : Facilities()) {
    if (!markdown) Print("{}  {}\n", facility->Name(), facility->Summary());
    if (markdown) Print("| {} |", facility->Name());
    for (const auto& [name, value] : rows(facility->GetTraits())) {
      if (markdown) {
        Print(" {} |", value);
      } else {
        Print("    {:16} {}\n", name, value);
      }
    }
    if (markdown) Print("\n");
    if (markdown) continue;
    std::string calls;
    for (const CallTraits& call : facility->Calls()) calls += fmt::format(" {}", call.name);
    Print("    {:16}{}\n", "calls", calls);
  }
}

void ListScenarios() {
  for (const Scenario& scenario : ShippedScenarios()) {
    std::string facilities;
    for (const std::string& facility : scenario.facilities) facilities += " " + facility;
    Print("{:20} {}\n    on{}\n    for", scenario.name, scenario.summary, facilities);
    for (const std::string& promise : scenario.promises) Print(" {}", promise);
    Print("\n");
  }
}

int ListPlanted() {
  const auto bugs = ListPlantedBugs();
  if (!bugs) return Fail(bugs.error());
  for (const PlantedBug& bug : *bugs) {
    Print("{:28} {:30} {:10} {}\n", bug.name, bug.promise, bug.facilities, bug.summary);
    if (!bug.blames.empty()) Print("    beside it {}\n", bug.blames);
  }
  return kExitKept;
}

}  // namespace

int ListCommand(const std::string& what, bool markdown) {
  if (what == "promises" || what == "all") ListPromises();
  if (what == "facilities" || what == "all") ListFacilities(markdown);
  if (what == "scenarios" || what == "all") ListScenarios();
  if (what == "planted" || what == "all") return ListPlanted();
  return kExitKept;
}

}  // namespace parley

// list: what parley knows.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/cli/commands.h"
#include "src/cli/output.h"
#include "src/cli/planted_library.h"
#include "src/facility/facility.h"
#include "src/finding/finding.h"
#include "src/history/names.h"
#include "src/promise/promise.h"
#include "src/promise/taxonomy.h"
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

std::vector<std::pair<std::string_view, std::string_view>> CellsOf(const Facility& facility) {
  const Taxonomy& row = *FindTaxonomy(facility.Name());
  return {{"family", NameOf(kFamilyNames, facility.GetFamily())},
          {"timing", row.timing},
          {"direction", row.direction},
          {"processes", row.processes},
          {"network", row.network},
          {"delimited", row.delimited},
          {"read destroys", row.destructive},
          {"identified by", row.identified_by},
          {"access control", row.access_control},
          {"persistence", row.persistence},
          {"flow control", row.flow_control}};
}

void ListFacilitiesAsMarkdown() {
  std::string heading = "| facility |";
  std::string dashes = "| --- |";
  for (const auto& [name, value] : CellsOf(*Facilities().front())) {
    heading += fmt::format(" {} |", name);
    dashes += " --- |";
  }
  Print("{}\n{}\n", heading, dashes);
  for (const Facility* facility : Facilities()) {
    Print("| {} |", facility->Name());
    for (const auto& [name, value] : CellsOf(*facility)) Print(" {} |", value);
    Print("\n");
  }
}

void ListFacilities() {
  for (const Facility* facility : Facilities()) {
    Print("{}  {}\n", facility->Name(), facility->Summary());
    for (const auto& [name, value] : CellsOf(*facility)) Print("    {:16} {}\n", name, value);
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
  if (what == "facilities" || what == "all") {
    markdown ? ListFacilitiesAsMarkdown() : ListFacilities();
  }
  if (what == "scenarios" || what == "all") ListScenarios();
  if (what == "planted" || what == "all") return ListPlanted();
  return kExitKept;
}

}  // namespace parley

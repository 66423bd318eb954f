#include "src/campaign/selection.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/units.h"
#include "src/promise/promise.h"

namespace parley {
namespace {

// path: of the scenario's file, empty when it ships.
Result<void> AddScenario(const Scenario& scenario, std::string_view only_facility,
                         std::vector<Choice>& choices, const std::string& path = "") {
  for (const std::string& name : scenario.facilities) {
    if (!only_facility.empty() && name != only_facility) continue;
    const auto facility = RequireFacility(name);
    if (!facility) return std::unexpected(facility.error());
    const bool known = std::ranges::any_of(choices, [&](const Choice& choice) {
      return choice.scenario.name == scenario.name && choice.facility == *facility &&
             choice.path == path;
    });
    if (!known) choices.push_back({.scenario = scenario, .facility = *facility, .path = path});
  }
  return {};
}

// "did you mean" over everything that a word of the selection can be.
std::unexpected<Error> UnknownWord(const std::string& word) {
  std::vector<std::string_view> names;
  for (const Facility* facility : Facilities()) names.push_back(facility->Name());
  for (const Scenario& scenario : ShippedScenarios()) names.push_back(scenario.name);
  for (const Promise& promise : Catalogue()) names.push_back(promise.id);
  const std::string_view near = Nearest(word, names);
  return InputError(
      fmt::format("\"{}\" is no facility, no scenario and no promise; {}", word,
                  near.empty() ? "parley list shows all, and a scenario's file is given by its path"
                               : fmt::format("did you mean \"{}\"?", near)));
}

// A scenario of several facilities lists the promises of all of them; not each is one of each.
bool States(const std::string& facility_name, std::string_view promise) {
  const Facility* facility = FindFacility(facility_name);
  if (facility == nullptr) return false;
  const auto bindings = facility->Bindings();
  return std::ranges::find(bindings, promise, &Binding::promise) != bindings.end();
}

// The scenarios that exercise a promise, on the facility of an instance id or on all.
Result<void> SelectPromise(const std::string& word, std::vector<Choice>& choices) {
  const Promise* promise = FindPromise(word);
  if (promise == nullptr) return UnknownWord(word);
  const std::size_t at = word.find('@');
  const std::string facility = at == std::string::npos ? "" : word.substr(at + 1);
  if (!facility.empty()) {
    if (auto known = RequireFacility(facility); !known) return std::unexpected(known.error());
  }
  bool exercised = false;
  for (const Scenario& scenario : ShippedScenarios()) {
    if (std::ranges::find(scenario.promises, promise->id) == scenario.promises.end()) continue;
    for (const std::string& name : scenario.facilities) {
      if (!facility.empty() && name != facility) continue;
      if (!States(name, promise->id)) continue;
      exercised = true;
      if (auto added = AddScenario(scenario, name, choices); !added) return added;
    }
  }
  if (!exercised) return InputError(fmt::format("no scenario exercises \"{}\" yet", word));
  return {};
}

// A word of the selection is a facility, a scenario that ships, a file, or a promise.
Result<void> Select(const std::string& word, std::vector<Choice>& choices) {
  if (FindFacility(word) != nullptr) {
    for (const Scenario& scenario : ShippedScenarios()) {
      if (auto added = AddScenario(scenario, word, choices); !added) return added;
    }
    return {};
  }
  const bool is_file = word.find('/') != std::string::npos || word.ends_with(".toml");
  auto scenario = LoadScenario(word);
  if (scenario) return AddScenario(*scenario, "", choices, is_file ? word : "");
  if (is_file) return std::unexpected(scenario.error());
  return SelectPromise(word, choices);
}

}  // namespace

bool IsExercised(std::string_view promise, std::span<const std::string> facilities, Mode mode) {
  return std::ranges::any_of(ShippedScenarios(), [&](const Scenario& scenario) {
    return std::ranges::find(scenario.promises, promise) != scenario.promises.end() &&
           std::ranges::find(scenario.modes, mode) != scenario.modes.end() &&
           std::ranges::find_first_of(scenario.facilities, facilities) != scenario.facilities.end();
  });
}

Mode ModeThatExercises(std::string_view promise) {
  bool exercised = false;
  for (const Scenario& scenario : ShippedScenarios()) {
    if (std::ranges::find(scenario.promises, promise) == scenario.promises.end()) continue;
    if (std::ranges::find(scenario.modes, Mode::kFree) != scenario.modes.end()) return Mode::kFree;
    exercised = true;
  }
  return exercised ? Mode::kStepped : Mode::kFree;
}

Result<std::vector<Choice>> SelectChoices(const std::vector<std::string>& words,
                                          std::span<const Mode> modes) {
  std::vector<Choice> choices;
  if (words.empty()) {
    for (const Scenario& scenario : ShippedScenarios()) {
      if (auto added = AddScenario(scenario, "", choices); !added) {
        return std::unexpected(added.error());
      }
    }
  }
  for (const std::string& word : words) {
    if (auto selected = Select(word, choices); !selected) return std::unexpected(selected.error());
  }
  std::vector<Choice> moded;
  for (const Mode mode : modes) {
    for (Choice& choice : choices) {
      choice.mode = mode;
      if (std::ranges::find(choice.scenario.modes, mode) != choice.scenario.modes.end()) {
        moded.push_back(choice);
      }
    }
  }
  if (moded.empty()) return UnsupportedError("nothing of the selection runs in that mode");
  return moded;
}

}  // namespace parley

// A scenario file from text to Scenario.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "src/history/names.h"
#include "src/promise/promise.h"
#include "src/scenario/reading.h"
#include "src/scenario/scenario.h"

namespace parley {
namespace {

constexpr std::uint64_t kMaxRounds = 1'000'000'000;
constexpr Word<Mode> kModes[] = {{"free", Mode::kFree}, {"stepped", Mode::kStepped}};

std::string ReadSummary(std::string_view toml, Problem& problem) {
  const std::string_view line = toml.substr(0, toml.find('\n'));
  if (!line.starts_with("# ") || line.size() < 3) {
    problem.Report({},
                   "the first line must be a comment that says what is hard about the scenario");
    return {};
  }
  return std::string(line.substr(2, line.find_last_not_of(" \r") - 1));
}

void ReadFacilities(Table& document, Scenario& scenario, Reading& reading) {
  const Node* node = document.Require("facilities");
  if (node == nullptr) return;
  for (const Node& item : ReadArray(*node, "facilities", reading.problem)) {
    const std::string name = ReadText(item, "facilities", reading.problem);
    const auto facility = RequireFacility(name);
    if (!facility) {
      reading.problem.Report(item.at, facility.error().message);
      continue;
    }
    if (std::ranges::find(scenario.facilities, name) != scenario.facilities.end()) {
      reading.problem.Report(item.at, fmt::format("facilities names \"{}\" twice", name));
    }
    scenario.facilities.push_back(name);
    reading.facilities.push_back(*facility);
  }
  if (scenario.facilities.empty()) {
    reading.problem.Report(node->at, "facilities is empty; name at least one");
  }
  for (const Facility* facility : reading.facilities) {
    const Family family = facility->GetFamily();
    const Family first = reading.facilities.front()->GetFamily();
    if (family == first) continue;
    reading.problem.Report(
        node->at, fmt::format("facilities: {} carries {} and {} carries {}; a scenario is for one "
                              "of both",
                              scenario.facilities.front(), NameOf(kFamilyNames, first),
                              facility->Name(), NameOf(kFamilyNames, family)));
  }
}

void ReadPromises(Table& document, Scenario& scenario, Problem& problem) {
  const Node* node = document.Require("promises");
  if (node == nullptr) return;
  for (const Node& item : ReadArray(*node, "promises", problem)) {
    const std::string id = ReadText(item, "promises", problem);
    const auto promise = RequirePromise(id);
    if (!promise) {
      problem.Report(item.at, promise.error().message);
    } else if (id.find('@') != std::string::npos) {
      problem.Report(item.at, fmt::format("promises: write \"{}\" without \"@facility\"", id));
    } else if (std::ranges::find(scenario.promises, id) != scenario.promises.end()) {
      problem.Report(item.at, fmt::format("promises names \"{}\" twice", id));
    }
    scenario.promises.push_back(id);
  }
  if (scenario.promises.empty()) problem.Report(node->at, "promises is empty; name at least one");
}

bool PutsInSomePhase(const Reading& reading, std::size_t role) {
  return std::ranges::any_of(reading.rules.phases, [&](const PhaseRule& phase) {
    return std::ranges::any_of(phase.steps, [&](const StepRule& step) {
      return step.kind == StepKind::kCall && step.role == role &&
             PutsBytes(step.call, reading.facilities);
    });
  });
}

// A write above PIPE_BUF goes in by pages, and others may come between two of them: a page that has
// less than a header of it tells nobody whose it is, and nor does a body that all writers share.
bool CutsUntold(const Sizes& sizes, bool counts) {
  return std::any_of(sizes.choices.begin(), sizes.choices.begin() + sizes.count,
                     [&](const Sizes::Choice& choice) {
                       std::uint64_t bytes = std::max(choice.low, kWholeRecordBytes + 1);
                       if (bytes > choice.high) return false;
                       if (!counts) return true;
                       const std::uint64_t rest = bytes % kWholeRecordBytes;
                       if (rest == 0) ++bytes;
                       return rest < kHeaderBytes ? bytes <= choice.high
                                                  : bytes - rest + kWholeRecordBytes < choice.high;
                     });
}

// The role whose framed records others may cut so that they cannot be told; none: the number of
// roles.
std::size_t FindUntold(const Reading& reading) {
  const Rules& rules = reading.rules;
  const auto untold = [&](const SizeRule& rule, const RoleRule& role) {
    return CutsUntold(rule.record ? rules.record_bytes : rule.sizes, role.bodies == 1);
  };
  for (std::size_t i = 0; i < rules.roles.size(); ++i) {
    const RoleRule& role = rules.roles[i];
    if (role.puts && untold(role.sizes, role)) return i;
    for (const PhaseRule& phase : rules.phases) {
      for (const StepRule& step : phase.steps) {
        const bool puts = step.kind == StepKind::kCall && step.role == i &&
                          PutsBytes(step.call, reading.facilities);
        if (puts && untold(step.bytes, role)) return i;
      }
    }
  }
  return rules.roles.size();
}

void CheckWriters(const Node& document, Reading& reading) {
  const Rules& rules = reading.rules;
  std::uint64_t writers = 0;
  for (std::size_t role = 0; role < rules.roles.size(); ++role) {
    if (rules.roles[role].puts || PutsInSomePhase(reading, role)) {
      writers += rules.roles[role].count.high;
    }
  }
  if (rules.encoding == Encoding::kSelfIdentifying && writers > kMaxIdentities) {
    reading.problem.Report(
        document.at,
        fmt::format("self-identifying bytes tell {} writers apart, but the crew may have {}; lower "
                    "worker.count, or set encoding = \"framed\"",
                    kMaxIdentities, writers));
  }
  const std::size_t untold = FindUntold(reading);
  if (rules.encoding == Encoding::kFramed && writers > 1 && untold < rules.roles.size()) {
    reading.problem.Report(
        document.at,
        fmt::format("framed records of {0} may be above {1} bytes, and what others cut of them "
                    "cannot be told; let them be at most {1}, or set encoding = "
                    "\"self-identifying\"",
                    rules.roles[untold].name, kWholeRecordBytes));
  }
}

// All records of a round are of one size that one write moves indivisibly: drawn once a round, or
// the same number everywhere.
bool RecordsAreWhole(const Rules& rules) {
  bool drawn = true;
  std::uint32_t smallest = ~0U;
  std::uint32_t largest = 0;
  for (const RoleRule& role : rules.roles) {
    if (!role.takes && !role.puts) continue;
    const Sizes& sizes = role.sizes.record ? rules.record_bytes : role.sizes.sizes;
    drawn = drawn && role.sizes.record;
    smallest = std::min(smallest, sizes.Smallest());
    largest = std::max(largest, sizes.Largest());
  }
  return largest <= kWholeRecordBytes && (drawn || smallest == largest);
}

// Bytes that two readers cut anywhere cannot be told for certain: each must find whole records.
void CheckReaders(const Node& document, Reading& reading) {
  const Rules& rules = reading.rules;
  std::uint64_t readers = 0;
  for (const RoleRule& role : rules.roles) {
    if (role.takes) readers += role.count.high;
  }
  if (readers <= 1) return;
  if (rules.encoding == Encoding::kSelfIdentifying) {
    reading.problem.Report(
        document.at,
        fmt::format(
            "self-identifying bytes are told in order, by one reader, but the crew may have "
            "{}; lower worker.count, or set encoding = \"framed\"",
            readers));
  } else if (!RecordsAreWhole(rules)) {
    reading.problem.Report(
        document.at,
        fmt::format("{} readers must find whole records: set every message_bytes and buffer_bytes "
                    "to \"record\", or to one number, of at most {}",
                    readers, kWholeRecordBytes));
  }
}

// What only the whole file can tell.
void CheckWhole(const Node& document, Reading& reading) {
  const Rules& rules = reading.rules;
  if (!CarryMessages(reading)) {
    CheckWriters(document, reading);
    CheckReaders(document, reading);
  }
  const bool draws =
      std::ranges::any_of(rules.roles, [](const RoleRule& role) { return !role.calls.empty(); });
  if (!draws && rules.phases.empty()) {
    reading.problem.Report(document.at, "nobody does anything; give a worker calls, or add phases");
  }
}

}  // namespace

Result<Scenario> ParseScenario(std::string_view toml, std::string_view path) {
  const auto document = ParseToml(toml, path);
  if (!document) return std::unexpected(document.error());
  Problem problem(path);
  Reading reading{.problem = problem, .facilities = {}, .rules = {}};
  Table table(*document, "", problem);
  Scenario scenario;
  scenario.name = std::filesystem::path(path).stem().string();
  scenario.summary = ReadSummary(toml, problem);
  ReadFacilities(table, scenario, reading);
  ReadPromises(table, scenario, problem);
  if (table.Find("modes") != nullptr) {
    scenario.modes = table.Choices("modes", kModes, Mode::kFree);
  }
  scenario.rounds = table.Integer("rounds", {0, kMaxRounds}, 0);
  ReadObject(table, reading);
  ReadRoles(table, reading);
  ReadFaults(table, reading);
  ReadPhases(table, reading);
  table.RefuseOthers();
  if (!problem.found()) CheckWhole(*document, reading);
  if (problem.found()) return problem.error();
  scenario.rules = std::move(reading.rules);
  return scenario;
}

}  // namespace parley

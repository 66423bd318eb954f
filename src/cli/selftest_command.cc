// selftest: every planted bug against the scenarios of its facilities.
#include <algorithm>
#include <iterator>
#include <random>
#include <sstream>

#include "src/base/clock.h"
#include "src/base/seed.h"
#include "src/base/units.h"
#include "src/campaign/campaign.h"
#include "src/campaign/selection.h"
#include "src/cli/commands.h"
#include "src/cli/output.h"
#include "src/cli/planted_library.h"
#include "src/report/terminal.h"

namespace parley {
namespace {

std::vector<std::string> Words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

bool Has(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

// The bugs that were named, or can be told on a facility that was.
Result<std::vector<PlantedBug>> Selected(const SelftestArguments& selftest, std::uint64_t seed) {
  auto bugs = ListPlantedBugs();
  if (!bugs) return bugs;
  for (const std::string& word : selftest.bugs) {
    if (FindFacility(word) != nullptr) continue;
    if (const auto known = RequirePlantedBug(word); !known) return std::unexpected(known.error());
  }
  std::erase_if(*bugs, [&](const PlantedBug& bug) {
    const std::vector<std::string> facilities = Words(bug.facilities);
    return !selftest.bugs.empty() &&
           std::ranges::none_of(selftest.bugs, [&](const std::string& word) {
             return word == bug.name || Has(facilities, word);
           });
  });
  Random random(Derive(seed, "sample"));
  while (selftest.sample > 0 && bugs->size() > selftest.sample) {
    bugs->erase(bugs->begin() + static_cast<std::ptrdiff_t>(random.Below(bugs->size())));
  }
  return bugs;
}

// What one run made of a bug.
struct Trial {
  bool caught = false;
  std::vector<std::string> blamed_wrongly;
  std::uint64_t rounds = 0;
  std::uint64_t duration_ns = 0;

  bool passed() const { return caught && blamed_wrongly.empty(); }
};

// What all trials have in common.
struct Setting {
  std::uint64_t seed = 0;
  std::uint64_t for_ns = 0;
  std::string library;
};

Result<Trial> Try(const PlantedBug& bug, Mode mode, const Setting& setting) {
  CampaignOptions options;
  options.seed = setting.seed;
  options.for_ns = setting.for_ns;
  options.ends_when_caught = true;
  options.modes = {mode};
  options.engine.planted = bug.name;
  options.engine.planted_library = setting.library;
  options.planted_promise = bug.promise;
  options.planted_facilities = Words(bug.facilities);
  const auto result = RunCampaign(options, {});
  if (!result) return std::unexpected(result.error());
  if (result->error) return std::unexpected(*result->error);
  Trial trial{.caught = result->planted->caught,
              .blamed_wrongly = result->planted->blamed,
              .rounds = result->rounds,
              .duration_ns = result->environment.duration_ns};
  const std::vector<std::string> beside = Words(bug.blames);
  std::erase_if(trial.blamed_wrongly,
                [&](const std::string& id) { return id == bug.promise || Has(beside, id); });
  return trial;
}

std::string Cell(const Trial& trial) {
  if (!trial.caught) return "ESCAPED";
  std::string cell = fmt::format("{:.1f} s, {} rounds",
                                 static_cast<double>(trial.duration_ns) / kNsPerS, trial.rounds);
  for (const std::string& id : trial.blamed_wrongly) cell += " BLAMES " + id;
  return cell;
}

struct Score {
  std::string_view mode;
  std::uint64_t tried = 0;
  std::uint64_t passed = 0;
};

// One row of the matrix.
Result<void> TryBug(const PlantedBug& bug, const std::vector<Mode>& modes, const Setting& setting,
                    std::vector<Score>& scores) {
  Print("{:28} {:28}", bug.name, bug.promise);
  for (std::size_t i = 0; i < modes.size(); ++i) {
    std::string cell = "-";
    if (IsExercised(bug.promise, Words(bug.facilities), modes[i])) {
      const auto trial = Try(bug, modes[i], setting);
      if (!trial) return std::unexpected(trial.error());
      ++scores[i].tried;
      scores[i].passed += trial->passed() ? 1 : 0;
      cell = Cell(*trial);
    }
    Print("  {:24}", cell);
  }
  Print("\n");
  return {};
}

}  // namespace

int SelftestCommand(const SelftestArguments& selftest) {
  const std::uint64_t seed =
      selftest.seed_given ? selftest.seed : std::random_device()() & 0xffffffU;
  const auto bugs = Selected(selftest, seed);
  if (!bugs) return Fail(bugs.error());
  const auto library = FindPlantedLibrary();
  if (!library) return Fail(library.error());
  const auto for_ns = ParseDurationNs(selftest.duration);
  if (!for_ns) return Fail(for_ns.error());
  const Setting setting{.seed = seed, .for_ns = *for_ns, .library = *library};
  std::vector<Mode> modes;
  std::vector<Score> scores;
  for (const auto& [mode, name] :
       {std::pair(Mode::kFree, "free"), std::pair(Mode::kStepped, "stepped")}) {
    if (selftest.mode != "both" && selftest.mode != name) continue;
    modes.push_back(mode);
    scores.push_back({.mode = name});
  }
  Note("seed {}\n", seed);
  Print("{:28} {:28}", "bug", "promise");
  for (const Score& score : scores) Print("  {:24}", score.mode);
  Print("\n");
  for (const PlantedBug& bug : *bugs) {
    if (auto tried = TryBug(bug, modes, setting, scores); !tried) {
      Print("\n");
      return Fail(tried.error());
    }
  }
  Print("\n");
  bool all = true;
  for (const Score& score : scores) {
    Print("{}: {} of {} caught\n", score.mode, score.passed, score.tried);
    all = all && score.passed == score.tried;
  }
  return all ? kExitKept : kExitBroken;
}

}  // namespace parley

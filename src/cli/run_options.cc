#include "src/cli/run_options.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "src/base/units.h"
#include "src/campaign/selection.h"
#include "src/cli/planted_library.h"

namespace parley {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kCrewMax = 64;  // of each role

Result<CrewSize> ParseCrew(const std::string& text) {
  const std::size_t times = text.find('x');
  CrewSize crew;
  const auto number = [](std::string_view digits, std::uint32_t& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() && value >= 1 &&
           value <= kCrewMax;
  };
  if (times == std::string::npos ||
      !number(std::string_view(text).substr(0, times), crew.writers) ||
      !number(std::string_view(text).substr(times + 1), crew.readers)) {
    return InputError(fmt::format(
        "--workers {}: write WRITERSxREADERS, each 1..{}, for example 8x2", text, kCrewMax));
  }
  return crew;
}

Result<std::uint64_t> ParseLength(const std::string& text) {
  auto ns = ParseDurationNs(text);
  if (!ns) return InputError("--for: " + ns.error().message);
  if (*ns == 0) return InputError(fmt::format("--for {}: a run needs some time", text));
  return ns;
}

Result<void> AddPlanted(const std::string& name, CampaignOptions& options) {
  const auto bug = RequirePlantedBug(name);
  if (!bug) return std::unexpected(bug.error());
  const auto library = FindPlantedLibrary();
  if (!library) return std::unexpected(library.error());
  options.engine.planted = bug->name;
  options.engine.planted_library = *library;
  options.planted_promise = bug->promise;
  options.planted_facilities = bug->facilities;
  return {};
}

// The error of an option whose path cannot be used, errno having been set.
std::unexpected<Error> PathError(std::string_view option, std::string_view path, int system_error) {
  return InputError(
      fmt::format("{} {}: cannot be written: {}", option, path, ErrnoText(system_error)));
}

// A file is written under another name beside it first, so its folder must be writable, too; but
// for devices and pipes.
Result<void> CheckFile(std::string_view option, const std::string& path) {
  if (path.empty()) return {};
  struct stat status;
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return PathError(option, path, EISDIR);
    if (::access(path.c_str(), W_OK) != 0) return PathError(option, path, errno);
    if (!S_ISREG(status.st_mode)) return {};
  } else if (errno != ENOENT) {
    return PathError(option, path, errno);
  }
  std::string folder = fs::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  if (::access(folder.c_str(), W_OK | X_OK) != 0) return PathError(option, path, errno);
  return {};
}

}  // namespace

std::string FromUsersDirectory(const std::string& path) {
  const char* users = std::getenv("BUILD_WORKING_DIRECTORY");
  if (users == nullptr || path.empty() || fs::path(path).is_absolute()) return path;
  return (fs::path(users) / path).string();
}

Result<void> CheckReportPaths(const RunArguments& run) {
  if (auto json = CheckFile("--json", FromUsersDirectory(run.json_path)); !json) return json;
  return CheckFile("--junit", FromUsersDirectory(run.junit_path));
}

Result<void> CheckFindingsDirectory(const std::string& path) {
  std::error_code error;
  fs::path there = fs::absolute(path, error);
  while (!fs::exists(there, error) && there.has_relative_path()) {
    if (error && error != std::errc::no_such_file_or_directory) break;
    there = there.parent_path();
  }
  if (error) return PathError("--findings", path, error.value());
  if (!fs::is_directory(there, error)) return PathError("--findings", path, ENOTDIR);
  if (::access(there.c_str(), W_OK | X_OK) != 0) return PathError("--findings", path, errno);
  return {};
}

Result<CampaignOptions> OptionsFrom(const RunArguments& run) {
  CampaignOptions options;
  options.selection = run.selection;
  for (std::string& word : options.selection) {
    if (word.find('/') != std::string::npos || word.ends_with(".toml")) {
      word = FromUsersDirectory(word);
    }
  }
  options.rounds = run.rounds;
  options.seed = run.seed_given ? run.seed : std::random_device()() & 0xffffffU;
  options.keep_history = run.keep_history;
  options.findings_directory = FromUsersDirectory(run.findings_directory);
  if (!run.duration.empty()) {
    const auto ns = ParseLength(run.duration);
    if (!ns) return std::unexpected(ns.error());
    options.for_ns = *ns;
  }
  if (!run.workers.empty()) {
    const auto crew = ParseCrew(run.workers);
    if (!crew) return std::unexpected(crew.error());
    options.crew = *crew;
  }
  options.engine.directory = FromUsersDirectory(run.directory);
  options.engine.containment = run.contain == "namespaces" ? Containment::kNamespaces
                               : run.contain == "manifest" ? Containment::kManifest
                                                           : Containment::kAuto;
  if (run.mode == "stepped") options.modes = {Mode::kStepped};
  if (run.mode == "both") options.modes = {Mode::kFree, Mode::kStepped};
  options.engine.scheduler = run.scheduler == "bands"   ? Scheduler::kBands
                             : run.scheduler == "gates" ? Scheduler::kGates
                                                        : Scheduler::kAuto;
  if (!run.planted.empty()) {
    if (auto added = AddPlanted(run.planted, options); !added) {
      return std::unexpected(added.error());
    }
    if (!run.mode_given) options.modes = {ModeThatExercises(options.planted_promise)};
  }
  if (auto paths = CheckReportPaths(run); !paths) return std::unexpected(paths.error());
  return options;
}

}  // namespace parley

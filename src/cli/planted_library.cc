#include "src/cli/planted_library.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/auxv.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "src/base/units.h"
#include "src/planted/planted_list.h"

namespace parley {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLibrary = "libparley_planted.so";

// As the kernel was asked to execute it; empty when that is not known either.
fs::path ProgramWithoutProc() {
  // getauxval(3) gives the address as a number.  NOLINTNEXTLINE(performance-no-int-to-ptr)
  const auto* name = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  std::error_code error;
  return name != nullptr ? fs::absolute(name, error) : fs::path();
}

}  // namespace

Result<std::string> FindPlantedLibrary() {
  std::vector<fs::path> places;
  if (const char* chosen = std::getenv("PARLEY_PLANTED_LIBRARY")) places.emplace_back(chosen);
  std::error_code error;
  fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) program = ProgramWithoutProc();
  if (!program.empty()) {
    const fs::path folder = program.parent_path();
    places.push_back(folder / kLibrary);
    places.push_back(folder.parent_path() / "planted" / kLibrary);
    places.push_back(fs::path(program.string() + ".runfiles") / "parley/src/planted" / kLibrary);
    places.push_back(folder.parent_path() / "lib/parley" / kLibrary);
  }
  for (const fs::path& place : places) {
    if (fs::exists(place, error)) return fs::absolute(place).string();
  }
  return InputError(fmt::format(
      "{} is not beside this program; set PARLEY_PLANTED_LIBRARY to its path", kLibrary));
}

Result<std::vector<PlantedBug>> ListPlantedBugs() {
  const auto path = FindPlantedLibrary();
  if (!path) return std::unexpected(path.error());
  void* library = ::dlopen(path->c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return InputError(fmt::format("dlopen(\"{}\"): {}", *path, ::dlerror()));
  const auto count =
      reinterpret_cast<decltype(&parley_planted_count)>(::dlsym(library, "parley_planted_count"));
  const auto get =
      reinterpret_cast<decltype(&parley_planted_get)>(::dlsym(library, "parley_planted_get"));
  if (count == nullptr || get == nullptr) {
    return InputError(fmt::format("\"{}\" is not parley's library of planted bugs", *path));
  }
  std::vector<PlantedBug> bugs;
  for (std::size_t i = 0; i < count(); ++i) {
    parley_planted_bug bug{};
    if (get(i, &bug) == 0) break;
    bugs.push_back({.name = bug.name,
                    .summary = bug.says,
                    .promise = bug.promise,
                    .facilities = bug.facilities,
                    .blames = bug.also});
  }
  ::dlclose(library);
  std::ranges::sort(bugs, {}, &PlantedBug::name);
  return bugs;
}

Result<PlantedBug> RequirePlantedBug(std::string_view name) {
  const auto bugs = ListPlantedBugs();
  if (!bugs) return std::unexpected(bugs.error());
  std::vector<std::string_view> names;
  for (const PlantedBug& bug : *bugs) {
    if (bug.name == name) return bug;
    names.push_back(bug.name);
  }
  const std::string_view near = Nearest(name, names);
  return InputError(near.empty()
                        ? fmt::format("no planted bug \"{}\"; parley list planted", name)
                        : fmt::format("no planted bug \"{}\"; did you mean \"{}\"?", name, near));
}

}  // namespace parley

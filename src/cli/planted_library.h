// The library of planted bugs: where it is, and what it holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"

namespace parley {

struct PlantedBug {
  std::string name;
  std::string summary;
  std::string promise;     // catalogue id of the row that it breaks
  std::string facilities;  // on which it can be told, separated by blanks
  std::string blames;      // further ids that may be reported beside it, separated by blanks
};

// The library's path: PARLEY_PLANTED_LIBRARY, or beside this program, or in its runfiles.
// Errors: of input, when it is nowhere.
Result<std::string> FindPlantedLibrary();

// All planted bugs, sorted by name.
Result<std::vector<PlantedBug>> ListPlantedBugs();

// The bug of that name; an unknown one is an input error that names the nearest known one.
Result<PlantedBug> RequirePlantedBug(std::string_view name);

}  // namespace parley

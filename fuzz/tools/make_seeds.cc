// make_seeds DIRECTORY: the seeds of fuzz targets that hand could not write, as parley's own
// generators make them.  Run once, and again when a format has a new version.
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "src/base/check.h"
#include "src/facility/facility.h"
#include "src/history/file.h"
#include "src/history/sample_history.h"
#include "src/program/codec.h"
#include "src/program/random_program.h"

namespace {

namespace fs = std::filesystem;

void Write(const fs::path& path, std::string_view content) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

void WriteHistories(const fs::path& folder) {
  using parley::EncodeHistory;
  using parley::HistoryForm;
  Write(folder / "sample.history", EncodeHistory(parley::SampleHistory(), HistoryForm::kCompact));
  Write(folder / "sample.jsonl", EncodeHistory(parley::SampleHistory(), HistoryForm::kJsonLines));
  for (const std::uint64_t seed : {1, 2}) {
    const auto history = parley::RandomHistory(seed, 4);
    const std::string name = "random" + std::to_string(seed);
    Write(folder / (name + ".history"), EncodeHistory(history, HistoryForm::kCompact));
    Write(folder / (name + ".jsonl"), EncodeHistory(history, HistoryForm::kJsonLines));
  }
}

void WritePrograms(const fs::path& folder) {
  for (const char* const name : {"pipe", "mq", "fcntl-lock"}) {
    const parley::Facility* const facility = parley::FindFacility(name);
    CHECK(facility != nullptr);
    const auto program =
        parley::RandomProgram(1, *facility, {.workers = 2, .steps = 3, .entries = 4});
    const auto text = parley::EncodeProgram({.scenario = "seed",
                                             .token = {},
                                             .planted = {},
                                             .promise = {},
                                             .clause = {},
                                             .program = program});
    CHECK(text.has_value());
    Write(folder / (std::string(name) + ".json"), *text);
  }
}

}  // namespace

int main(int count, char** arguments) {
  CHECK(count == 2);
  const fs::path root(arguments[1]);
  WriteHistories(root / "parse_history");
  WritePrograms(root / "parse_program");
  return 0;
}

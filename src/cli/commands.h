// The commands, one function each.  They print results on standard output, the rest on standard
// error, and return the process's exit code (docs/formats.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace parley {

struct RunArguments {
  std::vector<std::string> selection;
  std::string duration;  // "30s"; empty: the default
  std::uint64_t rounds = 0;
  std::uint64_t seed = 0;
  bool seed_given = false;
  std::string workers;  // "8x2"
  std::string directory;
  std::string json_path;
  std::string junit_path;
  std::string findings_directory = "parley-findings";
  std::string contain = "auto";
  std::string mode = "free";
  bool mode_given = false;  // else a planted bug chooses it
  std::string scheduler = "auto";
  std::string planted;
  bool findings_given = false;
  bool keep_history = false;
  bool quiet = false;
};

struct ReplayArguments {
  std::string token;
  std::string scenario;     // a file, for tokens of scenarios that do not ship
  std::uint64_t times = 0;  // 0: until a promise is broken again
  bool every_schedule = false;
};

struct SelftestArguments {
  std::vector<std::string> bugs;  // names of planted bugs or of facilities; none: all
  std::string mode = "both";
  std::string duration = "10s";  // that a run may take
  std::uint64_t seed = 0;
  bool seed_given = false;
  std::uint64_t sample = 0;  // so many of them, drawn by the seed; 0: all
};

int RunCommand(const RunArguments& run);
int ReplayCommand(const ReplayArguments& replay, const RunArguments& run);
int CheckCommand(const std::string& path, const RunArguments& run);
// what: "promises", "facilities", "scenarios", "planted" or "all".
int ListCommand(const std::string& what, bool markdown);
// Each planted bug must be caught under the id of its row, and blame nothing that does not stand
// beside it.
int SelftestCommand(const SelftestArguments& selftest);
int SweepCommand();
int DoctorCommand();

}  // namespace parley

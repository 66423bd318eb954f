// Programs of the stepped mode as files: what "parley replay FILE" takes, whatever became of the
// generator that once made them.  JSON, laid out one step a line.
#pragma once

#include <string>
#include <string_view>

#include "src/base/error.h"
#include "src/program/program.h"

namespace parley {

// A program, where it comes from and what it showed.  Texts are empty when there is nothing to say.
struct ProgramFile {
  std::string scenario;
  std::uint64_t seed = 0;  // of the run
  std::uint64_t round = 0;
  std::string token;    // of the round that it was made of
  std::string planted;  // name of the planted bug
  std::string promise;  // instance id of the one that it breaks
  std::string clause;   // in which way: ClauseName()
  Program program;
};

inline constexpr int kProgramVersion = 1;
// A program at every limit takes about 2 MiB.
inline constexpr std::size_t kProgramFileBytesMax = std::size_t{4} << 20;

// What a stepped round does not read (phases, delays, jitter, interval timers) is not written.
//
// Errors: of input, what CheckProgram refuses, and texts that are no UTF-8.
Result<std::string> EncodeProgram(const ProgramFile& file);

// path: for messages.
// Errors: of input: "PATH:LINE:COLUMN: ..." where it is no JSON, "PATH: /workers/0/steps/3: ..."
// (a JSON pointer) where it is no program: of another version, unknown or doubled keys, what
// CheckProgram refuses.
Result<ProgramFile> DecodeProgram(std::string_view text, std::string_view path);

// Writes whole or not at all (src/history/output_file.h).
Result<void> WriteProgram(const std::string& path, const ProgramFile& file);
Result<ProgramFile> ReadProgram(const std::string& path);

}  // namespace parley

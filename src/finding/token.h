// Tokens: one short word that holds all that "parley replay" needs.
//
//   1.SCENARIO.FACILITY.f|s.SEED.ROUND[.wWRITERSxREADERS][.pPLANTED]
//
//   1.pipe_kill.pipe.f.7.0
//   1.pipe_kill.pipe.f.7.12.w8x2.plost-wakeup
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "src/base/error.h"
#include "src/program/program.h"

namespace parley {

// What the first field of a token is; another number is another grammar.
inline constexpr std::uint64_t kTokenVersion = 1;
inline constexpr std::uint32_t kTokenCrewMax = 64;  // as --workers and scenarios have it

struct Token {
  std::string scenario;
  std::string facility;
  Mode mode = Mode::kFree;
  std::uint64_t seed = 0;
  std::uint64_t round = 0;
  std::uint32_t writers = 0;  // in place of the scenario's; 0, and readers 0: as it says
  std::uint32_t readers = 0;
  std::string planted;  // name of the planted bug; empty when none

  bool operator==(const Token&) const = default;
};

// True for a name that can stand in a token: lower-case letters, digits, "-" and "_", at least one.
bool IsTokenName(std::string_view name);

// token: its names are token names.
std::string FormatToken(const Token& token);

// Errors: of input, each names the field; a token of another version says which this parley reads.
Result<Token> ParseToken(std::string_view text);

}  // namespace parley

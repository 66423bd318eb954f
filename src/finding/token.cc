#include "src/finding/token.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "src/base/check.h"

namespace parley {
namespace {

constexpr std::size_t kRequiredFields = 6;

std::vector<std::string_view> Fields(std::string_view text) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t dot = text.find('.');
    fields.push_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return fields;
    text.remove_prefix(dot + 1);
  }
}

// Digits alone, and as they are written: no sign, no leading zero.
std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (text.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return number;
}

// "w8x2".
bool ReadCrew(std::string_view field, Token& token) {
  const std::size_t cross = field.find('x');
  if (!field.starts_with('w') || cross == std::string_view::npos) return false;
  const auto writers = Number(field.substr(1, cross - 1));
  const auto readers = Number(field.substr(cross + 1));
  const auto fits = [](const std::optional<std::uint64_t>& count) {
    return count.has_value() && *count >= 1 && *count <= kTokenCrewMax;
  };
  if (!fits(writers) || !fits(readers)) return false;
  token.writers = static_cast<std::uint32_t>(*writers);
  token.readers = static_cast<std::uint32_t>(*readers);
  return true;
}

std::unexpected<Error> Fail(std::string_view text, std::string_view problem) {
  return InputError(fmt::format("token \"{}\": {}", text, problem));
}

}  // namespace

bool IsTokenName(std::string_view name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == name.npos;
}

std::string FormatToken(const Token& token) {
  CHECK(IsTokenName(token.scenario) && IsTokenName(token.facility));
  CHECK(token.planted.empty() || IsTokenName(token.planted));
  CHECK((token.writers == 0) == (token.readers == 0));
  std::string text = fmt::format("{}.{}.{}.{}.{}.{}", kTokenVersion, token.scenario, token.facility,
                                 token.mode == Mode::kFree ? "f" : "s", token.seed, token.round);
  if (token.writers > 0) text += fmt::format(".w{}x{}", token.writers, token.readers);
  if (!token.planted.empty()) text += ".p" + token.planted;
  return text;
}

Result<Token> ParseToken(std::string_view text) {
  const std::vector<std::string_view> fields = Fields(text);
  const auto version = Number(fields[0]);
  if (!version.has_value() || fields.size() < 2) {
    return Fail(text, "not a token; one looks like 1.pipe_kill.pipe.f.7.0");
  }
  if (*version != kTokenVersion) {
    return Fail(
        text, fmt::format("of version {}; this parley reads version {}", *version, kTokenVersion));
  }
  if (fields.size() < kRequiredFields) {
    return Fail(text, fmt::format("{} fields; it must have scenario, facility, mode, seed and "
                                  "round, as 1.pipe_kill.pipe.f.7.0",
                                  fields.size()));
  }
  Token token;
  token.scenario = fields[1];
  token.facility = fields[2];
  for (const std::string_view name : {fields[1], fields[2]}) {
    if (!IsTokenName(name)) return Fail(text, fmt::format("\"{}\" is not a name", name));
  }
  if (fields[3] != "f" && fields[3] != "s") {
    return Fail(
        text, fmt::format("mode \"{}\" is unknown; it must be f (free) or s (stepped)", fields[3]));
  }
  token.mode = fields[3] == "f" ? Mode::kFree : Mode::kStepped;
  const auto seed = Number(fields[4]);
  const auto round = Number(fields[5]);
  if (!seed.has_value()) return Fail(text, fmt::format("\"{}\" is not a seed", fields[4]));
  if (!round.has_value()) return Fail(text, fmt::format("\"{}\" is not a round", fields[5]));
  token.seed = *seed;
  token.round = *round;
  std::size_t next = kRequiredFields;
  if (next < fields.size() && fields[next].starts_with('w')) {
    if (!ReadCrew(fields[next], token)) {
      return Fail(text, fmt::format("\"{}\" is not a crew; one looks like w8x2, each of 1..{}",
                                    fields[next], kTokenCrewMax));
    }
    ++next;
  }
  if (next < fields.size() && fields[next].starts_with('p') &&
      IsTokenName(fields[next].substr(1))) {
    token.planted = fields[next++].substr(1);
  }
  if (next < fields.size()) {
    return Fail(text, fmt::format("\"{}\" is neither a crew nor a planted bug", fields[next]));
  }
  return token;
}

}  // namespace parley

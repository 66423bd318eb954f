// The scenarios that are part of the binary, and how any scenario is found.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "src/base/check.h"
#include "src/base/units.h"
#include "src/scenario/embedded.h"
#include "src/scenario/scenario.h"

namespace parley {
namespace {

constexpr std::size_t kMaxFileBytes = 1U << 20;

// A shipped file that cannot be read is a bug of parley: a test parses each.
std::vector<Scenario> ParseShipped() {
  std::vector<Scenario> scenarios;
  for (const EmbeddedScenario& file : EmbeddedScenarios()) {
    auto scenario = ParseScenario(file.toml, file.path);
    if (!scenario) std::fputs((scenario.error().message + "\n").c_str(), stderr);
    CHECK(scenario.has_value());
    scenarios.push_back(*std::move(scenario));
  }
  std::ranges::sort(scenarios, {}, &Scenario::name);
  return scenarios;
}

Result<std::string> ReadFile(const std::string& path) {
  const auto refused = [&](std::string_view call) {
    return InputError(fmt::format("{}(\"{}\"): {}", call, path, ErrnoText(errno)));
  };
  // Opening a FIFO would wait for a writer.
  std::error_code error;
  if (std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error)) {
    return InputError(fmt::format("{}: not a regular file; that is no scenario", path));
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  if (file == nullptr) return refused("open");
  std::string text(kMaxFileBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return refused("read");
  if (text.size() <= kMaxFileBytes) return text;
  return InputError(
      fmt::format("{}: larger than {} bytes; that is no scenario", path, Grouped(kMaxFileBytes)));
}

}  // namespace

std::span<const Scenario> ShippedScenarios() {
  static const std::vector<Scenario> kScenarios = ParseShipped();
  return kScenarios;
}

Result<Scenario> LoadScenario(std::string_view name_or_path) {
  const std::string name(name_or_path);
  if (name.find('/') != std::string::npos || name.ends_with(".toml")) {
    const auto text = ReadFile(name);
    if (!text) return std::unexpected(text.error());
    return ParseScenario(*text, name);
  }
  const auto shipped = ShippedScenarios();
  const auto found = std::ranges::find(shipped, name, &Scenario::name);
  if (found != shipped.end()) return *found;
  std::vector<std::string_view> known;
  for (const Scenario& scenario : shipped) known.push_back(scenario.name);
  const std::string_view nearest = Nearest(name, known);
  if (!nearest.empty()) {
    return InputError(fmt::format("no scenario \"{}\"; did you mean \"{}\"?", name, nearest));
  }
  return InputError(fmt::format(
      "no scenario \"{}\"; parley list scenarios shows all; a file is given by its path", name));
}

}  // namespace parley

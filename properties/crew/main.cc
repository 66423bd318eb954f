// What every property program runs: one number replays all, whichever test asks for it.
//
//   --seed=N              of everything that is sampled; else TEST_RANDOM_SEED, else fresh.
//                         Printed first and last.
//   --samples=N           of each property
//   --planted=NAME        preloads that planted bug into the crews, from
//   --planted_library=PATH
//   --promise=ID          stepped laws fail for that promise alone
//
// RC_PARAMS is rapidcheck's; what it says stays.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "properties/crew/crew_runner.h"
#include "src/engine/leader.h"

namespace parley {
namespace {

constexpr std::uint64_t kSamplesDefault = 30;

std::optional<std::string_view> Flag(std::string_view argument, std::string_view name) {
  if (!argument.starts_with("--") || !argument.substr(2).starts_with(name)) return std::nullopt;
  argument.remove_prefix(2 + name.size());
  if (!argument.starts_with('=')) return std::nullopt;
  return argument.substr(1);
}

std::optional<std::uint64_t> NumberIn(const char* variable) {
  const char* const text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

// The value of a key of RC_PARAMS, "seed=7 max_success=100".
std::optional<std::uint64_t> Parameter(const std::string& parameters, std::string_view key) {
  const std::string wanted = fmt::format(" {}=", key);
  const std::size_t at = (" " + parameters).find(wanted);
  if (at == std::string::npos) return std::nullopt;
  return std::strtoull(parameters.c_str() + at + wanted.size() - 1, nullptr, 10);
}

std::uint64_t ChooseSeed(const std::string& parameters) {
  if (const auto chosen = Parameter(parameters, "seed")) return *chosen;
  const auto run = NumberIn("TEST_RANDOM_SEED");
  // Short enough to be typed again.
  constexpr std::uint64_t kShort = 0xffffffff;
  if (!run) return std::random_device()() & kShort;
  return *run & kShort;
}

// Completes RC_PARAMS; returns the seed.
std::uint64_t SetParameters(std::optional<std::uint64_t> seed, std::uint64_t samples) {
  const char* const given = std::getenv("RC_PARAMS");
  std::string parameters = given != nullptr ? given : "";
  if (seed) {
    // The command line outranks the environment.
    if (const std::size_t at = (" " + parameters).find(" seed="); at != std::string::npos) {
      parameters.erase(at, parameters.find(' ', at + 1) - at);
    }
  } else {
    seed = ChooseSeed(parameters);
  }
  if (!Parameter(parameters, "seed")) parameters += fmt::format(" seed={}", *seed);
  if (!Parameter(parameters, "max_success")) {
    parameters += fmt::format(" max_success={}", samples);
  }
  ::setenv("RC_PARAMS", parameters.c_str(), 1);
  return *seed;
}

int Main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  std::optional<std::uint64_t> seed;
  std::uint64_t samples = kSamplesDefault;
  EngineOptions options;
  for (int i = 1; i < argc; ++i) {
    if (const auto text = Flag(argv[i], "seed")) {
      seed = std::strtoull(text->data(), nullptr, 10);
    } else if (const auto count = Flag(argv[i], "samples")) {
      samples = std::strtoull(count->data(), nullptr, 10);
    } else if (const auto name = Flag(argv[i], "planted")) {
      options.planted = *name;
    } else if (const auto promise = Flag(argv[i], "promise")) {
      SoughtPromise() = *promise;
    } else if (const auto path = Flag(argv[i], "planted_library")) {
      options.planted_library = *path;
    } else {
      fmt::print(stderr,
                 "unknown argument {}; known are --seed=N, --samples=N, --planted=NAME, "
                 "--planted_library=PATH, --promise=ID and gtest's\n",
                 argv[i]);
      return 2;
    }
  }
  ConfigureEngine(options);
  const std::uint64_t used = SetParameters(seed, samples);
  fmt::print("seed {}\n", used);
  std::fflush(stdout);
  const int code = RUN_ALL_TESTS();
  EndEngine();
  fmt::print("seed {}; again with --seed={}, through Bazel with --test_arg=--seed={}\n", used, used,
             used);
  return code;
}

}  // namespace
}  // namespace parley

int main(int argc, char** argv) {
  if (const auto code = parley::RunAsCrew(argc, argv)) return *code;
  return parley::Main(argc, argv);
}

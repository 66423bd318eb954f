// Scenario files: of what is accepted, every round can be sampled for every facility it names,
// twice the same; what is refused says where.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "src/base/check.h"
#include "src/facility/facility.h"
#include "src/program/check_program.h"
#include "src/scenario/scenario.h"

namespace {

constexpr std::uint64_t kSeed = 1;

void Sample(const parley::Scenario& scenario, const parley::Facility& facility, parley::Mode mode) {
  const auto program = parley::SampleProgram(scenario, facility, kSeed, 0, std::nullopt, mode);
  CHECK(!program.workers.empty());
  CHECK(program.workers.size() <= parley::kMaxWorkers);
  if (mode == parley::Mode::kStepped) CHECK(parley::CheckProgram(program).has_value());
  const auto again = parley::SampleProgram(scenario, facility, kSeed, 0, std::nullopt, mode);
  CHECK(again.workers == program.workers);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto scenario = parley::ParseScenario(text, "input.toml");
  if (!scenario) {
    CHECK(scenario.error().blame == parley::Blame::kInput);
    CHECK(scenario.error().message.starts_with("input.toml:"));
    return 0;
  }
  for (const auto& name : scenario->facilities) {
    const parley::Facility* const facility = parley::FindFacility(name);
    CHECK(facility != nullptr);
    for (const parley::Mode mode : scenario->modes) Sample(*scenario, *facility, mode);
  }
  return 0;
}

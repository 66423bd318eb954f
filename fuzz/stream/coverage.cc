#include "fuzz/stream/coverage.h"

#include <cstddef>

#include "src/base/seed.h"

// Where libFuzzer looks; the linker makes the symbols from the section's name.
extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming)
extern const std::uint8_t __start___libfuzzer_extra_counters __attribute__((weak));
extern const std::uint8_t __stop___libfuzzer_extra_counters __attribute__((weak));
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)
}

namespace parley::fuzz {
namespace {

// As many features as there may be distinct ones without the corpus growing out of hand.
constexpr std::size_t kCounters = 4096;
constexpr std::size_t kOfCalls = 1024;
constexpr std::size_t kOfTimes = 1024;
constexpr std::size_t kNotOfShapes = kOfCalls + kOfTimes;

// Volatile: nobody here reads it, and the writes must stay.
alignas(64) __attribute__((section("__libfuzzer_extra_counters"))) volatile std::uint8_t
    g_counters[kCounters];

bool g_ignored = false;

}  // namespace

void CountFeature(const Feature& feature) {
  if (g_ignored) return;
  const std::uint64_t answer = static_cast<std::uint64_t>(feature.system_error) << 1U |
                               static_cast<std::uint64_t>(feature.nothing);
  const std::uint64_t calls = std::uint64_t{feature.call_before} << 8U | feature.call;
  g_counters[Mix(answer << 16U | calls) % kOfCalls] = 1;
  // How far an input has come, whatever the states on the way.
  const std::uint64_t far = std::uint64_t{feature.call} << 8U | feature.times;
  g_counters[kOfCalls + Mix(far) % kOfTimes] = 1;
  g_counters[kNotOfShapes + Mix(feature.shape + 1) % (kCounters - kNotOfShapes)] = 1;
}

void IgnoreModelStates() { g_ignored = true; }

bool CountersAreSeen() {
  const auto* const begin = &__start___libfuzzer_extra_counters;
  const auto* const end = &__stop___libfuzzer_extra_counters;
  if (begin == nullptr || end == nullptr) return false;
  const auto sum = [&] {
    unsigned sum = 0;
    for (const volatile std::uint8_t* at = begin; at < end; ++at) sum += *at;
    return sum;
  };
  const unsigned before = sum();
  g_counters[0] = 1;
  const bool seen = sum() == before + 1;
  g_counters[0] = 0;
  return seen;
}

}  // namespace parley::fuzz

// The one clock of every history: CLOCK_MONOTONIC through the vDSO, in nanoseconds.
//
// Source: clock_gettime(2); docs/design.md "Clock" for the choice and its measurement.
#pragma once

#include <time.h>

#include <cstdint>

namespace parley {

inline constexpr std::uint64_t kNsPerUs = 1'000;
inline constexpr std::uint64_t kNsPerMs = 1'000'000;
inline constexpr std::uint64_t kNsPerS = 1'000'000'000;

// Nanoseconds since an arbitrary instant, the same one in every process of this machine.
inline std::uint64_t NowNs() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * kNsPerS + static_cast<std::uint64_t>(now.tv_nsec);
}

// Sleeps at least that long, unless a signal handler interrupts.
inline void SleepNs(std::uint64_t ns) {
  const timespec time{.tv_sec = static_cast<time_t>(ns / kNsPerS),
                      .tv_nsec = static_cast<long>(ns % kNsPerS)};
  ::nanosleep(&time, nullptr);
}

// Uses the CPU for that long.
inline void SpinFor(std::uint64_t ns) {
  const std::uint64_t until = NowNs() + ns;
  while (NowNs() < until) {
  }
}

struct ClockTest {
  std::uint64_t rounds = 0;      // hand-overs between two cores that were compared
  std::uint64_t violations = 0;  // stamps smaller than the stamp handed over with them
  std::uint64_t violation_ns_max = 0;
  std::uint64_t read_ns = 0;  // cost of one reading

  // What must lie between two stamps before they are ordered; 0 when the test saw no violation.
  std::uint64_t SlackNs() const { return 2 * violation_ns_max; }
};

// Hands stamps to and fro between two threads on two cores for duration_ms and compares them.
// On a machine with one core nothing can be violated: rounds is 0.
ClockTest TestClock(std::uint64_t duration_ms);

}  // namespace parley

#include "src/base/clock.h"

#include <sched.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace parley {
namespace {

std::vector<int> AllowedCores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cores;
  if (::sched_getaffinity(0, sizeof set, &set) == 0) {
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (CPU_ISSET(core, &set)) cores.push_back(core);
    }
  }
  return cores;
}

void PinTo(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

// One baton: an even turn belongs to the first side, an odd one to the second.
struct Baton {
  alignas(64) std::atomic<std::uint64_t> turn{0};
  std::uint64_t stamp = 0;
};

void Play(Baton& baton, std::uint64_t side, std::uint64_t until_ns, std::atomic<bool>& over,
          ClockTest& seen) {
  while (!over.load(std::memory_order_relaxed)) {
    const std::uint64_t turn = baton.turn.load(std::memory_order_acquire);
    const std::uint64_t now = NowNs();
    // Each side has its turn first, however late the machine starts its thread.
    if (now > until_ns && turn > 1) over.store(true, std::memory_order_relaxed);
    if (turn % 2 != side) {
      if (turn % 64 == 0) std::this_thread::yield();
      continue;
    }
    const std::uint64_t mine = NowNs();
    if (mine < baton.stamp) {
      ++seen.violations;
      seen.violation_ns_max = std::max(seen.violation_ns_max, baton.stamp - mine);
    }
    ++seen.rounds;
    baton.stamp = mine;
    baton.turn.store(turn + 1, std::memory_order_release);
  }
}

}  // namespace

ClockTest TestClock(std::uint64_t duration_ms) {
  ClockTest first;
  const std::uint64_t begin = NowNs();
  constexpr std::uint64_t kReads = 2000;
  for (std::uint64_t i = 0; i < kReads; ++i) NowNs();
  first.read_ns = (NowNs() - begin) / kReads;

  const std::vector<int> cores = AllowedCores();
  if (cores.size() < 2) return first;
  ClockTest second;
  Baton baton;
  std::atomic<bool> over{false};
  const std::uint64_t until = NowNs() + duration_ms * kNsPerMs;
  std::array<std::thread, 2> sides;
  try {
    sides[0] = std::thread([&] {
      PinTo(cores.front());
      Play(baton, 0, until, over, first);
    });
    sides[1] = std::thread([&] {
      PinTo(cores.back());
      Play(baton, 1, until, over, second);
    });
  } catch (const std::system_error&) {
    // No process may be added: nothing can be compared, and no crew will come up either.
    over.store(true);
  }
  for (std::thread& side : sides) {
    if (side.joinable()) side.join();
  }
  first.rounds += second.rounds;
  first.violations += second.violations;
  first.violation_ns_max = std::max(first.violation_ns_max, second.violation_ns_max);
  return first;
}

}  // namespace parley

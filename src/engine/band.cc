#include "src/engine/band.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>

namespace parley {
namespace {

// Of the scheduler; low among real-time priorities, so that the machine's own go first.
constexpr int kFloor = 10;

// A process that spins above the scheduler keeps it from running, and from dying.  The kernel kills
// what has used a CPU for that long without sleeping (getrlimit(2), RLIMIT_RTTIME).
constexpr rlim_t kSpinMaxUs = 2'000'000;

Result<void> LimitSpinning(pid_t pid) {
  const rlimit limit{.rlim_cur = kSpinMaxUs, .rlim_max = kSpinMaxUs};
  if (::prlimit(pid, RLIMIT_RTTIME, &limit, nullptr) == 0) return {};
  return SystemError(fmt::format("prlimit(RLIMIT_RTTIME, {} us)", kSpinMaxUs));
}

Result<void> Schedule(pid_t pid, int policy, int priority, const cpu_set_t& cpus) {
  const sched_param param{.sched_priority = priority};
  if (::sched_setaffinity(pid, sizeof cpus, &cpus) != 0) return SystemError("sched_setaffinity()");
  if (::sched_setscheduler(pid, policy, &param) == 0) return {};
  if (errno != EPERM) return SystemError(fmt::format("sched_setscheduler({})", priority));
  return UnsupportedError("no real-time rights here (RLIMIT_RTPRIO or CAP_SYS_NICE)");
}

// The n-th CPU of a set, as a set.
cpu_set_t Nth(const cpu_set_t& cpus, int n) {
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &cpus) || n-- != 0) continue;
    CPU_SET(cpu, &one);
    break;
  }
  return one;
}

}  // namespace

Result<void> Band::Enter() {
  if (::sched_getaffinity(0, sizeof usual_, &usual_) != 0)
    return SystemError("sched_getaffinity()");
  one_ = Nth(usual_, static_cast<int>(::getpid()) % CPU_COUNT(&usual_));
  entered_ = true;
  auto entered = LimitSpinning(0);
  if (entered) entered = Schedule(0, SCHED_FIFO, kFloor, one_);
  if (!entered) Leave();
  return entered;
}

Result<void> Band::Admit(pid_t pid, int rank) const {
  if (auto limited = LimitSpinning(pid); !limited) return limited;
  return Schedule(pid, SCHED_FIFO, kFloor + 1 + rank, one_);
}

// A process that has died meanwhile has nothing to give back.
void Band::Dismiss(pid_t pid) const {
  const sched_param none{};
  ::sched_setscheduler(pid, SCHED_OTHER, &none);
  ::sched_setaffinity(pid, sizeof usual_, &usual_);
}

void Band::Leave() {
  if (entered_) Dismiss(0);
  entered_ = false;
}

}  // namespace parley

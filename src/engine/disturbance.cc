#include "src/engine/disturbance.h"

#include <sched.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>

#include "src/base/clock.h"
#include "src/engine/worker_signals.h"

namespace parley {
namespace {

void SetTimer(std::uint32_t interval_us) {
  const timeval period{.tv_sec = interval_us / 1'000'000, .tv_usec = interval_us % 1'000'000};
  const itimerval timer{.it_interval = period, .it_value = period};
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

void MoveToAnotherCore(Random& random) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  const long cores = ::sysconf(_SC_NPROCESSORS_ONLN);
  CPU_SET(random.Below(static_cast<std::uint64_t>(std::max(cores, 1L))), &allowed);
  ::sched_setaffinity(0, sizeof allowed, &allowed);
}

void AllowAllCores() {
  cpu_set_t all;
  CPU_ZERO(&all);
  for (int core = 0; core < CPU_SETSIZE; ++core) CPU_SET(core, &all);
  ::sched_setaffinity(0, sizeof all, &all);
}

}  // namespace

void Disturbance::Begin() const {
  if (plan_.interrupts.interval_us == 0) return;
  CatchSignal(SIGALRM, plan_.interrupts.restart);
  SetTimer(plan_.interrupts.interval_us);
}

void Disturbance::End() const {
  if (plan_.interrupts.interval_us > 0) {
    SetTimer(0);
    IgnoreSignal(SIGALRM);
  }
  if (plan_.jitter.move > 0) AllowAllCores();
}

void Disturbance::Between() {
  if (plan_.interrupts.interval_us > 0 && header_.calm.load(std::memory_order_relaxed) != 0) {
    SetTimer(0);
  }
  const Jitter& jitter = plan_.jitter;
  if ((jitter.yield | jitter.spin | jitter.sleep | jitter.move) == 0) return;
  performer_.Refresh();
  const std::uint64_t draw = random_.Next();
  if ((draw & 1023) < jitter.yield) ::sched_yield();
  if ((draw >> 10 & 1023) < jitter.spin) SpinFor(kNsPerUs * (1 + (draw >> 40) % 50));
  if ((draw >> 20 & 1023) < jitter.sleep) SleepNs(jitter.pause_us * kNsPerUs);
  if ((draw >> 30 & 1023) < jitter.move) MoveToAnotherCore(random_);
}

}  // namespace parley

// Real-time priority bands on one CPU: while the scheduler runs, every worker sleeps.
//
// All processes are bound to one CPU and scheduled SCHED_FIFO, the workers above the scheduler: it
// runs only when no worker can.  No polling, no /proc; and what the kernel's wake-ups race for,
// they race for in the order of priorities, so that a step's outcome is a function of the objects'
// state and the step.  Source: sched(7); sched_setscheduler(2), sched_setaffinity(2).
#pragma once

#include <sched.h>
#include <sys/types.h>

#include <cstdint>

#include "src/base/error.h"

namespace parley {

class Band {
 public:
  // The calling process becomes the scheduler: bound to one of its CPUs, which pid % CPUs chooses,
  // so that several parleys spread.  Errors: unsupported, naming the right that is missing
  // (real-time rights end at the border of a user namespace, unless RLIMIT_RTPRIO allows).
  Result<void> Enter();
  // A process of this one's joins, above the scheduler.  rank: the higher runs first.  One that
  // spins for two seconds is killed by the kernel.
  Result<void> Admit(pid_t pid, int rank) const;
  // Back to the usual scheduling on all CPUs.
  void Dismiss(pid_t pid) const;
  void Leave();

  ~Band() { Leave(); }

 private:
  cpu_set_t usual_{};  // CPUs
  cpu_set_t one_{};
  bool entered_ = false;
};

}  // namespace parley

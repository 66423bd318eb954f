// What the watchdog sees of a process through /proc.  Wall time only decides when to look; what
// counts is what is seen (docs/design.md, "Watchdog").
//
// Source: proc(5), /proc/PID/stat, /proc/PID/syscall, /proc/PID/status.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "src/base/file_descriptor.h"

namespace parley {

struct Glimpse {
  char state = '?';               // R, S, D, T, ...
  std::int64_t system_call = -1;  // number of the call it sleeps in; -1 none or not to be seen
  std::uint64_t switches = 0;     // voluntary and involuntary context switches

  bool operator==(const Glimpse&) const = default;
};

// What the process is doing now; empty when /proc does not tell.
std::optional<Glimpse> Look(pid_t pid);

// It sleeps, or is stopped.  Cheaper than Look().
bool LooksAsleep(pid_t pid);

// The same for many looks at one process: /proc/PID/stat stays open.
class SleepWatch {
 public:
  explicit SleepWatch(pid_t pid);

  // False also when the process is gone.
  bool Asleep() const;

 private:
  FileDescriptor stat_;
};

}  // namespace parley

// doctor and sweep: what this machine can do, and what dead runs left on it.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "src/base/clock.h"
#include "src/base/units.h"
#include "src/cli/commands.h"
#include "src/cli/output.h"
#include "src/engine/band.h"
#include "src/engine/containment.h"
#include "src/engine/engine.h"
#include "src/engine/manifest.h"
#include "src/engine/watchdog.h"
#include "src/facility/facility.h"
#include "src/finding/finding.h"

namespace parley {
namespace {

void Line(std::string_view what, std::string_view value) { Print("{:24} {}\n", what, value); }

std::string FirstLineOf(const char* path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return "not to be seen";
  return line;
}

std::string LimitText(int resource) {
  rlimit limit;
  if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) != 0) return "unknown";
  return limit.rlim_cur == RLIM_INFINITY ? "unlimited" : Grouped(limit.rlim_cur);
}

std::string CapabilitiesText() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("CapEff:")) return line.substr(line.find_first_not_of(" \t", 7));
  }
  return "not to be seen";
}

void DescribeLimits() {
  Line("open files", LimitText(RLIMIT_NOFILE));
  Line("processes", LimitText(RLIMIT_NPROC));
  Line("pending signals", LimitText(RLIMIT_SIGPENDING));
  Line("message queue bytes", LimitText(RLIMIT_MSGQUEUE));
  Line("real-time priority", LimitText(RLIMIT_RTPRIO));
  Line("fs.pipe-max-size", FirstLineOf("/proc/sys/fs/pipe-max-size"));
  Line("fs.pipe-user-pages-soft", FirstLineOf("/proc/sys/fs/pipe-user-pages-soft"));
}

void DescribeClock() {
  const ClockTest test = TestClock(20);
  Line("clock source",
       FirstLineOf("/sys/devices/system/clocksource/clocksource0/current_clocksource"));
  Line("clock", fmt::format("CLOCK_MONOTONIC, {} ns a reading; {} hand-overs between cores, {} "
                            "violations, slack {} ns",
                            test.read_ns, Grouped(test.rounds), test.violations, test.SlackNs()));
}

bool DescribeFacilities() {
  bool any = false;
  for (const Facility* facility : Facilities()) {
    const auto probed = facility->Probe("/tmp");
    any = any || probed.has_value();
    Line(facility->Name(), probed ? "can run here" : "cannot run here: " + probed.error().message);
  }
  return any;
}

}  // namespace

int DoctorCommand() {
  Line("kernel", KernelText());
  Line("cpus",
       fmt::format("{} of {}", ::sysconf(_SC_NPROCESSORS_ONLN), ::sysconf(_SC_NPROCESSORS_CONF)));
  Line("user", fmt::format("uid {}, effective capabilities {}", ::geteuid(), CapabilitiesText()));
  const auto namespaces = ProbeNamespaces();
  Line("containment",
       namespaces ? "namespaces" : "manifest, because of " + namespaces.error().message);
  const auto band = Band().Enter();
  Line("stepped mode",
       band ? "real-time bands on one CPU" : "gates and /proc, because of " + band.error().message);
  const auto glimpse = Look(::getpid());
  Line("/proc", !glimpse ? "not to be seen: hangs cannot be proved"
                : glimpse->system_call < 0 && glimpse->state != 'R'
                    ? "system calls of processes are hidden"
                    : "states and system calls of processes can be seen");
  DescribeClock();
  DescribeLimits();
  return DescribeFacilities() ? kExitKept : kExitUnsupported;
}

int SweepCommand() {
  const auto swept = Sweep();
  if (!swept) return Fail(swept.error());
  for (const std::string& path : swept->removed) Print("removed {}\n", path);
  for (const std::string& path : swept->kept) Note("parley: kept {}\n", path);
  Print("{} dead runs, {} paths removed\n", swept->runs, swept->removed.size());
  return swept->kept.empty() ? kExitKept : kExitTrouble;
}

}  // namespace parley

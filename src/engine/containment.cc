#include "src/engine/containment.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/sched.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string_view>

#include "src/base/file_descriptor.h"

namespace parley {
namespace {

constexpr std::uint64_t kNamespaces = CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWNET;

// What the child reports home before it goes on: the step that failed and errno, or nothing.
struct Report {
  int system_error = 0;
  std::array<char, 64> step{};
};

pid_t Clone(std::uint64_t flags) {
  clone_args arguments{};
  arguments.flags = flags;
  arguments.exit_signal = SIGCHLD;
  return static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
}

bool WriteFile(const char* path, std::string_view text) {
  const FileDescriptor fd(::open(path, O_WRONLY | O_CLOEXEC));
  return fd.valid() &&
         ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// A single-line map of the same ids: inside, everybody is who they were outside.
bool MapIds(uid_t uid, gid_t gid) {
  WriteFile("/proc/self/setgroups", "deny");
  return WriteFile("/proc/self/uid_map", fmt::format("{0} {0} 1\n", uid)) &&
         WriteFile("/proc/self/gid_map", fmt::format("{0} {0} 1\n", gid));
}

bool BringLoopbackUp() {
  const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return false;
  ifreq request{};
  std::strncpy(request.ifr_name, "lo", sizeof request.ifr_name - 1);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  return ::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0;
}

// The child's side, after clone.  Null when all went well, else the step that did not.
const char* SetUp(bool user_namespace, uid_t uid, gid_t gid) {
  if (user_namespace && !MapIds(uid, gid)) return "write /proc/self/uid_map";
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return "make / private";
  if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) {
    return "mount /proc";
  }
  if (::mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") != 0) {
    return "mount tmpfs on /dev/shm";
  }
  if (::mkdir(kPrivateDirectory, 0700) != 0) return "mkdir in /dev/shm";
  if (!BringLoopbackUp()) return "bring loopback up";
  return nullptr;
}

Result<pid_t> ForkWith(bool user_namespace) {
  const uid_t uid = ::geteuid();
  const gid_t gid = ::getegid();
  std::array<int, 2> pair;
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return SystemError("socketpair(AF_UNIX)");
  }
  const FileDescriptor ours(pair[0]);
  FileDescriptor theirs(pair[1]);
  const std::uint64_t flags = kNamespaces | (user_namespace ? CLONE_NEWUSER : 0);
  const pid_t pid = Clone(flags);
  if (pid < 0) return SystemError("clone3(new user, PID, IPC, mount and network namespaces)");
  if (pid == 0) {
    Report report;
    if (const char* step = SetUp(user_namespace, uid, gid)) {
      report.system_error = errno;
      std::strncpy(report.step.data(), step, report.step.size() - 1);
    }
    ::send(theirs.get(), &report, sizeof report, MSG_NOSIGNAL);
    if (report.system_error != 0) ::_exit(3);
    return 0;
  }
  theirs.Reset();
  Report report;
  const ssize_t received = ::recv(ours.get(), &report, sizeof report, 0);
  if (received == sizeof report && report.system_error == 0) return pid;
  ::waitpid(pid, nullptr, 0);
  return SystemError(fmt::format("setting up namespaces, {}", report.step.data()),
                     received == sizeof report ? report.system_error : ECHILD);
}

}  // namespace

Result<pid_t> ForkIntoNamespaces() {
  // Real root keeps its rights over the host (real-time priorities, a second uid) only outside a
  // user namespace, so that one is a last resort.
  auto direct = ForkWith(false);
  if (direct) return direct;
  return ForkWith(true);
}

Result<void> ProbeNamespaces() {
  auto pid = ForkIntoNamespaces();
  if (!pid) return std::unexpected(pid.error());
  if (*pid == 0) ::_exit(0);
  ::waitpid(*pid, nullptr, 0);
  return {};
}

}  // namespace parley

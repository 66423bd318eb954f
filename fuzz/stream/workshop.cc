#include "fuzz/stream/workshop.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "src/base/file_descriptor.h"

namespace parley::fuzz {
namespace {

constexpr const char* kMount = "/dev/shm";
constexpr const char* kPrivateDirectory = "/dev/shm/parley-fuzz";

bool WriteFile(const char* path, std::string_view text) {
  const FileDescriptor fd(::open(path, O_WRONLY | O_CLOEXEC));
  return fd.valid() &&
         ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// Everybody is who they were outside (user_namespaces(7)).
bool EnterUserNamespace(uid_t uid, gid_t gid) {
  WriteFile("/proc/self/setgroups", "deny");
  return WriteFile("/proc/self/uid_map", fmt::format("{0} {0} 1\n", uid)) &&
         WriteFile("/proc/self/gid_map", fmt::format("{0} {0} 1\n", gid));
}

bool EnterNamespaces() {
  constexpr int kOwn = CLONE_NEWIPC | CLONE_NEWNS;
  const uid_t uid = ::geteuid();
  const gid_t gid = ::getegid();
  if (::unshare(kOwn) != 0) {
    if (::unshare(kOwn | CLONE_NEWUSER) != 0 || !EnterUserNamespace(uid, gid)) return false;
  }
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", kMount, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") == 0 &&
         ::mkdir(kPrivateDirectory, 0700) == 0;
}

// Sweeps when the process that has forked it is no more.
[[noreturn]] void Wait(int process_fd, const Facility& facility, const std::string& directory) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_IGN);
  pollfd death{.fd = process_fd, .events = POLLIN, .revents = 0};
  while (::poll(&death, 1, -1) < 0) {
  }
  facility.Sweep(directory);
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  ::_exit(0);
}

Result<void> LeaveSweeper(const Facility& facility, const std::string& directory) {
  const FileDescriptor self(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
  if (!self.valid()) return SystemError("pidfd_open(self)");
  const pid_t child = ::fork();
  if (child < 0) return SystemError("fork()");
  if (child == 0) {
    // Who waits for the end of this program's output need not wait for the sweeper.
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(fd);
    Wait(self.get(), facility, directory);
  }
  return {};
}

}  // namespace

Result<Workshop> Workshop::Open(const Facility& facility) {
  Workshop workshop;
  if (EnterNamespaces()) {
    workshop.own_namespaces_ = true;
    workshop.directory_ = kPrivateDirectory;
    return workshop;
  }
  const char* const temporary = std::getenv("TMPDIR");
  std::string path =
      fmt::format("{}/parley-fuzz.XXXXXX", temporary != nullptr ? temporary : "/tmp");
  if (::mkdtemp(path.data()) == nullptr) return SystemError(fmt::format("mkdtemp(\"{}\")", path));
  workshop.directory_ = path;
  if (auto left = LeaveSweeper(facility, path); !left) return std::unexpected(left.error());
  return workshop;
}

}  // namespace parley::fuzz

// Probes of the promises of 8.3: FIFOs.
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "src/planted/probes/probe.h"

namespace parley::planted {
namespace {

// Both ends of a fresh FIFO; blocking from here on.
Pipe MakeFifoPipe(const std::string& path) {
  const Pipe ends{.read_fd = OpenReading(path), .write_fd = OpenWriting(path)};
  Must(ends.read_fd >= 0 && ends.write_fd >= 0);
  SetBlocking(ends.read_fd);
  SetBlocking(ends.write_fd);
  return ends;
}

const ProbeRegistration kSplits("split-fifo-write", "fifo.atomic-write", [] {
  const Pipe fifo = MakeFifoPipe(FreshFifo());
  return IsPutInParts(fifo.read_fd, fifo.write_fd, false, 4);
});

const ProbeRegistration kSwaps("swap-fifo-writes", "fifo.order", [] {
  const Pipe fifo = MakeFifoPipe(FreshFifo());
  std::string sent;
  for (int i = 0; i < 17; ++i) {
    sent += static_cast<char>('a' + i);
    Put(fifo.write_fd, sent.substr(sent.size() - 1));
  }
  const std::string received = TakeAll(fifo.read_fd);
  Must(received.size() == sent.size());
  return received != sent;
});

const ProbeRegistration kCreatesTwice("create-twice", "fifo.create-exclusive", [] {
  const std::string path = FreshFifo();
  const int again = ::mkfifo(path.c_str(), 0600);
  Must(again == 0 || errno == EEXIST);
  return again == 0;
});

// A child opens one way, and this process opens both, without waiting, only to close at once.
bool SleepsAgain(const std::string& path, int access) {
  const char* const name = path.c_str();
  const pid_t child = Child([&] {
    AllowWaking();
    const int fd = ::open(name, access | O_CLOEXEC);
    return fd >= 0 ? 0 : errno;
  });
  int outcome = kAsleepHere;
  while (outcome == kAsleepHere) {
    const int partner = ::open(name, O_RDWR | O_CLOEXEC);
    Must(partner >= 0 && ::close(partner) == 0);
    outcome = Outcome(child, SYS_openat, 1, reinterpret_cast<unsigned long>(name));
  }
  if (outcome == 0) return false;
  Must(outcome == kAsleepElsewhere);
  Must(!std::filesystem::exists(path + ".lost"));
  Wake(child);
  Must(ExitCodeOf(child) == EINTR);
  return true;
}

const ProbeRegistration kSleepsAgain("opener-sleeps-again", "fifo.open-rendezvous", [] {
  const std::string path = FreshFifo();
  // On a busy machine the child may look before the partner has left: then once more.
  constexpr int kAttempts = 50;
  bool reader = false;
  bool writer = false;
  for (int i = 0; i < kAttempts && !reader; ++i) reader = SleepsAgain(path, O_RDONLY);
  for (int i = 0; i < kAttempts && !writer; ++i) writer = SleepsAgain(path, O_WRONLY);
  Must(reader == writer);
  return reader;
});

const ProbeRegistration kOpensAlone("open-without-reader", "fifo.open-nonblock", [] {
  const int fd = OpenWriting(FreshFifo());
  Must(fd >= 0 || errno == ENXIO);
  return fd >= 0;
});

const ProbeRegistration kEndSticks("sticky-end-of-file", "fifo.eof-reopen", [] {
  const std::string path = FreshFifo();
  const int reading = OpenReading(path);
  Must(Take(reading, 1).empty());
  const int writing = OpenWriting(path);
  Put(writing, "x");
  const bool sticks = Take(reading, 1).empty();
  // A descriptor that was opened since knows nothing of it.
  ::close(reading);
  const int fresh = OpenReading(path);
  Put(writing, "y");
  Must(!Take(fresh, 1).empty());
  return sticks;
});

const ProbeRegistration kContentStays("content-outlives-close", "fifo.data-vanishes", [] {
  const std::string path = FreshFifo();
  const Pipe first = MakeFifoPipe(path);
  Put(first.write_fd, "old");
  ::close(first.write_fd);
  ::close(first.read_fd);
  const int next = OpenReading(path);
  const std::string received = Take(next, 3);
  Must(received.empty() || received == "old");
  ::close(next);
  return !received.empty();
});

const ProbeRegistration kNameGoes("close-removes-name", "fifo.name-persists", [] {
  const std::string path = FreshFifo();
  const int twice[2] = {::open(path.c_str(), O_RDWR | O_CLOEXEC),
                        ::open(path.c_str(), O_RDWR | O_CLOEXEC)};
  Put(twice[0], "x");
  ::close(twice[0]);
  Must(std::filesystem::exists(path));
  ::close(twice[1]);
  return !std::filesystem::exists(path);
});

const ProbeRegistration kNamesakeGets("namesake-gets-data", "fifo.unlink-open", [] {
  const std::string path = FreshFifo();
  const Pipe old = MakeFifoPipe(path);
  Must(::unlink(path.c_str()) == 0 && ::mkfifo(path.c_str(), 0600) == 0);
  const Pipe other = MakeFifoPipe(path);
  Put(old.write_fd, "old");
  const bool written = Unread(other.read_fd) == 3;
  Must(written || Unread(old.read_fd) == 3);
  TakeAll(other.read_fd);
  Put(other.write_fd, "new");
  const bool received = Take(old.read_fd, 3) == "new";
  Must(written == received);
  return written;
});

const ProbeRegistration kForgetsUmask("umask-ignored", "fifo.create", [] {
  const std::string path = FreshName();
  ::umask(022);
  Must(::mkfifo(path.c_str(), 0666) == 0);
  struct stat found;
  Must(::stat(path.c_str(), &found) == 0);
  const mode_t mode = found.st_mode & 0777;
  Must(mode == 0644 || mode == 0666);
  return mode == 0666;
});

const ProbeRegistration kGoesAstray("made-in-current-directory", "fifo.mkfifoat", [] {
  const std::filesystem::path parent = std::filesystem::path(FreshName()).parent_path();
  const std::filesystem::path given = parent / "given";
  const std::filesystem::path current = parent / "current";
  Must(std::filesystem::create_directory(given) && std::filesystem::create_directory(current));
  const int given_fd = ::open(given.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  Must(given_fd >= 0 && ::chdir(current.c_str()) == 0);
  Must(::mkfifoat(given_fd, "f", 0600) == 0);
  const bool astray = std::filesystem::exists(current / "f");
  Must(astray != std::filesystem::exists(given / "f"));
  // From anywhere else it keeps to what it is told.
  Must(::chdir("/") == 0 && ::mkfifoat(given_fd, "g", 0600) == 0);
  Must(std::filesystem::exists(given / "g"));
  return astray;
});

// Gives up what lets the superuser open everything; root in a user namespace may have no other ID.
void BecomeOrdinary() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
  Must(::syscall(SYS_capget, &header, data) == 0);
  data[0].effective &= ~(1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH);
  Must(::syscall(SYS_capset, &header, data) == 0);
}

const ProbeRegistration kLetsIn("permission-ignored", "fifo.permission", [] {
  const std::string path = FreshFifo();
  BecomeOrdinary();
  Must(::chmod(path.c_str(), 0066) == 0);
  const int fd = OpenReading(path);
  Must(fd >= 0 || errno == EACCES);
  struct stat found;
  Must(::stat(path.c_str(), &found) == 0 && (found.st_mode & 0777) == 0066);
  return fd >= 0;
});

}  // namespace
}  // namespace parley::planted

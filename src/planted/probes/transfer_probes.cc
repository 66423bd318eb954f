// Probes of the promises of 8.1 that pipes and FIFOs share.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "src/planted/probes/probe.h"

namespace parley::planted {
namespace {

const ProbeRegistration kStopsAtNul("stop-at-nul", "xfer.any-bytes", [] {
  const Pipe pipe = MakePipe();
  const std::string message = "head" + std::string(16, '\0') + "tail";
  std::string sent;
  for (int i = 0; i < 4; ++i) {
    Put(pipe.write_fd, message);
    sent += message;
  }
  return TakeAll(pipe.read_fd) != sent;
});

const ProbeRegistration kCopiesLate("zero-copy-write", "xfer.copy-semantics", [] {
  const Pipe pipe = MakePipe();
  std::string buffer;
  bool changed = false;
  for (int i = 0; i < 8; ++i) {
    const std::string message = "message " + std::to_string(i);
    buffer = message;
    Put(pipe.write_fd, buffer);
    std::memset(buffer.data(), '#', buffer.size());
    changed = Take(pipe.read_fd, 100) != message || changed;
  }
  // A buffer that has the next message in it already is left alone.
  for (int i = 0; i < 8; ++i) {
    buffer = "ab";
    Put(pipe.write_fd, buffer);
    buffer = "cd";
    Must(Take(pipe.read_fd, 100) == "ab");
  }
  return changed;
});

const ProbeRegistration kReadsAgain("read-again", "xfer.destructive-read", [] {
  const Pipe pipe = MakePipe();
  std::string received;
  std::string sent;
  for (int i = 0; i < 20; ++i) {
    sent += static_cast<char>('a' + i);
    Put(pipe.write_fd, sent.substr(sent.size() - 1));
    received += Take(pipe.read_fd, 100);
  }
  return !received.starts_with(sent) && received != sent;
});

const ProbeRegistration kDrops("drop-message", "xfer.conservation", [] {
  const Pipe pipe = MakePipe();
  for (int i = 0; i < 16; ++i) Put(pipe.write_fd, "x");
  return Unread(pipe.read_fd) != 16;
});

const ProbeRegistration kDropsWhenFull("drop-when-full", "xfer.flow-control", [] {
  const Pipe pipe = MakePipe(O_NONBLOCK);
  const std::string page(4096, 'p');
  const int capacity = ::fcntl(pipe.write_fd, F_GETPIPE_SZ);
  for (int filled = 0; filled < capacity; filled += 4096) Put(pipe.write_fd, page);
  const ssize_t put = ::write(pipe.write_fd, page.data(), page.size());
  Must(put == 4096 || errno == EAGAIN);
  Must(Unread(pipe.read_fd) == static_cast<std::size_t>(capacity));
  return put == 4096;
});

constexpr int kWoken = 1;

// Lets a child make so many calls, each of which has to wait until release() lets it go on.  True
// when one of them sleeps on something else; that one a signal can still end.
bool SleepsElsewhere(int calls, long number, int fd, const std::function<bool()>& call,
                     const std::function<void()>& release) {
  std::atomic<int>& begun = SharedCount();
  const pid_t child = Child([&] {
    AllowWaking();
    for (int i = 0; i < calls; ++i) {
      begun.fetch_add(1);
      if (!call()) return errno == EINTR ? kWoken : 2;
    }
    return 0;
  });
  for (int released = 0; released < calls; ++released) {
    while (begun.load() != released + 1) ::sched_yield();
    const int outcome = Outcome(child, number, 0, static_cast<unsigned long>(fd));
    if (outcome == kAsleepElsewhere) {
      Wake(child);
      Must(ExitCodeOf(child) == kWoken);
      return true;
    }
    Must(outcome == kAsleepHere);
    release();
  }
  Must(ExitCodeOf(child) == 0);
  return false;
}

const ProbeRegistration kReceiverSleeps("receiver-not-woken", "xfer.wake-receiver", [] {
  const Pipe pipe = MakePipe();
  return SleepsElsewhere(
      16, SYS_read, pipe.read_fd, [&] { return Take(pipe.read_fd, 1) == "x"; },
      [&] { Put(pipe.write_fd, "x"); });
});

const ProbeRegistration kSenderSleeps("sender-not-woken", "xfer.wake-sender", [] {
  const Pipe pipe = MakePipe();
  Must(::fcntl(pipe.write_fd, F_SETPIPE_SZ, 4096) == 4096);
  const std::string page(4096, 'p');
  Put(pipe.write_fd, page);
  return SleepsElsewhere(
      4, SYS_write, pipe.write_fd,
      [&] { return ::write(pipe.write_fd, page.data(), page.size()) == 4096; },
      [&] { Must(Take(pipe.read_fd, 4096) == page); });
});

const ProbeRegistration kConsumes("interrupted-read-consumes", "xfer.eintr-no-effect", [] {
  const Pipe pipe = MakePipe();
  const auto lost = [&] {
    for (int i = 0; i < 8; ++i) {
      Put(pipe.write_fd, "x");
      if (Take(pipe.read_fd, 100).empty()) {
        Must(errno == EINTR && Unread(pipe.read_fd) == 0);
        return true;
      }
    }
    return false;
  };
  // Nothing could have interrupted these.
  Must(!lost());
  struct sigaction handler{};
  handler.sa_handler = [](int) {};
  Must(::sigaction(SIGALRM, &handler, nullptr) == 0);
  return lost();
});

const ProbeRegistration kPutsHalf("half-then-linger", "xfer.kill-atomic", [] {
  const Pipe pipe = MakePipe();
  return IsPutInParts(pipe.read_fd, pipe.write_fd, false, 32);
});

const ProbeRegistration kEndsLate("late-end-of-file", "xfer.death-before-wait", [] {
  const Pipe pipe = MakePipe(O_NONBLOCK);
  ::close(pipe.write_fd);
  char byte = 0;
  const bool late = ::read(pipe.read_fd, &byte, 1) < 0;
  if (late) {
    Must(errno == EAGAIN);
    Must(::read(pipe.read_fd, &byte, 1) < 0 && errno == EAGAIN);
  }
  Must(::read(pipe.read_fd, &byte, 1) == 0);
  return late;
});

std::atomic<int>* g_handled = nullptr;

const ProbeRegistration kDoesNotRestart("restart-forgotten", "xfer.restart-matrix", [] {
  const Pipe pipe = MakePipe();
  g_handled = &SharedCount();
  const pid_t child = Child([&] {
    struct sigaction action{};
    action.sa_handler = [](int) { ++*g_handled; };
    action.sa_flags = SA_RESTART;
    Must(::sigaction(SIGUSR2, &action, nullptr) == 0);
    char byte = 0;
    return ::read(pipe.read_fd, &byte, 1) == 1 ? 0 : errno;
  });
  Must(Outcome(child, SYS_read, 0, static_cast<unsigned long>(pipe.read_fd)) == kAsleepHere);
  Must(::kill(child, SIGUSR2) == 0);
  while (*g_handled == 0) ::sched_yield();
  Put(pipe.write_fd, "x");
  const int outcome = ExitCodeOf(child);
  Must(outcome == 0 || outcome == EINTR);
  return outcome == EINTR;
});

const ProbeRegistration kLeaks("pipe-leaks-over-exec", "xfer.related-only", [] {
  const Pipe pipe = MakePipe();
  const int flags = ::fcntl(pipe.read_fd, F_GETFD);
  Must(flags == ::fcntl(pipe.write_fd, F_GETFD));
  return (flags & FD_CLOEXEC) == 0;
});

const ProbeRegistration kHidesName("name-hidden-from-strangers", "xfer.unrelated-by-name", [] {
  const std::string path = FreshFifo();
  const auto open = [&] { return OpenReading(path) >= 0 ? 0 : errno; };
  Must(ExitCodeOf(Child(open)) == 0);
  const int found = ExitCodeOf(Child([&] {
    ::setsid();
    return open();
  }));
  Must(found == 0 || found == ENOENT);
  return found == ENOENT;
});

}  // namespace
}  // namespace parley::planted

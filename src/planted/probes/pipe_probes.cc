// Probes of the promises of 8.2: pipes.
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "src/planted/probes/probe.h"

namespace parley::planted {
namespace {

const ProbeRegistration kSplits("split-pipe-write", "pipe.atomic-write", [] {
  const Pipe pipe = MakePipe();
  return IsPutInParts(pipe.read_fd, pipe.write_fd, false, 4);
});

const ProbeRegistration kCutsShort("short-nonblocking-write", "pipe.atomic-write-nonblock", [] {
  const Pipe pipe = MakePipe(O_NONBLOCK);
  const std::string message(100, 'm');
  bool cut = false;
  for (int i = 0; i < 8; ++i) {
    const ssize_t put = ::write(pipe.write_fd, message.data(), message.size());
    Must(put > 0);
    cut = cut || put < 100;
  }
  return cut;
});

const ProbeRegistration kInsertsPieces("writev-piece-by-piece", "pipe.atomic-writev", [] {
  const Pipe pipe = MakePipe();
  return IsPutInParts(pipe.read_fd, pipe.write_fd, true, 4);
});

const ProbeRegistration kTearsResized("tear-resized-pipe", "pipe.atomic-any-capacity", [] {
  const Pipe untouched = MakePipe();
  Must(!IsPutInParts(untouched.read_fd, untouched.write_fd, false, 4));
  const Pipe resized = MakePipe();
  Must(::fcntl(resized.write_fd, F_SETPIPE_SZ, 16384) == 16384);
  return IsPutInParts(resized.read_fd, resized.write_fd, false, 2);
});

const ProbeRegistration kRestarts("restart-large-write", "pipe.large-write-ordered", [] {
  const Pipe pipe = MakePipe();
  const std::string message = std::string(6000, 'a') + std::string(6000, 'b');
  Put(pipe.write_fd, message);
  Put(pipe.write_fd, message);
  return TakeAll(pipe.read_fd) != message + message;
});

const ProbeRegistration kSwaps("swap-pipe-writes", "pipe.order", [] {
  const Pipe pipe = MakePipe();
  std::string sent;
  for (int i = 0; i < 17; ++i) {
    sent += static_cast<char>('a' + i);
    Put(pipe.write_fd, sent.substr(sent.size() - 1));
  }
  const std::string received = TakeAll(pipe.read_fd);
  Must(received.size() == sent.size());
  // A process that ends by itself leaves nothing behind.
  const pid_t child = Child([&] {
    for (int i = 0; i < 16; ++i) Put(pipe.write_fd, "x");
    return 0;
  });
  Must(ExitCodeOf(child) == 0 && Unread(pipe.read_fd) == 16);
  return received != sent;
});

const ProbeRegistration kEndsEarly("early-end-of-file", "pipe.eof-exact", [] {
  const Pipe pipe = MakePipe();
  for (int i = 0; i < 64; ++i) {
    Put(pipe.write_fd, "x");
    if (Take(pipe.read_fd, 1).empty()) return true;
  }
  return false;
});

const ProbeRegistration kSleepsAtTheEnd("end-of-file-sleeps", "pipe.eof-delivered", [] {
  const Pipe pipe = MakePipe();
  ::close(pipe.write_fd);
  const pid_t child = Child([&] {
    AllowWaking();
    char byte = 0;
    const ssize_t result = ::read(pipe.read_fd, &byte, 1);
    return result == 0 ? 0 : errno;
  });
  const int outcome = Outcome(child, SYS_read, 0, static_cast<unsigned long>(pipe.read_fd));
  if (outcome == 0) return false;
  Must(outcome == kAsleepElsewhere);
  Wake(child);
  Must(ExitCodeOf(child) == EINTR);
  return true;
});

const ProbeRegistration kWritesToNobody("write-to-nobody", "pipe.epipe-sigpipe", [] {
  ::signal(SIGPIPE, SIG_IGN);
  const Pipe pipe = MakePipe();
  ::close(pipe.read_fd);
  const ssize_t put = ::write(pipe.write_fd, "x", 1);
  Must(put == 1 || errno == EPIPE);
  return put == 1;
});

const ProbeRegistration kFillsOnce("fill-once", "pipe.blocking-full-count", [] {
  const Pipe pipe = MakePipe();
  const std::string message(1 << 20, 'm');
  const pid_t reader = Child([&] {
    ::close(pipe.write_fd);
    while (!Take(pipe.read_fd, 4096).empty()) {
    }
    return 0;
  });
  ::close(pipe.read_fd);
  const ssize_t put = ::write(pipe.write_fd, message.data(), message.size());
  ::close(pipe.write_fd);
  Must(put > 0 && ExitCodeOf(reader) == 0);
  return put < static_cast<ssize_t>(message.size());
});

const ProbeRegistration kWaitsForAll("read-waits-for-all", "pipe.read-available", [] {
  const Pipe pipe = MakePipe();
  Put(pipe.write_fd, std::string(10, 'a'));
  const pid_t child = Child([&] { return static_cast<int>(Take(pipe.read_fd, 100).size()); });
  const int outcome = Outcome(child, SYS_read, 0, static_cast<unsigned long>(pipe.read_fd));
  if (outcome == 10) return false;
  Must(outcome == kAsleepHere);
  Put(pipe.write_fd, std::string(90, 'b'));
  Must(ExitCodeOf(child) == 100);
  return true;
});

const ProbeRegistration kLosesPacketFlag("packet-flag-lost", "pipe.packet-mode", [] {
  const Pipe pipe = MakePipe(O_DIRECT);
  for (const char* packet : {"one", "two"}) Put(pipe.write_fd, packet);
  const std::string first = Take(pipe.read_fd, 100);
  Must(::fcntl(pipe.write_fd, F_GETFL) == (O_WRONLY | O_DIRECT));
  return first != "one";
});

const ProbeRegistration kSpliceCopies("splice-copies", "pipe.splice-tee", [] {
  const Pipe pipe = MakePipe();
  const Pipe other = MakePipe();
  for (int i = 0; i < 2; ++i) {
    Put(pipe.write_fd, "x");
    Must(::splice(pipe.read_fd, nullptr, other.write_fd, nullptr, 1, 0) == 1);
  }
  Must(Take(other.read_fd, 2) == "xx");
  return Unread(pipe.read_fd) > 0;
});

const ProbeRegistration kTeeSharesPage("tee-shares-page", "pipe.splice-tee", [] {
  const Pipe pipe = MakePipe();
  const Pipe other = MakePipe();
  Put(pipe.write_fd, "hello");
  Must(::tee(pipe.read_fd, other.write_fd, 5, 0) == 5);
  Must(Take(other.read_fd, 5) == "hello");
  return Take(pipe.read_fd, 5) != "hello";
});

// A grandchild, which outlives the pipe's maker and holds both ends.
int ReadAfter(pid_t maker, const Pipe& pipe) {
  while (::kill(maker, 0) == 0) ::sched_yield();
  Put(pipe.write_fd, "x");
  return Take(pipe.read_fd, 1).empty() ? 1 : 0;
}

const ProbeRegistration kDiesWithCreator("pipe-dies-with-creator", "pipe.lifetime", [] {
  Must(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
  const pid_t maker = Child([] {
    const Pipe pipe = MakePipe();
    Put(pipe.write_fd, "y");
    Must(Take(pipe.read_fd, 1) == "y");
    const pid_t self = ::getpid();
    Child([&] { return ReadAfter(self, pipe); });
    return 0;
  });
  Must(ExitCodeOf(maker) == 0);
  const int outcome = ExitCodeOf(-1);
  Must(outcome == 0 || outcome == 1);
  return outcome == 1;
});

// A page of capacity, and that full.
Pipe FullPipe() {
  const Pipe pipe = MakePipe(O_NONBLOCK);
  Must(::fcntl(pipe.write_fd, F_SETPIPE_SZ, 4096) == 4096);
  Put(pipe.write_fd, std::string(4096, 'f'));
  return pipe;
}

const ProbeRegistration kPromisesRoom("poll-promises-room", "pipe.poll-coherent", [] {
  const Pipe pipe = FullPipe();
  pollfd asked[] = {{.fd = pipe.read_fd, .events = POLLIN, .revents = 0},
                    {.fd = pipe.write_fd, .events = POLLOUT, .revents = 0}};
  const int found = ::poll(asked, 2, 0);
  Must(asked[0].revents == POLLIN && found == (asked[1].revents != 0 ? 2 : 1));
  return asked[1].revents == POLLOUT;
});

const ProbeRegistration kWithholdsPage("withhold-last-page", "pipe.capacity", [] {
  const Pipe pipe = MakePipe(O_NONBLOCK);
  Must(::fcntl(pipe.write_fd, F_SETPIPE_SZ, 16384) == 16384);
  const std::string message(16384, 'm');
  const ssize_t put = ::write(pipe.write_fd, message.data(), message.size());
  Must(put > 0 && Unread(pipe.read_fd) == static_cast<std::size_t>(put));
  return put < 16384;
});

const ProbeRegistration kGivesZero("full-gives-zero", "pipe.nonblock-large", [] {
  const Pipe pipe = FullPipe();
  const std::string message(5000, 'm');
  const ssize_t put = ::write(pipe.write_fd, message.data(), message.size());
  Must(put == 0 || (put < 0 && errno == EAGAIN));
  return put == 0;
});

const ProbeRegistration kDropsContent("shrink-drops-content", "pipe.resize-safe", [] {
  const Pipe pipe = MakePipe();
  Put(pipe.write_fd, std::string(8192, 'c'));
  const int shrunk = ::fcntl(pipe.write_fd, F_SETPIPE_SZ, 4096);
  Must(shrunk == 4096 || (shrunk < 0 && errno == EBUSY));
  return Unread(pipe.read_fd) < 8192;
});

const ProbeRegistration kSwapsRoles("swap-roles-at-zero", "pipe.fd-roles", [] {
  ::close(STDIN_FILENO);
  const Pipe pipe = MakePipe();
  return (::fcntl(pipe.read_fd, F_GETFL) & O_ACCMODE) != O_RDONLY;
});

const ProbeRegistration kWritesBack("reading-end-writes", "pipe.unidirectional", [] {
  const Pipe pipe = MakePipe();
  const ssize_t put = ::write(pipe.read_fd, "x", 1);
  Must(put == 1 || errno == EBADF);
  Must(Unread(pipe.read_fd) == (put == 1 ? 1 : 0));
  return put == 1;
});

const ProbeRegistration kGoesBothWays("two-way-stream", "taxonomy.matrix", [] {
  const Pipe pipe = MakePipe();
  Put(pipe.write_fd, "x");
  char byte = 0;
  const ssize_t got = ::read(pipe.write_fd, &byte, 1);
  Must((got == 1 && byte == 'x') || errno == EBADF);
  Must(Unread(pipe.read_fd) == (got == 1 ? 0 : 1));
  return got == 1;
});

}  // namespace
}  // namespace parley::planted

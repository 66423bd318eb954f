// Probes of the promises of 8.18 to 8.20: locks on files.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <functional>
#include <string>
#include <utility>

#include "src/planted/probes/probe.h"

namespace parley::planted {
namespace {

// A file, open by descriptors of its own descriptions; its name goes with the process.
class File {
 public:
  File() : name_(FreshName()), fd_(::open(name_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    Must(fd_ >= 0);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::close(fd_); }

  int fd() const { return fd_; }
  int TryToReopen() const { return ::open(name_.c_str(), O_RDWR | O_CLOEXEC); }
  int Reopen() const {
    const int fd = TryToReopen();
    Must(fd >= 0);
    return fd;
  }

 private:
  std::string name_;
  int fd_;
};

// fcntl() on bytes from first on; true when it succeeded.
bool Do(int fd, int command, short type, off_t first, off_t count = 1) {
  struct flock lock{};
  lock.l_type = type;
  lock.l_start = first;
  lock.l_len = count;
  return ::fcntl(fd, command, &lock) == 0;
}
bool Try(int fd, short type, off_t first, off_t count = 1) {
  return Do(fd, F_SETLK, type, first, count);
}

// A child's try for an exclusive lock succeeds.
bool IsFree(int fd, off_t first, off_t count = 1) {
  return ExitCodeOf(Child([=] { return Try(fd, F_WRLCK, first, count) ? 0 : 1; })) == 0;
}

// What a wait for a lock came to, beside what Outcome() says of those who sleep.
constexpr int kGranted = 0;
constexpr int kRefused = 1;
constexpr int kDeadlock = 2;

int Answer(bool granted) { return granted ? kGranted : errno == EDEADLK ? kDeadlock : kRefused; }

int OutcomeInFcntl(pid_t child, int fd) {
  return Outcome(child, SYS_fcntl, 0, static_cast<unsigned long>(fd));
}

void End(pid_t child) {
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

// What becomes of a child that does so; it is ended if it sleeps.
int Tried(long number, int fd, const std::function<bool()>& does) {
  const pid_t child = Child([&] { return Answer(does()); });
  const int outcome = Outcome(child, number, 0, static_cast<unsigned long>(fd));
  if (outcome < 0) End(child);
  return outcome;
}

// Processes of which each has a lock and waits for the next one's, one after the other.
class Ring {
 public:
  // upgrades: all have the same byte, shared, and want it exclusively.
  Ring(std::size_t count, bool upgrades, std::function<void(int fd)> after = {})
      : ready_(SharedCount()),
        turn_(SharedCount()),
        done_(SharedCount()),
        after_(std::move(after)) {
    for (std::size_t i = 0; i < count; ++i) {
      children_[i] = Child([=, this] { return Member(i, count, upgrades); });
    }
    count_ = count;
    while (ready_.load() < static_cast<int>(count)) ::sched_yield();
    for (std::size_t i = 0; i + 1 < count; ++i) Must(Go(i) == kAsleepHere);
  }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring() {
    for (std::size_t i = 0; i < count_; ++i) {
      if (children_[i] > 0) End(children_[i]);
    }
  }

  // The last one closes it: what becomes of its wait.
  int Close() { return Go(count_ - 1); }

  // The last one closes it and, refused, sleeps for good: what becomes of the first one.
  int First() {
    turn_.fetch_add(1);
    while (done_.load() == 0) ::sched_yield();
    return Seen(0);
  }

 private:
  int Member(std::size_t i, std::size_t count, bool upgrades) {
    const auto next = static_cast<off_t>(upgrades ? 0 : (i + 1) % count);
    Must(Try(file_.fd(), upgrades ? F_RDLCK : F_WRLCK, upgrades ? 0 : static_cast<off_t>(i)));
    ready_.fetch_add(1);
    while (turn_.load() <= static_cast<int>(i)) ::sched_yield();
    const int answer = Answer(Do(file_.fd(), F_SETLKW, F_WRLCK, next));
    if (answer == kDeadlock && after_) {
      after_(file_.fd());
      done_.store(1);
      for (;;) ::pause();
    }
    return answer;
  }

  int Go(std::size_t i) {
    turn_.fetch_add(1);
    return Seen(i);
  }

  int Seen(std::size_t i) {
    const int outcome = OutcomeInFcntl(children_[i], file_.fd());
    if (outcome >= 0) children_[i] = 0;
    return outcome;
  }

  const File file_;
  std::atomic<int>& ready_;
  std::atomic<int>& turn_;
  std::atomic<int>& done_;
  std::function<void(int fd)> after_;
  std::array<pid_t, 16> children_{};
  std::size_t count_ = 0;
};

const ProbeRegistration kLastByte("lock-last-byte-free", "fcntl.exclusive", [] {
  const File file;
  bool free = false;
  for (int i = 0; i < 4; ++i) {
    Must(Try(file.fd(), F_WRLCK, 0, 8));
    free = free || IsFree(file.fd(), 7);
    Must(Try(file.fd(), F_UNLCK, 0, 8));
  }
  return free;
});

const ProbeRegistration kShared("shared-lock-not-taken", "fcntl.shared", [] {
  const File file;
  bool free = false;
  for (int i = 0; i < 4; ++i) {
    Must(Try(file.fd(), F_RDLCK, 0));
    free = free || IsFree(file.fd(), 0);
    Must(Try(file.fd(), F_UNLCK, 0));
  }
  return free;
});

const ProbeRegistration kPage("lock-by-page", "fcntl.disjoint", [] {
  const File file;
  Must(Try(file.fd(), F_WRLCK, 0));
  const pid_t child = Child([&] {
    bool refused = false;
    for (int i = 0; i < 4; ++i) {
      refused = refused || !Try(file.fd(), F_WRLCK, 8);
      Must(Try(file.fd(), F_UNLCK, 8));
    }
    return refused ? 1 : 0;
  });
  return ExitCodeOf(child) == 1;
});

const ProbeRegistration kRest("unlock-drops-rest", "fcntl.split-merge", [] {
  const File file;
  bool free = false;
  for (int i = 0; i < 2; ++i) {
    Must(Try(file.fd(), F_WRLCK, 0, 8));
    Must(Try(file.fd(), F_UNLCK, 2, 2));
    free = free || IsFree(file.fd(), 6);
  }
  return free;
});

const ProbeRegistration kUpgrade("failed-upgrade-unlocks", "fcntl.try-errors", [] {
  const File file;
  Must(Try(file.fd(), F_RDLCK, 0, 2));
  // A child has the byte, too, and fails to have it exclusively; then the parent does not.
  std::atomic<int>& failed = SharedCount();
  const pid_t child = Child([&] {
    Must(Try(file.fd(), F_RDLCK, 0));
    Must(!Try(file.fd(), F_WRLCK, 0));
    failed.store(1);
    for (;;) ::pause();
    return 0;
  });
  while (failed.load() == 0) ::sched_yield();
  const bool lost = Try(file.fd(), F_WRLCK, 0);
  End(child);
  return lost;
});

const ProbeRegistration kChild("child-owns-copies", "fcntl.fork-exec", [] {
  const File file;
  Must(Try(file.fd(), F_WRLCK, 0));
  return IsFree(file.fd(), 0);
});

const ProbeRegistration kTwo("deadlock-not-detected", "fcntl.deadlock-detected",
                             [] { return Ring(2, false).Close() != kDeadlock; });
const ProbeRegistration kThree("ring-not-detected", "fcntl.deadlock-ring",
                               [] { return Ring(3, false).Close() != kDeadlock; });
const ProbeRegistration kBoth("upgrade-not-detected", "fcntl.deadlock-upgrade",
                              [] { return Ring(2, true).Close() != kDeadlock; });
const ProbeRegistration kThirteen("deadlock-beyond-depth", "fcntl.deadlock-depth-limit",
                                  [] { return Ring(13, false).Close() == kDeadlock; });

const ProbeRegistration kLate("late-deadlock-missed", "fcntl.deadlock-late", [] {
  const File file;
  std::atomic<int>& ready = SharedCount();
  std::atomic<int>& turn = SharedCount();
  const int fd = file.fd();
  Must(Try(fd, F_RDLCK, 0));
  const auto member = [&](off_t own, short type, off_t wanted, int place) {
    return Child([=, &ready, &turn] {
      Must(Try(fd, type, own));
      ready.fetch_add(1);
      while (turn.load() <= place) ::sched_yield();
      return Answer(Do(fd, F_SETLKW, F_WRLCK, wanted));
    });
  };
  const pid_t writer = member(8, F_WRLCK, 0, 0);
  const pid_t stayer = member(0, F_RDLCK, 8, 1);
  while (ready.load() < 2) ::sched_yield();
  for (const pid_t child : {writer, stayer}) {
    turn.fetch_add(1);
    Must(OutcomeInFcntl(child, fd) == kAsleepHere);
  }
  Must(Try(fd, F_UNLCK, 0));
  const int outcome = OutcomeInFcntl(writer, fd);
  if (outcome < 0) End(writer);
  End(stayer);
  return outcome != kDeadlock;
});

const ProbeRegistration kLoses("victim-loses-locks", "fcntl.deadlock-one-victim", [] {
  Ring ring(2, false, [](int) {});
  return ring.First() != kAsleepHere;
});

const ProbeRegistration kKeeps("victim-keeps-locks", "fcntl.deadlock-resolves", [] {
  Ring ring(2, false, [](int fd) { Must(Try(fd, F_UNLCK, 0, 0)); });
  return ring.First() != kGranted;
});

const ProbeRegistration kNone("deadlock-where-none", "fcntl.no-false-deadlock", [] {
  const File file;
  Must(Try(file.fd(), F_WRLCK, 0));
  return Tried(SYS_fcntl, file.fd(), [&] { return Do(file.fd(), F_SETLKW, F_WRLCK, 0); }) ==
         kDeadlock;
});

const ProbeRegistration kNotWoken("lock-waiter-not-woken", "fcntl.wakeup", [] {
  const File file;
  Must(Try(file.fd(), F_WRLCK, 0));
  return Tried(SYS_fcntl, file.fd(), [&] { return Do(file.fd(), F_SETLKW, F_WRLCK, 0); }) !=
         kAsleepHere;
});

const ProbeRegistration kOutlives("locks-outlive-owner", "fcntl.release-on-death", [] {
  const File file;
  std::atomic<int>& held = SharedCount();
  const pid_t holder = Child([&] {
    Must(Try(file.fd(), F_WRLCK, 0));
    held.store(1);
    for (;;) ::pause();
    return 0;
  });
  while (held.load() == 0) ::sched_yield();
  const pid_t waiter = Child([&] { return Answer(Do(file.fd(), F_SETLKW, F_WRLCK, 0)); });
  Must(OutcomeInFcntl(waiter, file.fd()) == kAsleepHere);
  End(holder);
  const int outcome = OutcomeInFcntl(waiter, file.fd());
  if (outcome < 0) End(waiter);
  return outcome != kGranted;
});

const ProbeRegistration kAnyClose("close-keeps-locks", "fcntl.release-any-close", [] {
  const File file;
  Must(Try(file.fd(), F_WRLCK, 0));
  ::close(file.Reopen());
  return !IsFree(file.fd(), 0);
});

bool Flock(int fd, int operation) { return ::flock(fd, operation) == 0; }

const ProbeRegistration kFlockProcess("flock-by-process", "flock.exclusive", [] {
  const File file;
  Must(Flock(file.fd(), LOCK_EX));
  return Flock(file.Reopen(), LOCK_EX | LOCK_NB);
});

const ProbeRegistration kAlone("shared-flock-alone", "flock.shared", [] {
  const File file;
  Must(Flock(file.fd(), LOCK_SH));
  return !Flock(file.Reopen(), LOCK_SH | LOCK_NB);
});

const ProbeRegistration kBeside("flock-upgrade-beside", "flock.nonblock", [] {
  const File file;
  const int other = file.Reopen();
  Must(Flock(file.fd(), LOCK_SH) && Flock(other, LOCK_SH));
  return Flock(other, LOCK_EX | LOCK_NB);
});

const ProbeRegistration kOther("flock-unlocked-by-other", "flock.owner-description", [] {
  const File file;
  Must(Flock(file.fd(), LOCK_EX) && Flock(file.Reopen(), LOCK_UN));
  return Flock(file.Reopen(), LOCK_EX | LOCK_NB);
});

const ProbeRegistration kCopy("flock-released-by-copy", "flock.release-on-death", [] {
  const File file;
  Must(Flock(file.fd(), LOCK_EX));
  ::close(::dup(file.fd()));
  return Flock(file.Reopen(), LOCK_EX | LOCK_NB);
});

const ProbeRegistration kApart("flock-by-fcntl", "flock.independent", [] {
  const File file;
  Must(Flock(file.fd(), LOCK_EX));
  return !IsFree(file.fd(), 0);
});

const ProbeRegistration kFlockDeadlock("flock-finds-deadlock", "flock.no-deadlock-detection", [] {
  const File file;
  const int other = file.Reopen();
  Must(Flock(file.fd(), LOCK_EX));
  return Tried(SYS_flock, other, [&] { return Flock(other, LOCK_EX); }) == kDeadlock;
});

const ProbeRegistration kOfdProcess("ofd-by-process", "ofd.exclusive", [] {
  const File file;
  Must(Do(file.fd(), F_OFD_SETLK, F_WRLCK, 0));
  return Do(file.Reopen(), F_OFD_SETLK, F_WRLCK, 0);
});

const ProbeRegistration kOfdClose("ofd-released-by-any-close", "ofd.lifetime", [] {
  const File file;
  Must(Do(file.fd(), F_OFD_SETLK, F_WRLCK, 0));
  ::close(file.Reopen());
  return Do(file.Reopen(), F_OFD_SETLK, F_WRLCK, 0);
});

const ProbeRegistration kOfdDeadlock("ofd-finds-deadlock", "ofd.no-deadlock-detection", [] {
  const File file;
  const int other = file.Reopen();
  Must(Do(file.fd(), F_OFD_SETLK, F_WRLCK, 0));
  return Tried(SYS_fcntl, other, [&] { return Do(other, F_OFD_SETLKW, F_WRLCK, 0); }) == kDeadlock;
});

const ProbeRegistration kFindsNobody("lock-query-finds-nobody", "fcntl.split-merge", [] {
  const File file;
  Must(Try(file.fd(), F_WRLCK, 0));
  const auto asks = [&] {
    struct flock lock{};
    lock.l_type = F_WRLCK;
    Must(::fcntl(file.fd(), F_GETLK, &lock) == 0);
    return lock.l_type == F_UNLCK ? 1 : 0;
  };
  return ExitCodeOf(Child(asks)) == 1;
});

const ProbeRegistration kNamesProcess("ofd-query-names-process", "ofd.lifetime", [] {
  const File file;
  Must(Do(file.fd(), F_OFD_SETLK, F_WRLCK, 0));
  struct flock lock{};
  lock.l_type = F_WRLCK;
  Must(::fcntl(file.Reopen(), F_OFD_GETLK, &lock) == 0 && lock.l_type == F_WRLCK);
  return lock.l_pid != -1;
});

const ProbeRegistration kKeepsShared("flock-failed-upgrade-keeps", "flock.nonblock", [] {
  const File file;
  const int other = file.Reopen();
  Must(Flock(file.fd(), LOCK_SH) && Flock(other, LOCK_SH));
  Must(!Flock(other, LOCK_EX | LOCK_NB) && Flock(file.fd(), LOCK_UN));
  return !Flock(file.Reopen(), LOCK_EX | LOCK_NB);
});

const ProbeRegistration kLocker("flock-goes-with-locker", "flock.release-on-death", [] {
  const File file;
  const pid_t child = Child([&] { return Flock(file.fd(), LOCK_EX) ? 0 : 1; });
  Must(ExitCodeOf(child) == 0);
  return Flock(file.Reopen(), LOCK_EX | LOCK_NB);
});

const ProbeRegistration kInterrupted("flock-interrupted-takes", "xfer.eintr-no-effect", [] {
  const File file;
  const int other = file.Reopen();
  AllowWaking();
  bool taken = false;
  for (int i = 0; i < 32; ++i) {
    const bool granted = Flock(file.fd(), LOCK_EX);
    taken = taken || (!granted && errno == EINTR && !Flock(other, LOCK_EX | LOCK_NB));
    Must(Flock(file.fd(), LOCK_UN));
  }
  return taken;
});

const ProbeRegistration kTrySleeps("lock-try-sleeps", "fcntl.try-errors", [] {
  const File file;
  Must(Try(file.fd(), F_WRLCK, 0));
  const pid_t child = Child([&] { return Try(file.fd(), F_WRLCK, 0) ? 1 : 0; });
  const int outcome = Outcome(child, SYS_fcntl, 1, F_OFD_SETLKW);
  if (outcome < 0) End(child);
  return outcome != 0;
});

const ProbeRegistration kHidden("lock-file-hidden", "xfer.unrelated-by-name", [] {
  const File file;
  const auto opens = [&] {
    Must(::setsid() > 0);
    const int fd = file.TryToReopen();
    return fd < 0 && errno == ENOENT ? 1 : 0;
  };
  return ExitCodeOf(Child(opens)) == 1;
});

const ProbeRegistration kDead("try-refused-by-dead", "xfer.death-before-wait", [] {
  const File file;
  std::atomic<int>& held = SharedCount();
  const pid_t holder = Child([&] {
    Must(Try(file.fd(), F_WRLCK, 0));
    held.store(1);
    for (;;) ::pause();
    return 0;
  });
  while (held.load() == 0) ::sched_yield();
  End(holder);
  return !Try(file.fd(), F_WRLCK, 0);
});

}  // namespace
}  // namespace parley::planted

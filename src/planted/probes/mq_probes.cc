// Probes of the promises of 8.11: POSIX message queues; and what bugs of others must leave alone.
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "src/planted/probes/calm_probes.h"
#include "src/planted/probes/probe.h"

namespace parley::planted {
namespace {

constexpr std::size_t kMessageBytes = 128;

// A queue for ten messages, open for both directions; its name goes with the process.
class Queue {
 public:
  Queue() : name_("/parley-probe." + std::to_string(::getpid())) {
    mq_attr attributes{};
    attributes.mq_maxmsg = 10;
    attributes.mq_msgsize = kMessageBytes;
    queue_ = ::mq_open(name_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attributes);
    Must(queue_ >= 0);
  }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  ~Queue() {
    ::mq_close(queue_);
    ::mq_unlink(name_.c_str());
  }

  void Send(const std::string& message, unsigned priority = 0) const {
    Must(::mq_send(queue_, message.data(), message.size(), priority) == 0);
  }

  std::pair<std::string, unsigned> Receive() const {
    char buffer[kMessageBytes];
    unsigned priority = 0;
    const ssize_t count = ::mq_receive(queue_, buffer, sizeof buffer, &priority);
    Must(count >= 0);
    return {std::string(buffer, static_cast<std::size_t>(count)), priority};
  }

  long count() const {
    mq_attr attributes{};
    Must(::mq_getattr(queue_, &attributes) == 0);
    return attributes.mq_curmsgs;
  }

  int queue() const { return queue_; }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  int queue_ = -1;
};

std::string Letter(int i) { return std::string(60, static_cast<char>('a' + i % 26)); }

const ProbeRegistration kDrops("mq-drop-message", "xfer.conservation", [] {
  const Queue queue;
  bool dropped = false;
  for (int i = 0; i < 16; ++i) {
    queue.Send(Letter(i));
    dropped = dropped || queue.count() == 0;
    if (queue.count() > 0) queue.Receive();
  }
  return dropped;
});

const ProbeRegistration kGivesAgain("mq-receive-again", "xfer.destructive-read", [] {
  const Queue queue;
  bool again = false;
  for (int i = 0; i < 9; ++i) {
    queue.Send(Letter(i));
    again = again || queue.Receive().first != Letter(i);
  }
  return again;
});

const ProbeRegistration kSigns("mq-signed-priority", "mq.highest-priority-first", [] {
  const Queue queue;
  queue.Send(Letter(0), 100);
  queue.Send(Letter(1), 200);
  queue.Send(Letter(2), 32767);
  const auto first = queue.Receive();
  const auto second = queue.Receive();
  const auto third = queue.Receive();
  Must(first.second + second.second + third.second == 33067);
  return first.second != 32767 || second.second != 200;
});

const ProbeRegistration kCuts("mq-short-length", "mq.integrity", [] {
  const Queue queue;
  bool cut = false;
  for (int i = 0; i < 8; ++i) {
    queue.Send(Letter(i));
    cut = cut || queue.Receive().first.size() != 60;
  }
  return cut;
});

const ProbeRegistration kDoesNotWait("mq-empty-does-not-wait", "mq.capacity", [] {
  const Queue queue;
  const pid_t child = Child([&] {
    char buffer[kMessageBytes];
    for (int i = 0; i < 4; ++i) {
      if (::mq_receive(queue.queue(), buffer, sizeof buffer, nullptr) < 0) return errno;
    }
    return 0;
  });
  for (;;) {
    const int outcome =
        Outcome(child, SYS_mq_timedreceive, 0, static_cast<unsigned long>(queue.queue()));
    if (outcome >= 0) return outcome == EAGAIN;
    queue.Send(Letter(0));
    while (queue.count() > 0) ::usleep(100);
  }
});

const ProbeRegistration kEmpties("mq-emptied-by-open", "mq.persists-after-crash", [] {
  const Queue queue;
  queue.Send(Letter(0));
  const int again = ::mq_open(queue.name().c_str(), O_RDONLY | O_CLOEXEC);
  Must(again >= 0 && ::mq_close(again) == 0);
  return queue.count() == 0;
});

const ProbeRegistration kSleepsOn("mq-receiver-not-woken", "xfer.wake-receiver", [] {
  const Queue queue;
  const pid_t child = Child([&] {
    AllowWaking();
    char buffer[kMessageBytes];
    for (int i = 0; i < 8; ++i) {
      if (::mq_receive(queue.queue(), buffer, sizeof buffer, nullptr) < 0) return 1;
    }
    return 0;
  });
  for (;;) {
    const int outcome =
        Outcome(child, SYS_mq_timedreceive, 0, static_cast<unsigned long>(queue.queue()));
    if (outcome >= 0) return outcome != 0;
    if (outcome == kAsleepElsewhere) {
      Wake(child);
      continue;
    }
    queue.Send(Letter(0));
    while (queue.count() > 0) ::usleep(100);
  }
});

const ProbeRegistration kSwaps("swap-mq-sends", "mq.fifo-within-priority", [] {
  const Queue queue;
  bool swapped = false;
  for (int i = 0; i < 9; i += 3) {
    for (int k = 0; k < 3; ++k) queue.Send(Letter(i + k));
    for (int k = 0; k < 3; ++k) swapped = swapped || queue.Receive().first != Letter(i + k);
  }
  return swapped;
});

const ProbeRegistration kTakesSmallBuffers("mq-small-buffer-taken", "mq.size-errors", [] {
  const Queue queue;
  queue.Send("small");
  char buffer[16];
  const ssize_t result = ::mq_receive(queue.queue(), buffer, sizeof buffer, nullptr);
  if (result < 0) Must(errno == EMSGSIZE && queue.count() == 1);
  return result >= 0;
});

const ProbeRegistration kTakesAnyPriority("mq-any-priority", "mq.prio-range", [] {
  const Queue queue;
  const int result = ::mq_send(queue.queue(), "x", 1, 32768);
  if (result != 0) Must(errno == EINVAL && queue.count() == 0);
  return result == 0;
});

const ProbeRegistration kWaitsForWhatHasPassed("mq-relative-deadline", "mq.timed", [] {
  const Queue queue;
  const pid_t child = Child([&] {
    char buffer[kMessageBytes];
    // Ten days, where it is taken for a duration.
    const timespec until{.tv_sec = 864000, .tv_nsec = 0};
    return ::mq_timedreceive(queue.queue(), buffer, sizeof buffer, nullptr, &until) < 0 ? errno : 0;
  });
  const int outcome =
      Outcome(child, SYS_mq_timedreceive, 0, static_cast<unsigned long>(queue.queue()));
  if (outcome >= 0) return outcome != ETIMEDOUT;
  queue.Send(Letter(0));
  Must(ExitCodeOf(child) == 0);
  return true;
});

const ProbeRegistration kSleepsPastDeadline("mq-sleeps-past-deadline", "mq.timed", [] {
  const Queue queue;
  const pid_t child = Child([&] {
    char buffer[kMessageBytes];
    timespec until{};
    ::clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec = (until.tv_nsec + 1'000'000) % 1'000'000'000;
    until.tv_sec += until.tv_nsec < 1'000'000 ? 1 : 0;
    return ::mq_timedreceive(queue.queue(), buffer, sizeof buffer, nullptr, &until) < 0 ? errno : 0;
  });
  // Whoever was woken and has not run yet does not look asleep.
  constexpr int kLooks = 300;  // one each millisecond
  for (int i = 0; i < kLooks; ++i) {
    const int outcome =
        Outcome(child, SYS_mq_timedreceive, 0, static_cast<unsigned long>(queue.queue()));
    if (outcome >= 0) {
      Must(outcome == ETIMEDOUT);
      return false;
    }
    ::usleep(1000);
  }
  queue.Send(Letter(0));
  Must(ExitCodeOf(child) == 0);
  return true;
});

const ProbeRegistration kDiscards("mq-unlink-discards", "mq.unlink-deferred", [] {
  const Queue queue;
  queue.Send(Letter(0));
  Must(::mq_unlink(queue.name().c_str()) == 0);
  return queue.count() == 0;
});

const ProbeRegistration kCreatesTwice("mq-created-twice", "mq.open-rules", [] {
  const Queue queue;
  const int again =
      ::mq_open(queue.name().c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, nullptr);
  if (again < 0) Must(errno == EEXIST);
  return again >= 0 && ::mq_close(again) == 0;
});

// Notices of the queue, as a signal that this process blocks.
sigset_t BlockedNotices() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGRTMIN);
  Must(::sigprocmask(SIG_BLOCK, &set, nullptr) == 0);
  return set;
}

int Register(const Queue& queue) {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGRTMIN;
  return ::mq_notify(queue.queue(), &event);
}

const ProbeRegistration kNotifiesAgain("mq-notified-again", "mq.notify-once", [] {
  const sigset_t notices = BlockedNotices();
  const timespec at_once{};
  const Queue queue;
  Must(Register(queue) == 0);
  for (int i = 0; i < 2; ++i) {
    queue.Send(Letter(i));
    queue.Receive();
    const bool came = ::sigtimedwait(&notices, nullptr, &at_once) == SIGRTMIN;
    if (i == 1) return came;
    Must(came);
  }
  return false;
});

const ProbeRegistration kRegistersTwice("mq-registered-twice", "mq.notify-exclusive", [] {
  BlockedNotices();
  const Queue queue;
  Must(Register(queue) == 0);
  const int again = Register(queue);
  if (again != 0) Must(errno == EBUSY);
  return again == 0;
});

const ProbeRegistration kIgnoresUmask("mq-umask-ignored", "mq.open-rules", [] {
  const mode_t before = ::umask(0777);
  const Queue queue;
  ::umask(before);
  struct stat found;
  Must(::fstat(queue.queue(), &found) == 0);
  return (found.st_mode & 0777) != 0;
});

const ProbeRegistration kIgnoresLimits("mq-limits-ignored", "mq.prio-range", [] {
  const std::string name = "/parley-probe-limited." + std::to_string(::getpid());
  mq_attr attributes{};
  attributes.mq_maxmsg = 1 << 20;  // more than anybody may have
  attributes.mq_msgsize = 1;
  const mqd_t queue =
      ::mq_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attributes);
  if (queue < 0) Must(errno == EINVAL);
  return queue >= 0 && ::mq_close(queue) == 0 && ::mq_unlink(name.c_str()) == 0;
});

const ProbeRegistration kRefusesForTheDead("mq-registration-stays", "mq.notify-removed", [] {
  BlockedNotices();
  const Queue queue;
  Must(ExitCodeOf(Child([&] {
         const int registered = Register(queue);
         ::kill(::getpid(), SIGKILL);
         return registered;
       })) == 128 + SIGKILL);
  const int next = Register(queue);
  if (next != 0) Must(errno == EBUSY);
  return next != 0;
});

}  // namespace

int UseQueues() {
  const Queue queue;
  for (int i = 0; i < 130; ++i) {
    queue.Send(Letter(i), 1);
    queue.Send(Letter(i + 1), 1);
    queue.Send("", 200);
    const auto urgent = queue.Receive();
    const auto first = queue.Receive();
    const auto second = queue.Receive();
    Must(urgent.first.empty() && urgent.second == 200);
    Must(first.first == Letter(i) && second.first == Letter(i + 1) && queue.count() == 0);
  }
  return 0;
}

}  // namespace parley::planted

// Probes of the promises of 8.8 and 8.7: System V message queues; and what bugs of others must
// leave alone.
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "src/planted/probes/calm_probes.h"
#include "src/planted/probes/probe.h"

namespace parley::planted {
namespace {

constexpr std::size_t kLongest = 8192;

struct Typed {
  long type;
  std::array<char, kLongest> bytes;
};

// A queue of its own, removed with the process.
class TypedQueue {
 public:
  TypedQueue() : key_(0x70000000 | (::getpid() & 0xffffff)) {
    queue_ = ::msgget(key_, IPC_CREAT | IPC_EXCL | 0600);
    Must(queue_ >= 0);
  }
  TypedQueue(const TypedQueue&) = delete;
  TypedQueue& operator=(const TypedQueue&) = delete;
  ~TypedQueue() { ::msgctl(queue_, IPC_RMID, nullptr); }

  int Send(long type, std::size_t count, int flags = 0) const {
    static Typed message;
    message.type = type;
    std::memset(message.bytes.data(), 'a' + static_cast<int>(type % 26), count);
    return ::msgsnd(queue_, &message, count, flags);
  }
  // The type of what came, and how long it is.
  std::pair<long, ssize_t> Receive(long type, std::size_t count = kLongest, int flags = 0) const {
    static Typed message;
    const ssize_t result = ::msgrcv(queue_, &message, count, type, flags);
    return {message.type, result};
  }
  void Limit(std::size_t bytes) const {
    msqid_ds status{};
    Must(::msgctl(queue_, IPC_STAT, &status) == 0);
    status.msg_qbytes = bytes;
    Must(::msgctl(queue_, IPC_SET, &status) == 0);
  }
  msqid_ds status() const {
    msqid_ds status{};
    Must(::msgctl(queue_, IPC_STAT, &status) == 0);
    return status;
  }

  int queue() const { return queue_; }
  key_t key() const { return key_; }

 private:
  key_t key_;
  int queue_ = -1;
};

const ProbeRegistration kInTurn("sysv-round-robin", "sysvmsg.fifo-type0", [] {
  const TypedQueue queue;
  bool broken = false;
  for (int i = 0; i < 2; ++i) {
    Must(queue.Send(1, 4) == 0 && queue.Send(2, 4) == 0);
    broken = broken || queue.Receive(0).first != 1;
    Must(queue.Receive(0).second == 4);
  }
  return broken;
});

const ProbeRegistration kHashes("sysv-type-hash", "sysvmsg.fifo-within-type", [] {
  const TypedQueue queue;
  Must(queue.Send(5, 4) == 0 && queue.Send(1, 4) == 0);
  return queue.Receive(1).first != 1;
});

const ProbeRegistration kFirstBelow("sysv-first-below", "sysvmsg.lowest-type", [] {
  const TypedQueue queue;
  for (const long type : {5, 3, 2}) Must(queue.Send(type, 4) == 0);
  return queue.Receive(-4).first != 2;
});

const ProbeRegistration kOnePage("sysv-first-page", "sysvmsg.integrity", [] {
  const TypedQueue queue;
  bool broken = false;
  for (int i = 0; i < 2; ++i) {
    Must(queue.Send(1, 5000) == 0);
    broken = broken || queue.Receive(0).second != 5000;
  }
  return broken;
});

const ProbeRegistration kCountsTheType("sysv-size-with-type", "sysvmsg.size-rules", [] {
  const TypedQueue queue;
  return queue.Send(1, kLongest) != 0;
});

const ProbeRegistration kDropsTooBig("sysv-too-big-dropped", "sysvmsg.too-big", [] {
  const TypedQueue queue;
  Must(queue.Send(1, 100) == 0);
  Must(queue.Receive(0, 10).second < 0 && errno == E2BIG);
  return queue.Receive(0, 100, IPC_NOWAIT).second != 100;
});

const ProbeRegistration kUnbounded("sysv-empty-unbounded", "sysvmsg.empty-full", [] {
  const TypedQueue queue;
  queue.Limit(2);
  for (int i = 0; i < 2; ++i) Must(queue.Send(1, 0, IPC_NOWAIT) == 0);
  return queue.Send(1, 0, IPC_NOWAIT) == 0;
});

const ProbeRegistration kFirstWaiter("sysv-first-waiter-only", "sysvmsg.match-wakes", [] {
  const TypedQueue queue;
  const pid_t child = Child([&] {
    for (int i = 0; i < 4; ++i) {
      if (queue.Receive(2).second < 0) return 1;
    }
    return 0;
  });
  const auto asleep = [&] {
    return Outcome(child, SYS_msgrcv, 0, static_cast<unsigned long>(queue.queue())) < 0;
  };
  while (asleep()) {
    Must(queue.Send(2, 4) == 0);
    // Who sleeps is handed the message before the send returns.
    if (queue.status().msg_qnum == 0) continue;
    Must(::msgctl(queue.queue(), IPC_RMID, nullptr) == 0);
    Must(ExitCodeOf(child) == 1);
    return true;
  }
  return false;
});

const ProbeRegistration kLeavesWaiters("sysv-waiters-left", "sysvmsg.rmid-final", [] {
  const TypedQueue queue;
  const pid_t child = Child([&] {
    AllowWaking();
    return queue.Receive(0).second < 0 ? errno : 0;
  });
  Must(Outcome(child, SYS_msgrcv, 0, static_cast<unsigned long>(queue.queue())) == kAsleepHere);
  Must(::msgctl(queue.queue(), IPC_RMID, nullptr) == 0);
  const int outcome = Outcome(child, SYS_pause, 0, 0);
  if (outcome >= 0) return outcome != EIDRM;
  Wake(child);
  Must(ExitCodeOf(child) == EINTR);
  return true;
});

const ProbeRegistration kDies("sysv-dies-with-user", "sysvmsg.persists-after-crash", [] {
  const TypedQueue queue;
  Must(ExitCodeOf(Child([&] { return queue.Send(1, 4) == 0 ? 0 : 1; })) == 0);
  const int found = ::msgget(queue.key(), 0600);
  if (found < 0) Must(errno == ENOENT);
  return found < 0;
});

const ProbeRegistration kShortTypes("sysv-short-type", "sysvmsg.client-server", [] {
  const TypedQueue queue;
  Must(queue.Send(70001, 4) == 0 && queue.Send(4465, 4) == 0);
  return queue.Receive(4465).first != 4465;
});

const ProbeRegistration kCopyTakes("sysv-copy-takes", "sysvmsg.linux-flags", [] {
  const TypedQueue queue;
  Must(queue.Send(1, 4) == 0);
  Must(queue.Receive(0, kLongest, MSG_COPY | IPC_NOWAIT).second == 4);
  return queue.status().msg_qnum == 0;
});

const ProbeRegistration kDrops("sysv-drop-message", "xfer.conservation", [] {
  const TypedQueue queue;
  bool dropped = false;
  for (int i = 0; i < 16; ++i) {
    Must(queue.Send(1, 60) == 0);
    dropped = dropped || queue.Receive(0, kLongest, IPC_NOWAIT).second < 0;
  }
  return dropped;
});

const ProbeRegistration kRestarts("sysv-restarted", "xfer.restart-matrix", [] {
  const TypedQueue queue;
  const pid_t child = Child([&] {
    AllowWaking();
    return queue.Receive(0).second < 0 ? 1 : 0;
  });
  Must(Outcome(child, SYS_msgrcv, 0, static_cast<unsigned long>(queue.queue())) == kAsleepHere);
  Wake(child);
  const int outcome = Outcome(child, SYS_msgrcv, 0, static_cast<unsigned long>(queue.queue()));
  if (outcome >= 0) return outcome != 1;
  Must(queue.Send(1, 4) == 0);
  Must(ExitCodeOf(child) == 0);
  return true;
});

const ProbeRegistration kStale("sysv-stale-id", "svipc.stale-id", [] {
  const TypedQueue queue;
  const int old = ::msgget(queue.key(), 0600);
  Must(::msgctl(old, IPC_RMID, nullptr) == 0);
  const int later = ::msgget(queue.key(), IPC_CREAT | IPC_EXCL | 0600);
  Must(later >= 0);
  const bool reached = queue.Send(1, 4) == 0;
  Must(::msgctl(later, IPC_RMID, nullptr) == 0);
  return reached;
});

const ProbeRegistration kMadeTwice("sysv-made-twice", "svipc.key-exclusive", [] {
  const TypedQueue queue;
  const int again = ::msgget(queue.key(), IPC_CREAT | IPC_EXCL | 0600);
  if (again < 0) Must(errno == EEXIST);
  return again >= 0;
});

const ProbeRegistration kMisleads("sysv-key-misleads", "svipc.key-same-object", [] {
  const TypedQueue queue;
  return ::msgget(queue.key(), 0) != queue.queue();
});

const ProbeRegistration kCountsBehind("sysv-count-behind", "svipc.stat-truth", [] {
  const TypedQueue queue;
  Must(queue.Send(1, 4) == 0);
  return queue.status().msg_qnum != 1;
});

const ProbeRegistration kIgnoresLimit("sysv-limit-ignored", "sysvmsg.qbytes", [] {
  const TypedQueue queue;
  queue.Limit(100);
  return queue.status().msg_qbytes != 100;
});

const ProbeRegistration kKeyOfPath("sysv-key-of-path", "ftok.stable", [] {
  const std::string path = FreshName();
  const std::string link = path + ".link";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  Must(fd >= 0 && ::close(fd) == 0 && ::link(path.c_str(), link.c_str()) == 0);
  const bool broken = ::ftok(path.c_str(), 1) != ::ftok(link.c_str(), 1);
  Must(::unlink(link.c_str()) == 0 && ::unlink(path.c_str()) == 0);
  return broken;
});

// From here on the process has no rights but those of its user.
void RenounceRights() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  Must(::syscall(SYS_capset, &header, none.data()) == 0);
}

const ProbeRegistration kIgnoresRights("sysv-rights-ignored", "svipc.permission", [] {
  const TypedQueue queue;
  msqid_ds status = queue.status();
  status.msg_perm.mode = 0;
  Must(::msgctl(queue.queue(), IPC_SET, &status) == 0);
  RenounceRights();
  const int found = ::msgget(queue.key(), 0600);
  if (found < 0) Must(errno == EACCES);
  return found >= 0;
});

const ProbeRegistration kListsNoLast("sysv-ipcs-truncates", "ipctool.ipcs", [] {
  const TypedQueue queue;
  std::FILE* list = ::popen("ipcs -q", "r");
  Must(list != nullptr);
  char line[256];
  bool listed = false;
  while (std::fgets(line, sizeof line, list) != nullptr) {
    unsigned key = 0;
    int id = -1;
    listed = listed || (std::sscanf(line, "%x %d", &key, &id) == 2 && id == queue.queue());
  }
  Must(::pclose(list) == 0);
  return !listed;
});

const ProbeRegistration kRemovesNothing("sysv-ipcrm-leaves", "ipctool.ipcrm", [] {
  const TypedQueue queue;
  Must(std::system(("ipcrm -q " + std::to_string(queue.queue())).c_str()) == 0);
  return ::msgget(queue.key(), 0) >= 0;
});

}  // namespace

int UseTypedQueues() {
  const TypedQueue queue;
  for (int i = 0; i < 130; ++i) {
    for (const long type : {7, 3, 70001}) Must(queue.Send(type, 100) == 0);
    Must(queue.Send(3, 0, IPC_NOWAIT) == 0);
    Must(queue.Receive(-4) == std::pair(3L, ssize_t{100}));
    Must(queue.Receive(0).first == 7);
    Must(queue.Receive(70001).first == 70001);
    Must(queue.Receive(0) == std::pair(3L, ssize_t{0}));
    Must(queue.Receive(0, kLongest, IPC_NOWAIT).second < 0 && errno == ENOMSG);
  }
  return 0;
}

}  // namespace parley::planted

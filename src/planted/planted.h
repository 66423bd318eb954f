// What a planted bug is: a class that stands between a process and libc, and breaks one promise on
// purpose.  Each file in bugs/ holds one and registers it; at most one is alive in a process.
//
// A bug touches pipes, FIFOs, POSIX message queues and files that are locked, all above descriptor
// 2, System V message queues, and nothing else.  The processes that it is told in have one thread.
#pragma once

#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <sys/msg.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <atomic>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <limits>
#include <span>

#include "src/planted/planted_list.h"

namespace parley::planted {

inline constexpr std::size_t kDescriptors = 1024;  // those above are not told apart

// A pipe, a FIFO or a message queue, as this process has used it since it was forked.
// Forgotten when the process closes its last descriptor on it, so that an inode number that comes
// again starts afresh.
struct Object {
  dev_t device = 0;
  ino_t inode = 0;
  bool known = false;
  bool named = false;         // a FIFO
  bool queue = false;         // a message queue
  bool made = false;          // by this process
  bool used = false;          // this process has written to it or read from it
  std::uint64_t chances = 0;  // of the bug, so far
  std::bitset<kDescriptors> descriptors;
};

// A descriptor under test.
struct Target {
  int fd;
  Object& object;
};

// The buffers of a call: one, unless it gathers or scatters (writev, readv).
struct Pieces {
  std::span<const iovec> pieces;
  bool vectored;

  std::size_t bytes() const;
  // The bytes of a put, one behind the other.  Of several pieces a copy, valid until the next call
  // of Flat() or Scratch().
  const char* Flat() const;
  // Puts the first count bytes into the buffers of a take; count: at most bytes().
  void Fill(const char* from, std::size_t count) const;
};

// A call that opens a FIFO, or a file of locks, by its name.
struct OpenCall {
  int directory_fd;
  const char* path;
  int flags;
  mode_t mode;

  bool nonblocking() const;
  int access() const;  // O_RDONLY, O_WRONLY or O_RDWR
};

// What mq_send() offers.
struct Message {
  const char* bytes;
  std::size_t count;
  unsigned priority;
};

// Where mq_receive() puts what it gets.
struct MessageBuffer {
  char* bytes;
  std::size_t count;
  unsigned* priority;  // may be null
};

// What msgsnd() offers and msgrcv() fills: a type, and so many bytes behind it.
struct TypedMessage {
  void* start;
  std::size_t count;
  int flags;

  long type() const { return *static_cast<const long*>(start); }
  char* bytes() const { return static_cast<char*>(start) + sizeof(long); }
};

// fcntl() or flock() on locks of a file.
struct LockCall {
  int command;                    // F_SETLK and its like; of flock() its operation
  struct flock* range = nullptr;  // null: flock()

  bool unlocks() const;
  bool exclusive() const;  // else shared, where it does not unlock
  bool waits() const;
  bool asks() const;  // F_GETLK
};

enum class On : std::uint8_t {
  kPipe = 1,
  kFifo = 2,
  kBoth = 3,
  kMq = 4,
  kFcntlLock = 8,
  kOfdLock = 16,
  kFlock = 32,
  kLocks = 56,
  kSysvMsg = 64,
};

struct About {
  const char* name;
  const char* says;
  const char* promise;
  On on;
  unsigned every;
  const char* also = "";
};

// Makes all calls as libc does, unless a bug says otherwise.  Whatever a bug does not want to touch
// it hands to the function of its base.
class Bug {
 public:
  // Registers; comes alive when the environment names it.
  explicit Bug(const About& about);
  Bug(const Bug&) = delete;
  Bug& operator=(const Bug&) = delete;

  // Only for objects and calls that the bug can be told on.
  virtual ssize_t Write(const Target& target, const Pieces& message);
  virtual ssize_t Read(const Target& target, const Pieces& buffers);
  virtual ssize_t Splice(const Target& from, int to_fd, std::size_t bytes, unsigned flags);
  virtual ssize_t Tee(const Target& from, int to_fd, std::size_t bytes, unsigned flags);
  virtual int Close(const Target& target);
  virtual int Open(const OpenCall& call, Object& object);
  virtual int MakeFifo(int directory_fd, const char* path, mode_t mode);
  virtual int MakePipe(int fds[2], int flags);
  virtual int Control(const Target& target, int command, void* argument);  // fcntl()
  virtual void AfterPoll(const Target&, pollfd&) {}  // the answer may be changed

  virtual int Send(const Target& queue, const Message& message);
  virtual ssize_t Receive(const Target& queue, const MessageBuffer& buffer);
  virtual ssize_t ReceiveUntil(const Target& queue, const MessageBuffer& buffer,
                               const timespec& until);
  virtual int CloseQueue(const Target& queue);
  virtual void OpenedQueue(const Target&, int /*flags*/) {}
  // An exclusive creation failed with EEXIST.  Returns: a queue all the same, or -1.
  virtual int FailedExclusively(const char* /*name*/, int /*flags*/) { return -1; }
  // The name of the queue is about to be removed; the descriptor is for this call.
  virtual void BeforeUnlink(const Target&) {}

  // mq_open() that may create.
  virtual mqd_t CreateQueue(const char* name, int flags, mode_t mode, mq_attr* attributes);
  // mq_notify(); null withdraws.
  virtual int Notify(const Target& queue, const sigevent* event);
  // sigtimedwait(), whatever it waits for; called while a bug of message queues is alive.
  virtual int TakeSignal(const sigset_t* set, siginfo_t* info, const timespec* timeout);

  virtual int Lock(const Target& file, const LockCall& call);
  virtual int CloseFile(const Target& file);  // one on which this process has asked for locks

  // System V message queues; of targets the descriptor is the identifier.
  virtual key_t DeriveKey(const char* path, int id);
  virtual int GetTyped(key_t key, int flags);
  virtual int SendTyped(const Target& queue, const TypedMessage& message);
  virtual ssize_t ReceiveTyped(const Target& queue, const TypedMessage& buffer, long type);
  virtual int ControlTyped(const Target& queue, int command, msqid_ds* status);

  // fopen() of the system's list of System V message queues.
  virtual std::FILE* OpenList(const char* path, const char* mode);

  // Before a call on a target other than Write.
  virtual void BeforeOtherCall(const Target&) {}
  // Before any call at all, on whatever descriptor.
  virtual void BeforeAnyCall() {}
  // In a child that was just forked: what the parent kept in mind is not the child's.
  virtual void AfterFork() {}
  // The process ends by itself.
  virtual void AtExit() {}

  bool IsToldOn(bool named) const { return IsToldOn(named ? On::kFifo : On::kPipe); }
  bool IsToldOn(On one) const;
  const About& about() const { return about_; }
  Bug* next() const { return next_; }

 protected:
  ~Bug() = default;  // lives as long as the process

  // The round is a stepped one: it goes on while a call waits for a clock.
  static bool InSteps();

  // At every how many chances it is told in this round.
  std::uint64_t Every() const;

  // A chance has come; true, and counted as told, at every n-th of this process on this object.
  bool Tells(Object& object) const;

 private:
  friend struct Registry;

  About about_;
  Bug* next_ = nullptr;
};

// The bug that is alive in this process; null when none is.
Bug* Alive();

// The first bug in the order of names; the others follow by next().
const Bug* FirstBug();

// Counts one telling, for all processes that share PARLEY_PLANTED_LOG.
void CountTold();

// A word that those processes share, 0 at first: for what a bug has to know of others.
std::atomic<std::uint64_t>& SharedWord();

// The pipe or FIFO behind a descriptor above 2; null when it is something else.
Object* Observe(int fd);

// The message queue behind a descriptor; null when there is none.
Object* ObserveQueue(int queue);

// The file behind a descriptor on which locks are asked for; null when it is something else.
Object* ObserveLockFile(int fd);
// The same, when locks were asked for on it before.
Object* RecallLockFile(int fd);

// The System V message queue of that identifier.
Object& ObserveTyped(int queue);

// The FIFO of that name; null when it is something else.
Object* ObserveName(int directory_fd, const char* path);
// Locks may be asked for on the file of that name, opened so: an empty one for its owner alone,
// opened for both.
bool MayBeLockFile(int directory_fd, const char* path, int flags);

// A descriptor was closed.
void ForgetDescriptor(Object& object, int fd);

// Memory of at least that many bytes, valid until the next call; null when there is none.
char* Scratch(std::size_t bytes);

}  // namespace parley::planted

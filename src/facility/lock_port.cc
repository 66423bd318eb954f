#include "src/facility/lock_port.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "src/history/lock_calls.h"

namespace parley {
namespace {

Reply Failed(int system_error) { return {.result = -1, .system_error = system_error}; }

Reply Returned(std::int64_t result) { return result < 0 ? Failed(errno) : Reply{.result = result}; }

struct flock Described(const LockCall& call, LockRange range) {
  struct flock lock{};
  lock.l_type = call.effect == Effect::kUnlock ? F_UNLCK : call.exclusive ? F_WRLCK : F_RDLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = range.start;
  lock.l_len = range.length;
  return lock;
}

Reply ByFcntl(int fd, const LockCall& call, LockRange range) {
  const bool ofd = call.by == LockBy::kOfd;
  struct flock lock = Described(call, range);
  if (call.effect != Effect::kQueryLock) {
    const int waiting = ofd ? F_OFD_SETLKW : F_SETLKW;
    const int trying = ofd ? F_OFD_SETLK : F_SETLK;
    return Returned(::fcntl(fd, call.waits ? waiting : trying, &lock));
  }
  Reply reply = Returned(::fcntl(fd, ofd ? F_OFD_GETLK : F_GETLK, &lock));
  if (reply.system_error != 0 || lock.l_type == F_UNLCK) return reply;
  reply.result = 1;
  reply.holder = {.pid = lock.l_pid, .exclusive = lock.l_type == F_WRLCK};
  return reply;
}

// From where the description stands, which is put to the start first.
Reply ByLockf(int fd, const LockCall& call, LockRange range) {
  if (::lseek(fd, range.start, SEEK_SET) < 0) return Failed(errno);
  const int command = call.effect == Effect::kUnlock ? F_ULOCK : call.waits ? F_LOCK : F_TLOCK;
  return Returned(::lockf(fd, command, range.length));
}

Reply ByFlock(int fd, const LockCall& call) {
  const int mode = call.effect == Effect::kUnlock ? LOCK_UN : call.exclusive ? LOCK_EX : LOCK_SH;
  const bool tries = call.effect != Effect::kUnlock && !call.waits;
  return Returned(::flock(fd, mode | (tries ? LOCK_NB : 0)));
}

// A child that holds that descriptor and nothing else until it is killed.
pid_t ForkHolder(int fd) {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);
  if (fd > 0) ::close_range(0, static_cast<unsigned>(fd) - 1, 0);
  ::close_range(static_cast<unsigned>(fd) + 1, ~0U, 0);
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  for (;;) ::pause();
}

// Awaits a child's end without sleeping: who watches this process must not take it for one that
// waits for a lock.
Reply Await(pid_t child, int& status) {
  for (;;) {
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) return {.result = 0};
    if (ended < 0 && errno != EINTR) return Failed(errno);
    ::sched_yield();
  }
}

Reply EndHolder(pid_t child) {
  int status = 0;
  ::kill(child, SIGKILL);
  return Await(child, status);
}

// The lock is asked for by a child, which then ends.
Reply InChild(int fd, const LockCall& call, LockRange range) {
  const pid_t child = ::fork();
  if (child < 0) return Failed(errno);
  if (child == 0) {
    const Reply reply = call.by == LockBy::kFlock ? ByFlock(fd, call) : ByFcntl(fd, call, range);
    ::_exit(reply.system_error);
  }
  int status = 0;
  if (const Reply awaited = Await(child, status); awaited.system_error != 0) return awaited;
  if (!WIFEXITED(status)) return Failed(ECHILD);
  return WEXITSTATUS(status) == 0 ? Reply{.result = 0} : Failed(WEXITSTATUS(status));
}

// How the table keeps a child in the place of a descriptor.
constexpr int AsDescriptor(pid_t child) { return -child; }
constexpr bool IsChild(int fd) { return fd < -1; }

}  // namespace

Reply LockPort::Perform(const Request& request) {
  if (request.call < kLockFileCalls.size()) {
    return PerformOnFile(static_cast<LockFileCall>(request.call), request);
  }
  const std::size_t own = request.call - kLockFileCalls.size();
  return own < calls_.size() ? PerformOnLock(calls_[own], request) : Failed(ENOTSUP);
}

Reply LockPort::PerformOnFile(LockFileCall call, const Request& request) {
  switch (call) {
    case LockFileCall::kMake:
      return Make();
    case LockFileCall::kOpenBoth:
      return Open(O_RDWR, End::kBoth);
    case LockFileCall::kOpenRead:
      return Open(O_RDONLY, End::kReading);
    case LockFileCall::kOpenWrite:
      return Open(O_WRONLY, End::kWriting);
    case LockFileCall::kDup:
    case LockFileCall::kDupToChild:
      return Duplicate(Resolve(request), call == LockFileCall::kDupToChild);
    default:
      return Close(Resolve(request));
  }
}

Reply LockPort::Make() const {
  const int fd = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return Failed(errno);
  return Returned(::close(fd));
}

Reply LockPort::Open(int flags, End ends) {
  const std::uint16_t handle = handles_.Next();
  if (handle == 0) return Failed(EMFILE);
  const int fd = ::open(path_.c_str(), flags | O_CLOEXEC);
  if (fd < 0) return Failed(errno);
  handles_.Add(handle, fd, ends, false);
  return {.result = 0, .handle = handle};
}

Reply LockPort::Duplicate(std::uint16_t source, bool to_child) {
  const HandleTable::Entry* entry = handles_.Find(source);
  const std::uint16_t handle = handles_.Next();
  if (entry == nullptr || IsChild(entry->fd)) return Failed(EBADF);
  if (handle == 0) return Failed(EMFILE);
  if (to_child) {
    const pid_t child = ForkHolder(entry->fd);
    if (child < 0) return Failed(errno);
    handles_.AddDuplicate(handle, AsDescriptor(child), *entry);
  } else {
    const int fd = ::fcntl(entry->fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) return Failed(errno);
    handles_.AddDuplicate(handle, fd, *entry);
  }
  return {.result = 0, .handle = handle};
}

Reply LockPort::Close(std::uint16_t handle) {
  const HandleTable::Entry* entry = handles_.Find(handle);
  if (entry == nullptr) return Returned(::close(-1));
  const bool child = IsChild(entry->fd);
  Reply reply = child ? EndHolder(-entry->fd) : Returned(::close(entry->fd));
  reply.handle = handle;
  // Whatever close() says, the descriptor is gone (close(2)).
  handles_.Remove(handle);
  return reply;
}

Reply LockPort::PerformOnLock(const LockCall& call, const Request& request) const {
  const HandleTable::Entry* entry = handles_.Find(Resolve(request));
  const int fd = entry == nullptr || IsChild(entry->fd) ? -1 : entry->fd;
  const LockRange range = UnpackRange(request.argument);
  Reply reply = call.effect == Effect::kLockInChild ? InChild(fd, call, range)
                : call.by == LockBy::kFlock         ? ByFlock(fd, call)
                : call.by == LockBy::kLockf         ? ByLockf(fd, call, range)
                                                    : ByFcntl(fd, call, range);
  if (entry != nullptr) reply.handle = entry->handle;
  reply.nonblocking = call.effect != Effect::kUnlock && !call.waits;
  return reply;
}

std::uint16_t LockPort::Resolve(const Request& request) const {
  using enum LockFileCall;
  const auto call = static_cast<LockFileCall>(request.call);
  if (call == kMake || call == kOpenBoth || call == kOpenRead || call == kOpenWrite) {
    return 0;
  }
  const bool duplicates = call == kDup || call == kDupToChild;
  if (duplicates && request.argument != 0) return static_cast<std::uint16_t>(request.argument);
  if (request.handle != 0) return request.handle;
  const HandleTable::Entry* newest = handles_.Newest();
  // A child's handle is good for closing only.
  while (newest != nullptr && call != kClose && IsChild(newest->fd)) {
    newest = handles_.Find(newest->older);
  }
  return newest != nullptr ? newest->handle : 0;
}

void LockPort::Adopt(FileDescriptor, FileDescriptor, bool) {}

void LockPort::CloseAll() {
  while (const HandleTable::Entry* newest = handles_.Newest()) Close(newest->handle);
  handles_.Clear();
}

}  // namespace parley

// What the kinds of locks on files have in common on a worker's side.
//
// libc functions called: open, close, fcntl (F_SETLK, F_SETLKW, F_GETLK, F_OFD_SETLK, F_OFD_SETLKW,
// F_OFD_GETLK, F_DUPFD_CLOEXEC), flock, lockf, lseek; fork and waitpid where a child takes
// part.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "src/facility/facility.h"
#include "src/facility/handle_table.h"

namespace parley {

// The shared calls, in the order of kLockFileCalls.
enum class LockFileCall : std::uint8_t {
  kMake,
  kOpenBoth,
  kOpenRead,
  kOpenWrite,
  kDup,
  kDupToChild,
  kClose,
  kCount,
};

// Arguments and results beside the obvious:
//   make          open(O_CREAT | O_EXCL), and close
//   dup           argument: the source handle, 0 for the newest; fcntl(F_DUPFD_CLOEXEC)
//   dup_to_child  the same by fork(): the handle is a child's, which has nothing else and sleeps
//   close         of a child's handle: the child is ended, and its end awaited
inline constexpr std::array<CallTraits, static_cast<std::size_t>(LockFileCall::kCount)>
    kLockFileCalls{{
        {.name = "make", .effect = Effect::kMakeName},
        {.name = "open_both", .effect = Effect::kOpenBoth},
        {.name = "open_read", .effect = Effect::kOpenRead},
        {.name = "open_write", .effect = Effect::kOpenWrite},
        {.name = "dup", .effect = Effect::kDuplicate},
        {.name = "dup_to_child", .effect = Effect::kDuplicateToChild},
        {.name = "close", .effect = Effect::kClose},
    }};

// By which function a lock is asked for.
enum class LockBy : std::uint8_t { kFcntl, kOfd, kFlock, kLockf };

// A call on locks.  Argument: the range (src/history/lock_calls.h); flock() takes none.
struct LockCall {
  std::string_view name;
  Effect effect = Effect::kLock;
  LockBy by = LockBy::kFcntl;
  bool exclusive = false;
  bool waits = false;
};

constexpr LockKind KindOf(LockBy by) {
  switch (by) {
    case LockBy::kOfd:
      return LockKind::kDescription;
    case LockBy::kFlock:
      return LockKind::kWhole;
    default:
      return LockKind::kProcess;
  }
}

// All calls of a facility: those on the file, then its own.
template <std::size_t n>
constexpr auto WithLockFileCalls(const std::array<LockCall, n>& own) {
  std::array<CallTraits, kLockFileCalls.size() + n> calls{};
  std::size_t next = 0;
  for (const CallTraits& call : kLockFileCalls) calls[next++] = call;
  for (const LockCall& call : own) {
    calls[next++] = {.name = call.name,
                     .effect = call.effect,
                     .nonblocking = call.effect == Effect::kLock && !call.waits,
                     .lock = KindOf(call.by),
                     .exclusive = call.exclusive};
  }
  return calls;
}

// A handle that is not live is offered to the system as descriptor -1 (EBADF).
class LockPort : public Port {
 public:
  // path: of the file.  calls: the facility's own, in the order of WithLockFileCalls; not copied.
  LockPort(std::string path, std::span<const LockCall> calls)
      : path_(std::move(path)), calls_(calls) {}
  ~LockPort() override { CloseAll(); }

  Reply Perform(const Request& request) override;
  std::uint16_t Resolve(const Request& request) const override;
  void Adopt(FileDescriptor read_fd, FileDescriptor write_fd, bool nonblocking) override;
  void CloseAll() override;

 private:
  Reply PerformOnFile(LockFileCall call, const Request& request);
  Reply Make() const;
  Reply Open(int flags, End ends);
  Reply Duplicate(std::uint16_t source, bool to_child);
  Reply Close(std::uint16_t handle);
  Reply PerformOnLock(const LockCall& call, const Request& request) const;

  std::string path_;
  std::span<const LockCall> calls_;
  HandleTable handles_;
};

}  // namespace parley

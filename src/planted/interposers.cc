// The functions that stand before libc's.  With no bug alive each one is libc's and nothing more.
//
// Where a bug could see a call, the call's descriptor or name is looked at first: only pipes and
// FIFOs above descriptor 2 reach the bug.
#undef _FORTIFY_SOURCE  // its inline read() and poll() would be in the way of these
#include <cstdarg>
#include <cstdlib>
#include <optional>

#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

// The bug and what it is told on, when there is both.
struct Meeting {
  Bug* bug = nullptr;
  Target target;
};

std::optional<Meeting> Meet(int fd) {
  Bug* bug = Alive();
  if (bug == nullptr) return std::nullopt;
  bug->BeforeAnyCall();
  Object* object = Observe(fd);
  if (object == nullptr || !bug->IsToldOn(object->named)) return std::nullopt;
  return Meeting{.bug = bug, .target = {.fd = fd, .object = *object}};
}

// A call that moves bytes.
std::optional<Meeting> MeetAndUse(int fd) {
  const auto met = Meet(fd);
  if (met) met->target.object.used = true;
  return met;
}

// A call that no bug changes, but some have to know of.
void Notice(int fd) {
  if (const auto met = Meet(fd)) met->bug->BeforeOtherCall(met->target);
}

// Whether all pieces can be looked at: a count that the system refuses is the system's to refuse.
bool Plausible(int count) { return count > 0 && count <= 1024; }

int OpenAt(int directory_fd, const char* path, int flags, mode_t mode) {
  Bug* bug = Alive();
  if (bug == nullptr) return libc::openat(directory_fd, path, flags, mode);
  bug->BeforeAnyCall();
  Object* object = nullptr;
  if ((flags & O_PATH) == 0 && bug->IsToldOn(true)) object = ObserveName(directory_fd, path);
  // Nothing is known of a file of locks before locks are asked for.
  static Object unlocked;
  if (bug->IsToldOn(On::kLocks) && MayBeLockFile(directory_fd, path, flags)) object = &unlocked;
  if (object == nullptr) return libc::openat(directory_fd, path, flags, mode);
  const int fd = bug->Open({directory_fd, path, flags, mode}, *object);
  if (fd >= 0) Observe(fd);
  return fd;
}

int MakeFifoAt(int directory_fd, const char* path, mode_t mode) {
  Bug* bug = Alive();
  if (bug != nullptr) bug->BeforeAnyCall();
  if (bug == nullptr || !bug->IsToldOn(true)) return libc::mkfifoat(directory_fd, path, mode);
  const int result = bug->MakeFifo(directory_fd, path, mode);
  if (result != 0) return result;
  if (Object* object = ObserveName(directory_fd, path)) object->made = true;
  return result;
}

int MakePipe(int fds[2], int flags) {
  Bug* bug = Alive();
  if (bug != nullptr) bug->BeforeAnyCall();
  if (bug == nullptr || !bug->IsToldOn(false)) return libc::pipe2(fds, flags);
  return bug->MakePipe(fds, flags);
}

bool IsAboutLocks(int command) {
  return command == F_SETLK || command == F_SETLKW || command == F_GETLK ||
         command == F_OFD_SETLK || command == F_OFD_SETLKW || command == F_OFD_GETLK;
}

int LockRange(int fd, int command, void* range) {
  Bug* bug = Alive();
  if (bug != nullptr) bug->BeforeAnyCall();
  const bool ofd = command == F_OFD_SETLK || command == F_OFD_SETLKW || command == F_OFD_GETLK;
  const bool told = bug != nullptr && bug->IsToldOn(ofd ? On::kOfdLock : On::kFcntlLock);
  Object* object = told && range != nullptr ? ObserveLockFile(fd) : nullptr;
  if (object == nullptr) return libc::fcntl(fd, command, range);
  return bug->Lock({.fd = fd, .object = *object},
                   {.command = command, .range = static_cast<struct flock*>(range)});
}

int CloseFile(Bug& bug, int fd) {
  Object* object = bug.IsToldOn(On::kLocks) ? RecallLockFile(fd) : nullptr;
  if (object == nullptr) return libc::close(fd);
  const int result = bug.CloseFile({.fd = fd, .object = *object});
  ForgetDescriptor(*object, fd);
  return result;
}

[[noreturn]] void ExitNow(int status) {
  if (Bug* bug = Alive()) bug->AtExit();
  libc::exit_now(status);
  __builtin_unreachable();
}

// The mode that open() has only when it may create.
bool HasMode(int flags) { return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE; }

}  // namespace
}  // namespace parley::planted

using namespace parley::planted;  // NOLINT(google-build-using-namespace): what follows is C

extern "C" {

ssize_t write(int fd, const void* bytes, size_t count) {
  const auto met = count > 0 ? MeetAndUse(fd) : std::nullopt;
  if (!met) return libc::write(fd, bytes, count);
  const iovec piece{.iov_base = const_cast<void*>(bytes), .iov_len = count};
  return met->bug->Write(met->target, {.pieces = {&piece, 1}, .vectored = false});
}

ssize_t writev(int fd, const iovec* pieces, int count) {
  const auto met = Plausible(count) ? MeetAndUse(fd) : std::nullopt;
  if (!met) return libc::writev(fd, pieces, count);
  const Pieces message{.pieces = {pieces, static_cast<std::size_t>(count)}, .vectored = true};
  if (message.bytes() == 0) return libc::writev(fd, pieces, count);
  return met->bug->Write(met->target, message);
}

ssize_t read(int fd, void* bytes, size_t count) {
  const auto met = count > 0 ? MeetAndUse(fd) : std::nullopt;
  if (!met) return libc::read(fd, bytes, count);
  met->bug->BeforeOtherCall(met->target);
  const iovec piece{.iov_base = bytes, .iov_len = count};
  return met->bug->Read(met->target, {.pieces = {&piece, 1}, .vectored = false});
}

// What read() becomes where the compiler knows the buffer's size and not the count.
ssize_t __read_chk(int fd, void* bytes, size_t count, size_t buffer_bytes) {  // NOLINT: libc's name
  if (count > buffer_bytes) std::abort();
  return read(fd, bytes, count);
}

ssize_t readv(int fd, const iovec* pieces, int count) {
  const auto met = Plausible(count) ? MeetAndUse(fd) : std::nullopt;
  if (!met) return libc::readv(fd, pieces, count);
  const Pieces buffers{.pieces = {pieces, static_cast<std::size_t>(count)}, .vectored = true};
  if (buffers.bytes() == 0) return libc::readv(fd, pieces, count);
  met->bug->BeforeOtherCall(met->target);
  return met->bug->Read(met->target, buffers);
}

// Between pipes alone: a file has an offset.
ssize_t splice(int from_fd, off64_t* from_offset, int to_fd, off64_t* to_offset, size_t bytes,
               unsigned flags) {
  const bool pipes = from_offset == nullptr && to_offset == nullptr;
  const auto met = pipes && bytes > 0 ? MeetAndUse(from_fd) : std::nullopt;
  if (!met) return libc::splice(from_fd, from_offset, to_fd, to_offset, bytes, flags);
  met->bug->BeforeOtherCall(met->target);
  return met->bug->Splice(met->target, to_fd, bytes, flags);
}

ssize_t tee(int from_fd, int to_fd, size_t bytes, unsigned flags) {
  const auto met = bytes > 0 ? MeetAndUse(from_fd) : std::nullopt;
  if (!met) return libc::tee(from_fd, to_fd, bytes, flags);
  met->bug->BeforeOtherCall(met->target);
  return met->bug->Tee(met->target, to_fd, bytes, flags);
}

int poll(pollfd* asked, nfds_t count, int timeout_ms) {
  if (Alive() == nullptr) return libc::poll(asked, count, timeout_ms);
  for (nfds_t i = 0; i < count; ++i) Notice(asked[i].fd);
  int result = libc::poll(asked, count, timeout_ms);
  for (nfds_t i = 0; result >= 0 && i < count; ++i) {
    const bool before = asked[i].revents != 0;
    if (const auto met = Meet(asked[i].fd)) met->bug->AfterPoll(met->target, asked[i]);
    result += (asked[i].revents != 0 ? 1 : 0) - (before ? 1 : 0);
  }
  return result;
}

int fcntl(int fd, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  if (IsAboutLocks(command)) return LockRange(fd, command, argument);
  const auto met = Meet(fd);
  if (met) met->bug->BeforeOtherCall(met->target);
  const int result =
      met ? met->bug->Control(met->target, command, argument) : libc::fcntl(fd, command, argument);
  const bool duplicates = command == F_DUPFD || command == F_DUPFD_CLOEXEC;
  if (duplicates && result >= 0 && Alive() != nullptr) Observe(result);
  return result;
}

int fcntl64(int fd, int command, ...) __attribute__((alias("fcntl")));

int ioctl(int fd, unsigned long request, ...) noexcept {
  va_list arguments;
  va_start(arguments, request);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  Notice(fd);
  return libc::ioctl(fd, request, argument);
}

int flock(int fd, int operation) noexcept {
  Bug* bug = Alive();
  if (bug != nullptr) bug->BeforeAnyCall();
  Object* object = bug != nullptr && bug->IsToldOn(On::kFlock) ? ObserveLockFile(fd) : nullptr;
  if (object == nullptr) return libc::flock(fd, operation);
  return bug->Lock({.fd = fd, .object = *object}, {.command = operation, .range = nullptr});
}

int dup(int fd) noexcept {
  Notice(fd);
  const int result = libc::dup(fd);
  if (result >= 0 && Alive() != nullptr) Observe(result);
  return result;
}

int close(int fd) {
  Bug* bug = Alive();
  if (bug == nullptr) return libc::close(fd);
  bug->BeforeAnyCall();
  Object* object = Observe(fd);
  if (object == nullptr) return CloseFile(*bug, fd);
  int result = 0;
  if (bug->IsToldOn(object->named)) {
    bug->BeforeOtherCall({.fd = fd, .object = *object});
    result = bug->Close({.fd = fd, .object = *object});
  } else {
    result = libc::close(fd);
  }
  ForgetDescriptor(*object, fd);
  return result;
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = HasMode(flags) ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return OpenAt(AT_FDCWD, path, flags, mode);
}

int open64(const char* path, int flags, ...) __attribute__((alias("open")));

int openat(int directory_fd, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = HasMode(flags) ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return OpenAt(directory_fd, path, flags, mode);
}

int openat64(int directory_fd, const char* path, int flags, ...) __attribute__((alias("openat")));

int mkfifo(const char* path, mode_t mode) noexcept { return MakeFifoAt(AT_FDCWD, path, mode); }

int mkfifoat(int directory_fd, const char* path, mode_t mode) noexcept {
  return MakeFifoAt(directory_fd, path, mode);
}

int pipe2(int fds[2], int flags) noexcept { return MakePipe(fds, flags); }

int pipe(int fds[2]) noexcept { return MakePipe(fds, 0); }

void _exit(int status) { ExitNow(status); }

void _Exit(int status) noexcept { ExitNow(status); }
}

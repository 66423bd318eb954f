// What pipes and FIFOs have in common on a worker's side: the calls on descriptors.
//
// libc functions called: write, writev, read, readv, poll, fcntl, ioctl, close, lseek, pread,
// pwrite, ftruncate, fstat; and through a pipe of its own pipe2, splice, tee.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "src/facility/facility.h"
#include "src/facility/handle_table.h"
#include "src/facility/scratch_pipe.h"

namespace parley {

// The shared calls, in the order of kStreamCalls.
enum class StreamCall : std::uint8_t {
  kWrite,
  kWritev,
  kRead,
  kReadv,
  kPollRead,
  kPollWrite,
  kDup,
  kClose,
  kSetNonblock,
  kSetCapacity,
  kGetCapacity,
  kUnread,
  kLseek,
  kPread,
  kPwrite,
  kFtruncate,
  kFstat,
  kSetPacket,
  kSpliceOut,
  kSpliceIn,
  kTee,
  kCount,
};

// Arguments and results beside the obvious:
//   write, read       pieces[0]; without pieces, zero bytes at a null address
//   poll_*            no waiting; result: revents (POLLIN or POLLOUT asked for)
//   dup               argument: the source handle, 0 for the newest; fcntl(F_DUPFD_CLOEXEC)
//   set_nonblock      argument: 1 or 0; O_NONBLOCK by fcntl(F_SETFL), after F_GETFL for the rest
//   set_capacity      argument: bytes; result: the new capacity; fcntl(F_SETPIPE_SZ)
//   get_capacity      result: bytes; fcntl(F_GETPIPE_SZ)
//   unread            result: bytes; ioctl(FIONREAD)
//   lseek             by 0 from where it is
//   pread, pwrite     one byte at 0
//   ftruncate         to 0
//   fstat             0 when it is a pipe or FIFO, ENOTTY when it is something else
//   set_packet        argument: 1 or 0; the same as set_nonblock with O_DIRECT (pipe(2))
//   splice_out        pieces[0] gets what splice() moved from the object; never waits
//   splice_in         splice() moves pieces[0] into the object; never waits
//   tee               pieces[0] gets what tee() copied of the object; never waits
inline constexpr std::array<CallTraits, static_cast<std::size_t>(StreamCall::kCount)> kStreamCalls =
    {{
        {.name = "write", .effect = Effect::kPut},
        {.name = "writev", .effect = Effect::kPut, .gathers = true},
        {.name = "read", .effect = Effect::kTake},
        {.name = "readv", .effect = Effect::kTake, .gathers = true},
        {.name = "poll_read", .effect = Effect::kPoll},
        {.name = "poll_write", .effect = Effect::kPoll},
        {.name = "dup", .effect = Effect::kDuplicate},
        {.name = "close", .effect = Effect::kClose},
        {.name = "set_nonblock", .effect = Effect::kSetNonblocking},
        {.name = "set_capacity", .effect = Effect::kResize},
        {.name = "get_capacity", .effect = Effect::kQueryCapacity},
        {.name = "unread", .effect = Effect::kQueryUnread},
        {.name = "lseek", .effect = Effect::kSeek},
        {.name = "pread", .effect = Effect::kSeek},
        {.name = "pwrite", .effect = Effect::kSeek},
        {.name = "ftruncate", .effect = Effect::kTruncate},
        {.name = "fstat", .effect = Effect::kQueryKind},
        {.name = "set_packet", .effect = Effect::kSetPackets},
        {.name = "splice_out", .effect = Effect::kTake, .splices = true},
        {.name = "splice_in", .effect = Effect::kPut, .splices = true},
        {.name = "tee", .effect = Effect::kPeek, .splices = true},
    }};

// before + kStreamCalls + after: a facility's table of calls.
template <std::size_t kBefore, std::size_t kAfter>
constexpr std::array<CallTraits, kBefore + kStreamCalls.size() + kAfter> WithStreamCalls(
    const std::array<CallTraits, kBefore>& before, const std::array<CallTraits, kAfter>& after) {
  std::array<CallTraits, kBefore + kStreamCalls.size() + kAfter> all{};
  std::size_t at = 0;
  for (const CallTraits& call : before) all[at++] = call;
  for (const CallTraits& call : kStreamCalls) all[at++] = call;
  for (const CallTraits& call : after) all[at++] = call;
  return all;
}

// A port on descriptors.  A handle that is not live is offered to the system as descriptor -1, so
// that the system refuses it (EBADF).  When no handle is left (4096 live, or 65535 made since the
// last CloseAll), opens and duplicates fail with EMFILE without a call.
//
// Reply::nonblocking is what this port knows: O_NONBLOCK belongs to the open file description, and
// a process that shares it by inheritance may have changed it since it was adopted.
class StreamPort : public Port {
 public:
  ~StreamPort() override;

  Reply Perform(const Request& request) final;
  std::uint16_t Resolve(const Request& request) const final;
  void Adopt(FileDescriptor read_fd, FileDescriptor write_fd, bool nonblocking) final;
  void CloseAll() final;

 protected:
  // first_call: index of kStreamCalls[0] in the facility's table.  first_handle: the first that an
  // open or a duplicate makes.
  StreamPort(std::size_t first_call, std::uint16_t first_handle)
      : first_call_(first_call), handles_(first_handle) {}

  // A call that is not one of kStreamCalls.
  virtual Reply PerformOther(const Request& request) = 0;

  // What a call returned that gives -1 and errno when it fails.
  static Reply Returned(std::int64_t result);
  static Reply Failed(int system_error);

  // Makes a handle of what open returned.  handle: from handles().Next().
  Reply Opened(std::uint16_t handle, int fd, End ends, bool nonblocking);

  HandleTable& handles() { return handles_; }

 private:
  Reply PerformStream(StreamCall call, const Request& request);
  static Reply PerformOn(int fd, StreamCall call, const Request& request);
  Reply Splice(int fd, StreamCall call, const Request& request);
  Reply Duplicate(const HandleTable::Entry* source);
  Reply Close(const HandleTable::Entry* entry);
  static Reply AskKind(int fd);
  static Reply Poll(const HandleTable::Entry* entry, short events);
  Reply SetNonblocking(const HandleTable::Entry* entry, bool nonblocking);
  const HandleTable::Entry* Chosen(StreamCall call, const Request& request) const;

  std::size_t first_call_;
  HandleTable handles_;
  ScratchPipe scratch_;
};

}  // namespace parley

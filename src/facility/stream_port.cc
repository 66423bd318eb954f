#include "src/facility/stream_port.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "src/base/check.h"

namespace parley {
namespace {

iovec FirstPiece(const Request& request) {
  return request.pieces.empty() ? iovec{} : request.pieces.front();
}

// A signed count for writev and readv; the system refuses what exceeds IOV_MAX (EINVAL).
int PieceCount(const Request& request) {
  return static_cast<int>(
      std::min<std::size_t>(request.pieces.size(), std::numeric_limits<int>::max()));
}

std::int64_t SetCapacity(int fd, std::uint64_t capacity_bytes) {
  // The system reads 32 bits; what is above stays above every limit instead of wrapping round.
  const unsigned long bytes =
      std::min<std::uint64_t>(capacity_bytes, std::numeric_limits<std::uint32_t>::max());
  return ::fcntl(fd, F_SETPIPE_SZ, bytes);
}

// F_SETFL replaces all status flags: the others stay what they are, whoever has set them.
int SetStatusFlag(int fd, int flag, bool set) {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags < 0 ? flags : ::fcntl(fd, F_SETFL, set ? flags | flag : flags & ~flag);
}

}  // namespace

StreamPort::~StreamPort() { CloseAll(); }

Reply StreamPort::Returned(std::int64_t result) {
  return {.result = result, .system_error = result < 0 ? errno : 0};
}

Reply StreamPort::Failed(int system_error) { return {.result = -1, .system_error = system_error}; }

Reply StreamPort::Perform(const Request& request) {
  const std::size_t index = request.call - first_call_;  // wraps round for calls before the first
  if (index < kStreamCalls.size()) return PerformStream(static_cast<StreamCall>(index), request);
  return PerformOther(request);
}

std::uint16_t StreamPort::Resolve(const Request& request) const {
  const std::size_t index = request.call - first_call_;
  if (index >= kStreamCalls.size()) return 0;
  const HandleTable::Entry* entry = Chosen(static_cast<StreamCall>(index), request);
  return entry != nullptr ? entry->handle : 0;
}

const HandleTable::Entry* StreamPort::Chosen(StreamCall call, const Request& request) const {
  if (call == StreamCall::kDup) {
    if (request.argument == 0) return handles_.Newest();
    if (request.argument > HandleTable::kHandleMax) return nullptr;
    return handles_.Find(static_cast<std::uint16_t>(request.argument));
  }
  if (request.handle != 0) return handles_.Find(request.handle);
  switch (call) {
    case StreamCall::kWrite:
    case StreamCall::kWritev:
    case StreamCall::kPollWrite:
    case StreamCall::kSetPacket:
    case StreamCall::kSpliceIn:
      return handles_.Newest(End::kWriting);
    case StreamCall::kRead:
    case StreamCall::kReadv:
    case StreamCall::kPollRead:
    case StreamCall::kSpliceOut:
    case StreamCall::kTee:
      return handles_.Newest(End::kReading);
    default:
      return handles_.Newest();
  }
}

Reply StreamPort::PerformStream(StreamCall call, const Request& request) {
  const HandleTable::Entry* entry = Chosen(call, request);
  const std::uint16_t handle = entry != nullptr ? entry->handle : 0;
  bool nonblocking = entry != nullptr && entry->nonblocking;
  Reply reply;
  switch (call) {
    case StreamCall::kDup:
      return Duplicate(entry);
    case StreamCall::kPollRead:
    case StreamCall::kPollWrite:
      reply = Poll(entry, call == StreamCall::kPollRead ? POLLIN : POLLOUT);
      break;
    case StreamCall::kClose:
      reply = Close(entry);
      break;
    case StreamCall::kSetNonblock:
      reply = SetNonblocking(entry, request.argument != 0);
      break;
    case StreamCall::kSpliceOut:
    case StreamCall::kSpliceIn:
    case StreamCall::kTee:
      reply = Splice(entry != nullptr ? entry->fd : -1, call, request);
      nonblocking = true;
      break;
    default:
      reply = PerformOn(entry != nullptr ? entry->fd : -1, call, request);
  }
  reply.handle = handle;
  reply.nonblocking = nonblocking;
  return reply;
}

// Calls that need nothing but the descriptor.
Reply StreamPort::PerformOn(int fd, StreamCall call, const Request& request) {
  const iovec piece = FirstPiece(request);
  switch (call) {
    case StreamCall::kWrite:
      return Returned(::write(fd, piece.iov_base, piece.iov_len));
    case StreamCall::kWritev:
      return Returned(::writev(fd, request.pieces.data(), PieceCount(request)));
    case StreamCall::kRead:
      return Returned(::read(fd, piece.iov_base, piece.iov_len));
    case StreamCall::kReadv:
      return Returned(::readv(fd, request.pieces.data(), PieceCount(request)));
    case StreamCall::kSetCapacity:
      return Returned(SetCapacity(fd, request.argument));
    case StreamCall::kGetCapacity:
      return Returned(::fcntl(fd, F_GETPIPE_SZ));
    case StreamCall::kUnread: {
      int unread_bytes = 0;
      Reply reply = Returned(::ioctl(fd, FIONREAD, &unread_bytes));
      if (reply.result == 0) reply.result = unread_bytes;
      return reply;
    }
    case StreamCall::kLseek:
      return Returned(::lseek(fd, 0, SEEK_CUR));
    case StreamCall::kPread: {
      char byte = 0;
      return Returned(::pread(fd, &byte, 1, 0));
    }
    case StreamCall::kPwrite: {
      const char byte = 0;
      return Returned(::pwrite(fd, &byte, 1, 0));
    }
    case StreamCall::kFtruncate:
      return Returned(::ftruncate(fd, 0));
    case StreamCall::kFstat:
      return AskKind(fd);
    case StreamCall::kSetPacket:
      return Returned(SetStatusFlag(fd, O_DIRECT, request.argument != 0));
    default:
      CHECK(false);
  }
}

Reply StreamPort::Splice(int fd, StreamCall call, const Request& request) {
  const iovec piece = FirstPiece(request);
  if (call == StreamCall::kSpliceOut) return Returned(scratch_.MoveOut(fd, piece));
  if (call == StreamCall::kSpliceIn) return Returned(scratch_.MoveIn(fd, piece));
  return Returned(scratch_.CopyOut(fd, piece));
}

Reply StreamPort::Duplicate(const HandleTable::Entry* source) {
  const std::uint16_t handle = handles_.Next();
  if (handle == 0) return Failed(EMFILE);
  Reply reply = Returned(::fcntl(source != nullptr ? source->fd : -1, F_DUPFD_CLOEXEC, 0));
  if (reply.result < 0) return reply;
  handles_.AddDuplicate(handle, static_cast<int>(reply.result), *source);
  reply.result = 0;
  reply.handle = handle;
  reply.nonblocking = source->nonblocking;
  return reply;
}

Reply StreamPort::AskKind(int fd) {
  struct stat found;
  const Reply reply = Returned(::fstat(fd, &found));
  if (reply.result != 0) return reply;
  return S_ISFIFO(found.st_mode) ? reply : Failed(ENOTTY);
}

Reply StreamPort::Close(const HandleTable::Entry* entry) {
  const Reply reply = Returned(::close(entry != nullptr ? entry->fd : -1));
  // Whatever close() says, Linux has given the descriptor up (close(2), "Dealing with error
  // returns").
  if (entry != nullptr) handles_.Remove(entry->handle);
  return reply;
}

Reply StreamPort::Poll(const HandleTable::Entry* entry, short events) {
  // poll() alone takes -1 for a descriptor to leave out, and would not refuse it.
  if (entry == nullptr) return Failed(EBADF);
  pollfd asked{.fd = entry->fd, .events = events, .revents = 0};
  Reply reply = Returned(::poll(&asked, 1, 0));
  if (reply.result > 0) reply.result = asked.revents;
  return reply;
}

Reply StreamPort::SetNonblocking(const HandleTable::Entry* entry, bool nonblocking) {
  const Reply reply =
      Returned(SetStatusFlag(entry != nullptr ? entry->fd : -1, O_NONBLOCK, nonblocking));
  if (reply.result == 0) handles_.SetNonblocking(entry->handle, nonblocking);
  return reply;
}

Reply StreamPort::Opened(std::uint16_t handle, int fd, End ends, bool nonblocking) {
  if (fd < 0) return Returned(fd);
  handles_.Add(handle, fd, ends, nonblocking);
  return {.result = 0, .system_error = 0, .handle = handle, .nonblocking = nonblocking};
}

void StreamPort::Adopt(FileDescriptor read_fd, FileDescriptor write_fd, bool nonblocking) {
  const auto hold = [&](std::uint16_t handle, FileDescriptor fd, End end) {
    if (!fd.valid()) return;
    // Who had the description before may have changed it: ask, and believe the caller otherwise.
    const int flags = ::fcntl(fd.get(), F_GETFL);
    const bool is_nonblocking = flags >= 0 ? (flags & O_NONBLOCK) != 0 : nonblocking;
    handles_.Add(handle, fd.Release(), end, is_nonblocking);
  };
  hold(kHandleRead, std::move(read_fd), End::kReading);
  hold(kHandleWrite, std::move(write_fd), End::kWriting);
}

void StreamPort::CloseAll() {
  while (const HandleTable::Entry* entry = handles_.Newest()) {
    ::close(entry->fd);
    handles_.Remove(entry->handle);
  }
  handles_.Clear();
  scratch_.Close();
}

}  // namespace parley

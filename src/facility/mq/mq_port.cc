#include "src/facility/mq/mq_port.h"

#include <fcntl.h>
#include <mqueue.h>

#include <array>
#include <cerrno>
#include <ctime>

namespace parley {
namespace {

enum MqCall : std::uint8_t {
  kMake,
  kOpenRead,
  kOpenWrite,
  kOpenBoth,
  kOpenReadNonblock,
  kOpenWriteNonblock,
  kOpenBothNonblock,
  kSend,
  kSendFar,
  kSendNear,
  kSendPast,
  kSendInvalid,
  kReceive,
  kReceiveFar,
  kReceiveNear,
  kReceivePast,
  kReceiveInvalid,
  kSetNonblock,
  kCapacity,
  kUnread,
  kNotify,
  kClose,
  kUnlink,
  kExists,
  kNotice,
  kCreateBeside,
  kOpenAs,
  kUseOpen,
  kRemoveBeside,
  kMakeLimited,
  kCallCount,
};

constexpr CallTraits Receiving(std::string_view name, Deadline deadline) {
  return {
      .name = name, .effect = Effect::kTake, .select = Selector::kHighest, .deadline = deadline};
}

constexpr std::array<CallTraits, kCallCount> kCalls{{
    {.name = "make", .effect = Effect::kMakeName},
    {.name = "open_read", .effect = Effect::kOpenRead},
    {.name = "open_write", .effect = Effect::kOpenWrite},
    {.name = "open_both", .effect = Effect::kOpenBoth},
    {.name = "open_read_nonblock", .effect = Effect::kOpenRead, .nonblocking = true},
    {.name = "open_write_nonblock", .effect = Effect::kOpenWrite, .nonblocking = true},
    {.name = "open_both_nonblock", .effect = Effect::kOpenBoth, .nonblocking = true},
    {.name = "send", .effect = Effect::kPut},
    {.name = "send_far", .effect = Effect::kPut, .deadline = Deadline::kFar},
    {.name = "send_near", .effect = Effect::kPut, .deadline = Deadline::kNear},
    {.name = "send_past", .effect = Effect::kPut, .deadline = Deadline::kPast},
    {.name = "send_invalid", .effect = Effect::kPut, .deadline = Deadline::kInvalid},
    Receiving("receive", Deadline::kNone),
    Receiving("receive_far", Deadline::kFar),
    Receiving("receive_near", Deadline::kNear),
    Receiving("receive_past", Deadline::kPast),
    Receiving("receive_invalid", Deadline::kInvalid),
    {.name = "set_nonblock", .effect = Effect::kSetNonblocking},
    {.name = "capacity", .effect = Effect::kQueryCapacity},
    {.name = "unread", .effect = Effect::kQueryUnread},
    {.name = "notify", .effect = Effect::kNotify},
    {.name = "close", .effect = Effect::kClose},
    {.name = "unlink", .effect = Effect::kRemoveName},
    {.name = "exists", .effect = Effect::kQueryName},
    {.name = "notice", .effect = Effect::kTakeNotice},
    {.name = "create", .effect = Effect::kCreateFile},
    {.name = "open_as", .effect = Effect::kOpenFile},
    {.name = "use_open", .effect = Effect::kUseFile},
    {.name = "remove", .effect = Effect::kRemoveFile},
    {.name = "make_limited", .effect = Effect::kMakeLimited},
}};

Reply Failed(int system_error) { return {.result = -1, .system_error = system_error}; }

Reply Returned(std::int64_t result) { return result < 0 ? Failed(errno) : Reply{.result = result}; }

iovec First(const Request& request) {
  return request.pieces.empty() ? iovec{.iov_base = nullptr, .iov_len = 0} : request.pieces[0];
}

// From the call to a near deadline: long enough to fall asleep before it comes.
constexpr long kNearNs = 500'000;

timespec Soon() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  time.tv_nsec += kNearNs;
  time.tv_sec += time.tv_nsec / 1'000'000'000;
  time.tv_nsec %= 1'000'000'000;
  return time;
}

// Times since the Epoch.
timespec TimeOf(Deadline deadline) {
  switch (deadline) {
    case Deadline::kNear:
      return Soon();
    case Deadline::kFar:
      return {.tv_sec = 8'000'000'000, .tv_nsec = 0};
    case Deadline::kInvalid:
      return {.tv_sec = 8'000'000'000, .tv_nsec = 1'000'000'000};
    default:
      return {.tv_sec = 1, .tv_nsec = 0};
  }
}

Reply Send(int queue, const Request& request) {
  const iovec message = First(request);
  const auto* const bytes = static_cast<const char*>(message.iov_base);
  const auto priority = static_cast<unsigned>(request.argument);
  const Deadline deadline = kCalls[request.call].deadline;
  if (deadline == Deadline::kNone) {
    return Returned(::mq_send(queue, bytes, message.iov_len, priority));
  }
  const timespec until = TimeOf(deadline);
  return Returned(::mq_timedsend(queue, bytes, message.iov_len, priority, &until));
}

Reply Receive(int queue, const Request& request) {
  const iovec buffer = First(request);
  auto* const bytes = static_cast<char*>(buffer.iov_base);
  const Deadline deadline = kCalls[request.call].deadline;
  const timespec until = TimeOf(deadline);
  unsigned priority = 0;
  Reply reply = Returned(deadline == Deadline::kNone
                             ? ::mq_receive(queue, bytes, buffer.iov_len, &priority)
                             : ::mq_timedreceive(queue, bytes, buffer.iov_len, &priority, &until));
  if (reply.system_error == 0) reply.told_class = priority;
  return reply;
}

Reply Ask(int queue, long mq_attr::* member) {
  mq_attr attributes{};
  return ::mq_getattr(queue, &attributes) != 0 ? Failed(errno) : Returned(attributes.*member);
}

}  // namespace

std::span<const CallTraits> MqPort::Calls() { return kCalls; }

Reply MqPort::Perform(const Request& request) {
  switch (request.call) {
    case kMake:
      return Make();
    case kOpenRead:
      return Open(O_RDONLY, End::kReading);
    case kOpenWrite:
      return Open(O_WRONLY, End::kWriting);
    case kOpenBoth:
      return Open(O_RDWR, End::kBoth);
    case kOpenReadNonblock:
      return Open(O_RDONLY | O_NONBLOCK, End::kReading);
    case kOpenWriteNonblock:
      return Open(O_WRONLY | O_NONBLOCK, End::kWriting);
    case kOpenBothNonblock:
      return Open(O_RDWR | O_NONBLOCK, End::kBoth);
    case kUnlink:
      return Returned(::mq_unlink(name_.c_str()));
    case kExists:
      return Exists();
    case kNotice:
      return notices_.Take();
    case kCreateBeside:
      return beside_.Create(request.argument);
    case kOpenAs:
      return beside_.Open(request.argument);
    case kUseOpen:
      return beside_.Use(request.argument);
    case kRemoveBeside:
      return beside_.Remove(request.argument);
    case kMakeLimited:
      return beside_.MakeLimited(request.argument);
    default:
      return request.call < kCallCount ? PerformOn(Chosen(request), request) : Failed(ENOTSUP);
  }
}

Reply MqPort::Make() const {
  const mqd_t queue = ::mq_open(name_.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, mode_t{0600},
                                static_cast<mq_attr*>(nullptr));
  if (queue < 0) return Failed(errno);
  return Returned(::mq_close(queue));
}

Reply MqPort::Exists() const {
  const mqd_t queue = ::mq_open(name_.c_str(), O_RDONLY | O_CLOEXEC);
  if (queue < 0) return Failed(errno);
  return Returned(::mq_close(queue));
}

Reply MqPort::Open(int flags, End ends) {
  const std::uint16_t handle = handles_.Next();
  if (handle == 0) return Failed(EMFILE);
  const mqd_t queue = ::mq_open(name_.c_str(), flags | O_CLOEXEC);
  if (queue < 0) return Failed(errno);
  const bool nonblocking = (flags & O_NONBLOCK) != 0;
  handles_.Add(handle, queue, ends, nonblocking);
  return {.result = 0, .handle = handle, .nonblocking = nonblocking};
}

Reply MqPort::PerformOn(const HandleTable::Entry* entry, const Request& request) {
  const int queue = entry != nullptr ? entry->fd : -1;
  Reply reply;
  switch (request.call) {
    case kSetNonblock:
      return SetNonblocking(entry, request.argument != 0);
    case kCapacity:
      reply = Ask(queue, &mq_attr::mq_maxmsg);
      break;
    case kUnread:
      reply = Ask(queue, &mq_attr::mq_curmsgs);
      break;
    case kNotify:
      reply = notices_.Ask(queue, request.argument);
      break;
    case kClose:
      reply = Returned(::mq_close(queue));
      break;
    default:
      reply = kCalls[request.call].effect == Effect::kPut ? Send(queue, request)
                                                          : Receive(queue, request);
  }
  if (entry == nullptr) return reply;
  reply.handle = entry->handle;
  reply.nonblocking = entry->nonblocking;
  // Whatever mq_close() says, the descriptor is gone (close(2)).
  if (request.call == kClose) handles_.Remove(entry->handle);
  return reply;
}

Reply MqPort::SetNonblocking(const HandleTable::Entry* entry, bool nonblocking) {
  // All members but mq_flags are to be ignored.
  mq_attr attributes{};
  attributes.mq_flags = nonblocking ? O_NONBLOCK : 0;
  attributes.mq_maxmsg = attributes.mq_msgsize = attributes.mq_curmsgs = 1;
  Reply reply = Returned(::mq_setattr(entry != nullptr ? entry->fd : -1, &attributes, nullptr));
  if (entry == nullptr) return reply;
  reply.handle = entry->handle;
  if (reply.system_error == 0) handles_.SetNonblocking(entry->handle, nonblocking);
  reply.nonblocking = handles_.Find(reply.handle)->nonblocking;
  return reply;
}

const HandleTable::Entry* MqPort::Chosen(const Request& request) const {
  if (request.handle != 0) return handles_.Find(request.handle);
  switch (kCalls[request.call].effect) {
    case Effect::kPut:
      return handles_.Newest(End::kWriting);
    case Effect::kTake:
      return handles_.Newest(End::kReading);
    default:
      return handles_.Newest();
  }
}

std::uint16_t MqPort::Resolve(const Request& request) const {
  const bool on_handle = request.call >= kSend && request.call <= kClose;
  if (!on_handle || request.handle != 0) return request.handle;
  const HandleTable::Entry* const entry = Chosen(request);
  return entry != nullptr ? entry->handle : 0;
}

// Nothing is handed over: a queue is opened by its name.
void MqPort::Adopt(FileDescriptor, FileDescriptor, bool) {}

void MqPort::CloseAll() {
  while (const HandleTable::Entry* entry = handles_.Newest()) {
    ::mq_close(entry->fd);
    handles_.Remove(entry->handle);
  }
  handles_.Clear();
  beside_.CloseAll();
  // Whoever has closed all of it is registered no more: nothing comes after this.
  notices_.Forget();
}

}  // namespace parley

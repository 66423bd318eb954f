#include "src/facility/sysv-msg/msg_port.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstring>

#include "src/facility/sysv-msg/msg_object.h"
#include "src/facility/sysv-msg/msg_rights.h"
#include "src/facility/sysv-msg/msg_tools.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

enum MsgCall : std::uint8_t {
  kMake,
  kOpenRead,
  kOpenWrite,
  kOpenBoth,
  kOpenCreate,
  kSend,
  kSendNowait,
  kReceive,
  kReceiveNowait,
  kReceiveType,
  kReceiveTypeNowait,
  kReceiveLowest,
  kReceiveLowestNowait,
  kReceiveExcept,
  kReceiveExceptNowait,
  kReceiveCut,
  kReceiveTypeCut,
  kCopy,
  kCopyWaiting,
  kSetCapacity,
  kCapacity,
  kUnread,
  kForget,
  kRemove,
  kExists,
  kFtok,
  kOpenAs,
  kSetModeAs,
  kRemoveAs,
  kRunTool,
  kCallCount,
};

constexpr int kMode = 0600;
constexpr key_t kNoKey = -1;  // others may be negative, too

constexpr CallTraits Sending(std::string_view name, bool nowait) {
  return {.name = name, .effect = Effect::kPut, .nonblocking = nowait, .never_restarts = true};
}

constexpr CallTraits Receiving(std::string_view name, Selector select, bool nowait,
                               bool truncates = false) {
  return {.name = name,
          .effect = Effect::kTake,
          .nonblocking = nowait,
          .select = select,
          .truncates = truncates,
          .never_restarts = true};
}

constexpr std::array<CallTraits, kCallCount> kCalls{{
    {.name = "make", .effect = Effect::kMakeName},
    {.name = "open_read", .effect = Effect::kOpenRead},
    {.name = "open_write", .effect = Effect::kOpenWrite},
    {.name = "open_both", .effect = Effect::kOpenBoth},
    {.name = "open_create", .effect = Effect::kOpenBoth},
    Sending("send", false),
    Sending("send_nowait", true),
    Receiving("receive", Selector::kAny, false),
    Receiving("receive_nowait", Selector::kAny, true),
    Receiving("receive_type", Selector::kEqual, false),
    Receiving("receive_type_nowait", Selector::kEqual, true),
    Receiving("receive_lowest", Selector::kLowest, false),
    Receiving("receive_lowest_nowait", Selector::kLowest, true),
    Receiving("receive_except", Selector::kExcept, false),
    Receiving("receive_except_nowait", Selector::kExcept, true),
    Receiving("receive_cut", Selector::kAny, false, true),
    Receiving("receive_type_cut", Selector::kEqual, false, true),
    {.name = "copy", .effect = Effect::kPeek, .nonblocking = true},
    {.name = "copy_waiting", .effect = Effect::kPeek},
    {.name = "set_capacity", .effect = Effect::kResize},
    {.name = "capacity", .effect = Effect::kQueryCapacity},
    {.name = "unread", .effect = Effect::kQueryUnread},
    {.name = "forget", .effect = Effect::kClose},
    {.name = "remove", .effect = Effect::kRemoveObject},
    {.name = "exists", .effect = Effect::kQueryName},
    {.name = "ftok", .effect = Effect::kDeriveKey},
    {.name = "open_as", .effect = Effect::kOpenFile},
    {.name = "set_mode_as", .effect = Effect::kChangeMode},
    {.name = "remove_as", .effect = Effect::kRemoveFile},
    {.name = "run_tool", .effect = Effect::kRunTool},
}};

Reply Failed(int system_error) { return {.result = -1, .system_error = system_error}; }

Reply Returned(std::int64_t result) { return result < 0 ? Failed(errno) : Reply{.result = result}; }

long TypeOf(std::uint32_t klass) {
  return klass >= kClassMax ? LONG_MAX : static_cast<long>(klass);
}

// A type that no class stands for is none that was sent.
std::uint32_t ClassOf(long type) {
  if (type == LONG_MAX) return kClassMax;
  return type > 0 && type < static_cast<long>(kClassMax) ? static_cast<std::uint32_t>(type) : 0;
}

// What msgrcv() calls msgtyp.
long Wanted(Selector select, std::uint32_t klass) {
  switch (select) {
    case Selector::kEqual:
    case Selector::kExcept:
      return TypeOf(klass);
    case Selector::kLowest:
      return klass >= kClassMax ? LONG_MIN : -static_cast<long>(klass);
    default:
      return 0;
  }
}

// A message as msgsnd() and msgrcv() have it: its type, then its bytes.  In place, where the
// caller's buffer has the room in front.
struct Wire {
  explicit Wire(const Request& request) {
    if (request.pieces.empty()) return;
    static_assert(sizeof(long) <= kHeadroomBytes);
    start = static_cast<std::byte*>(request.pieces[0].iov_base) - sizeof(long);
    bytes = request.pieces[0].iov_len;
  }

  long type() const {
    long value = 0;
    std::memcpy(&value, start, sizeof value);
    return value;
  }
  void set_type(long value) const { std::memcpy(start, &value, sizeof value); }

  alignas(long) std::array<std::byte, sizeof(long)> empty{};  // a message of no bytes
  std::byte* start = empty.data();
  std::size_t bytes = 0;
};

Reply Send(int queue, const Request& request) {
  const Wire message(request);
  message.set_type(TypeOf(static_cast<std::uint32_t>(request.argument)));
  const int flags = kCalls[request.call].nonblocking ? IPC_NOWAIT : 0;
  return Returned(::msgsnd(queue, message.start, message.bytes, flags));
}

int FlagsOf(const CallTraits& call) {
  int flags = call.nonblocking ? IPC_NOWAIT : 0;
  if (call.select == Selector::kExcept) flags |= MSG_EXCEPT;
  if (call.truncates) flags |= MSG_NOERROR;
  if (call.effect == Effect::kPeek) flags |= MSG_COPY;
  return flags;
}

Reply Receive(int queue, const Request& request) {
  const Wire buffer(request);
  const CallTraits& call = kCalls[request.call];
  const auto asked = static_cast<std::uint32_t>(request.argument);
  const long wanted =
      call.effect == Effect::kPeek ? static_cast<long>(asked) : Wanted(call.select, asked);
  Reply reply = Returned(::msgrcv(queue, buffer.start, buffer.bytes, wanted, FlagsOf(call)));
  if (reply.system_error == 0) reply.told_class = ClassOf(buffer.type());
  return reply;
}

Reply Status(int queue, const Request& request) {
  msqid_ds status{};
  if (::msgctl(queue, IPC_STAT, &status) != 0) return Failed(errno);
  if (request.call == kCapacity) return Returned(static_cast<std::int64_t>(status.msg_qbytes));
  switch (static_cast<QueueStatus>(request.argument)) {
    case QueueStatus::kBytes:
      return Returned(static_cast<std::int64_t>(status.__msg_cbytes));
    case QueueStatus::kLastUsers:
      return Returned((status.msg_lspid == ::getpid() ? kLastSender : 0) |
                      (status.msg_lrpid == ::getpid() ? kLastReceiver : 0));
    default:
      return Returned(static_cast<std::int64_t>(status.msg_qnum));
  }
}

Reply SetCapacity(int queue, std::uint64_t bytes) {
  msqid_ds status{};
  if (::msgctl(queue, IPC_STAT, &status) != 0) return Failed(errno);
  status.msg_qbytes = bytes;
  if (::msgctl(queue, IPC_SET, &status) != 0) return Failed(errno);
  return Returned(static_cast<std::int64_t>(bytes));
}

}  // namespace

std::span<const CallTraits> MsgPort::Calls() { return kCalls; }

MsgPort::MsgPort(const std::string& name)
    : key_(MsgKey::Parse(name)), link_(key_.Link()), missing_(key_.marker + ".missing") {}

Reply MsgPort::Perform(const Request& request) {
  switch (request.call) {
    case kMake:
      return Returned(Get(IPC_CREAT | IPC_EXCL | kMode) < 0 ? -1 : 0);
    case kOpenRead:
      return Open(0400, End::kReading);
    case kOpenWrite:
      return Open(0200, End::kWriting);
    case kOpenBoth:
      return Open(0600, End::kBoth);
    case kOpenCreate:
      return Open(IPC_CREAT | kMode, End::kBoth);
    case kExists:
      return Exists();
    case kFtok:
      return DeriveKey(static_cast<int>(request.argument));
    case kOpenAs:
      return OpenMsgAs(key_.key, request.argument);
    case kSetModeAs:
      return SetMsgModeAs(key_.key, request.argument);
    case kRemoveAs:
      return RemoveMsgAs(key_.key, request.argument);
    case kRunTool:
      return RunMsgTool(key_, request.argument);
    default:
      return request.call < kCallCount ? PerformOn(Chosen(request), request) : Failed(ENOTSUP);
  }
}

// IPC_PRIVATE would make a queue that nothing leads to.
int MsgPort::Get(int flags) const {
  if (key_.key != IPC_PRIVATE) return ::msgget(key_.key, flags);
  errno = EINVAL;
  return -1;
}

Reply MsgPort::Open(int flags, End ends) {
  const std::uint16_t handle = handles_.Next();
  if (handle == 0) return Failed(EMFILE);
  const int queue = Get(flags);
  if (queue < 0) return Failed(errno);
  handles_.Add(handle, queue, ends, false);
  return {.result = 0, .handle = handle};
}

// Keys differ from run to run; whether two are the same does not.
Reply MsgPort::DeriveKey(int id) const {
  const char* const path = key_.marker.c_str();
  const key_t key = ::ftok(path, id);
  if (key == kNoKey) return Failed(errno);
  const key_t of_link = ::ftok(link_.c_str(), id);
  const key_t of_missing = ::ftok(missing_.c_str(), id);
  const bool missed = of_missing == kNoKey && errno == ENOENT;
  constexpr int kAbove = 1 << 8;
  return Returned((::ftok(path, id) != key ? kKeyVaries : 0) |
                  (of_link != kNoKey && of_link != key ? kKeyOfLinkDiffers : 0) |
                  (::ftok(path, id | kAbove) != key ? kKeyOfHighBits : 0) |
                  (missed ? 0 : kKeyOfMissing));
}

// Identifiers differ from run to run; whether two are the same does not.
Reply MsgPort::Exists() const {
  const int queue = Get(0);
  if (queue < 0) return Failed(errno);
  const HandleTable::Entry* const newest = handles_.Newest();
  return Returned(newest == nullptr || newest->fd == queue ? 0 : 1);
}

Reply MsgPort::PerformOn(const HandleTable::Entry* entry, const Request& request) {
  const int queue = entry != nullptr ? entry->fd : -1;
  Reply reply;
  switch (request.call) {
    case kSetCapacity:
      reply = SetCapacity(queue, request.argument);
      break;
    case kCapacity:
    case kUnread:
      reply = Status(queue, request);
      break;
    case kForget:
      reply = entry != nullptr ? Returned(0) : Failed(EINVAL);
      break;
    case kRemove:
      reply = Returned(::msgctl(queue, IPC_RMID, nullptr));
      break;
    default:
      reply = kCalls[request.call].effect == Effect::kPut ? Send(queue, request)
                                                          : Receive(queue, request);
  }
  reply.nonblocking = kCalls[request.call].nonblocking;
  if (entry == nullptr) return reply;
  reply.handle = entry->handle;
  if (request.call == kForget) handles_.Remove(entry->handle);
  return reply;
}

const HandleTable::Entry* MsgPort::Chosen(const Request& request) const {
  return request.handle != 0 ? handles_.Find(request.handle) : handles_.Newest();
}

std::uint16_t MsgPort::Resolve(const Request& request) const {
  const bool on_handle = request.call >= kSend && request.call <= kRemove;
  if (!on_handle || request.handle != 0) return request.handle;
  const HandleTable::Entry* const entry = handles_.Newest();
  return entry != nullptr ? entry->handle : 0;
}

// Nothing is handed over: a queue is reached by its key.
void MsgPort::Adopt(FileDescriptor, FileDescriptor, bool) {}

}  // namespace parley

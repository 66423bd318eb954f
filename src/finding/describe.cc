#include "src/finding/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "src/base/error.h"
#include "src/history/file_calls.h"
#include "src/history/lock_calls.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

// Extents to print before the rest is only counted.
constexpr std::size_t kExtentsShown = 3;

std::string BytesText(std::uint64_t bytes) {
  return bytes == 1 ? "1 byte" : fmt::format("{} bytes", bytes);
}

std::string PiecesText(const Operation& op) {
  return op.pieces > 1 ? fmt::format(" in {} pieces", op.pieces) : "";
}

std::string PutText(const Call& call, const Operation& op) {
  const std::string_view verb = call.name.starts_with("write")    ? "writes"
                                : call.name.starts_with("splice") ? "splices in"
                                                                  : "sends";
  return fmt::format("{} {}{}", verb, BytesText(op.requested), PiecesText(op));
}

std::string TakeText(const Call& call, const Operation& op) {
  const std::string_view verb = call.effect == Effect::kPeek      ? "copies"
                                : call.name.starts_with("read")   ? "reads"
                                : call.name.starts_with("splice") ? "splices out"
                                                                  : "receives";
  return fmt::format("{} up to {}{}", verb, BytesText(op.requested), PiecesText(op));
}

std::string_view DeadlineText(Deadline deadline) {
  switch (deadline) {
    case Deadline::kNone:
      break;
    case Deadline::kFar:
      return " until a time that does not come";
    case Deadline::kPast:
      return " until a time that has passed";
    case Deadline::kInvalid:
      return " until a time that is none";
    case Deadline::kNear:
      return " until a time that is near";
  }
  return "";
}

// A call that moves whole messages; their class is called what it is in most places.
std::string MessageText(const Call& call, const Operation& op) {
  const MessageClass klass = UnpackClass(op.argument);
  if (call.effect == Effect::kPut) {
    return fmt::format("sends {} of class {}", BytesText(op.requested), klass.asked);
  }
  if (call.effect == Effect::kPeek) return fmt::format("copies message {}", klass.asked);
  switch (call.select) {
    case Selector::kAny:
    case Selector::kHighest:
      return "receives a message";
    case Selector::kEqual:
      return fmt::format("receives a message of class {}", klass.asked);
    case Selector::kLowest:
      return fmt::format("receives a message of the lowest class up to {}", klass.asked);
    case Selector::kExcept:
      return fmt::format("receives a message of another class than {}", klass.asked);
  }
  return call.name;
}

std::string RangeText(const Call& call, const Operation& op) {
  if (call.lock == LockKind::kWhole) return "the file";
  const auto bytes = BytesOf(UnpackRange(op.argument));
  if (!bytes) return "bytes before the file's first";
  if (bytes->last == kLastByte) return fmt::format("bytes {} to the end", bytes->first);
  return fmt::format("bytes {} to {}", bytes->first, bytes->last);
}

std::string HolderText(std::int64_t result) {
  if (result == kGoneHolder) return " -> a process that has gone";
  const auto holder = UnpackHolder(result);
  if (!holder) return " -> nobody";
  const std::string who =
      holder->worker ? fmt::format("worker {}", *holder->worker) : "a description";
  return fmt::format(" -> {}, {}", who, holder->exclusive ? "exclusive" : "shared");
}

std::string ToolText(Tool tool) {
  switch (tool) {
    case Tool::kList:
      return "runs ipcs";
    case Tool::kRemoveById:
      return "runs ipcrm on another object by its identifier";
    case Tool::kRemoveByKey:
      return "runs ipcrm on another object by its key";
    case Tool::kRemoveUnknown:
      return "runs ipcrm on an object that has gone";
    case Tool::kRemoveForeign:
      return "runs ipcrm as another user";
  }
  return "runs a command";
}

// What a call does, in words; the call's own name where they say less than it does.
std::string Deed(const Call& call, const Operation& op) {
  switch (call.effect) {
    case Effect::kPut:
      return PutText(call, op);
    case Effect::kTake:
    case Effect::kPeek:
      return TakeText(call, op);
    case Effect::kOpenRead:
      return "opens it for reading";
    case Effect::kOpenWrite:
      return "opens it for writing";
    case Effect::kOpenBoth:
      return "opens both ends";
    case Effect::kDuplicate:
      return fmt::format("duplicates handle {}", op.argument);
    case Effect::kClose:
      return fmt::format("closes handle {}", op.handle);
    case Effect::kSetNonblocking:
      return fmt::format("sets O_NONBLOCK of handle {} to {}", op.handle, op.argument);
    case Effect::kResize:
      return fmt::format("resizes it to {}", BytesText(op.argument));
    case Effect::kQueryCapacity:
      return "asks for its capacity";
    case Effect::kQueryUnread:
      return "asks how much is unread";
    case Effect::kPoll:
      return fmt::format("polls handle {}", op.handle);
    case Effect::kMakeName:
      return "makes the name";
    case Effect::kRemoveName:
      return "removes the name";
    case Effect::kQueryName:
      return "looks the name up";
    case Effect::kRenameName:
      return "renames it";
    case Effect::kLinkName:
      return "links a second name";
    case Effect::kProbeHandle:
      return fmt::format("uses descriptor {}", op.argument);
    case Effect::kCreateFile:
    case Effect::kCreateFileAt:
    case Effect::kChangeMode:
    case Effect::kOpenFile:
    case Effect::kUseFile:
    case Effect::kRemoveFile:
      return FileCallText(call.effect, op.argument);
    case Effect::kSeek:
      return fmt::format("asks for a position of handle {}", op.handle);
    case Effect::kTruncate:
      return fmt::format("truncates handle {}", op.handle);
    case Effect::kQueryKind:
      return fmt::format("asks what handle {} is", op.handle);
    case Effect::kMakePair:
      return "makes two ends and closes them";
    case Effect::kSetPackets:
      return fmt::format("sets O_DIRECT of handle {} to {}", op.handle, op.argument);
    case Effect::kLock:
      return fmt::format("{} {} lock on {}", op.nonblocking ? "tries" : "asks for",
                         call.exclusive ? "an exclusive" : "a shared", RangeText(call, op));
    case Effect::kUnlock:
      return fmt::format("unlocks {}", RangeText(call, op));
    case Effect::kQueryLock:
      return fmt::format("asks who is in the way of {} lock on {}",
                         call.exclusive ? "an exclusive" : "a shared", RangeText(call, op));
    case Effect::kLockInChild:
      return "forks a child that tries a lock on " + RangeText(call, op);
    case Effect::kDuplicateToChild:
      return fmt::format("forks a child with handle {}", op.argument);
    case Effect::kRemoveObject:
      return "removes the object";
    case Effect::kDeriveKey:
      return fmt::format("derives keys of a file and id {}", op.argument);
    case Effect::kNotify:
      return op.argument == kWithdraws ? "withdraws its registration"
                                       : fmt::format("asks for notice {}", op.argument);
    case Effect::kTakeNotice:
      return "looks for a notice";
    case Effect::kMakeLimited:
      return fmt::format("makes another with limits {}", op.argument);
    case Effect::kRunTool:
      return ToolText(ToolOf(op.argument));
    case Effect::kOther:
      break;
  }
  return call.name;
}

bool Receives(Effect effect) { return effect == Effect::kTake || effect == Effect::kPeek; }

std::string ExtentText(const History& history, const Extent& extent) {
  switch (static_cast<ExtentKind>(extent.kind)) {
    case ExtentKind::kWritten:
      return fmt::format("{} {} at {}", history.workers[extent.writer].role, extent.writer,
                         extent.position);
    case ExtentKind::kUnidentified:
      return fmt::format("{} of nobody", BytesText(extent.bytes));
    case ExtentKind::kUntold:
      return fmt::format("{}, too few to tell whose", BytesText(extent.bytes));
    case ExtentKind::kOverwritten:
      break;
  }
  return fmt::format("{} overwritten after the call", BytesText(extent.bytes));
}

// " (writer 3 at 128, writer 4 at 0 and 2 more)".
std::string ReceivedText(const History& history, const Operation& op) {
  if (op.extent_count == 0) return "";
  const auto extents = history.received(op);
  std::string text;
  for (const Extent& extent : extents.first(std::min(extents.size(), kExtentsShown))) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", ExtentText(history, extent));
  }
  if (extents.size() > kExtentsShown) {
    text += fmt::format(" and {} more", extents.size() - kExtentsShown);
  }
  return fmt::format(" ({})", text);
}

std::string OutcomeText(const History& history, const Operation& op) {
  if (op.outcome == Outcome::kMaybe) return ", killed inside";
  if (op.outcome == Outcome::kPending) return ", still inside";
  if (op.system_error != 0) return " -> " + ErrnoName(op.system_error);
  const Effect effect = history.effect(op);
  const bool messages = history.header.family == Family::kMessages;
  if (effect == Effect::kCreateFile && messages) {
    return fmt::format(" -> mode {:04o}", CreatedFile::Of(op.result).st_mode & 07777);
  }
  if (effect == Effect::kCreateFile || effect == Effect::kCreateFileAt) {
    return " -> " + CreatedText(op.result);
  }
  if (MakesHandle(effect)) return fmt::format(" -> handle {}", op.handle);
  if (Receives(effect) && messages) {
    return fmt::format(" -> {} of class {}{}", BytesText(static_cast<std::uint64_t>(op.result)),
                       UnpackClass(op.argument).told, ReceivedText(history, op));
  }
  if (effect == Effect::kQueryLock) return HolderText(op.result);
  return fmt::format(" -> {}{}", op.result, ReceivedText(history, op));
}

}  // namespace

std::string DescribeOperation(const History& history, std::uint32_t id) {
  const Operation& op = history.operations[id];
  const Call& call = history.calls[op.call];
  const bool message = history.header.family == Family::kMessages &&
                       (call.effect == Effect::kPut || Receives(call.effect));
  return fmt::format(
      "#{} {} {} {}{}{}", id, history.workers[op.worker].role, op.worker,
      message ? MessageText(call, op).append(DeadlineText(call.deadline)) : Deed(call, op),
      op.nonblocking && call.effect != Effect::kLock ? " without blocking" : "",
      OutcomeText(history, op));
}

}  // namespace parley

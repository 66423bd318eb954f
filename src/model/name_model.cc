#include "src/model/name_model.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "src/base/error.h"
#include "src/model/stepped_view.h"

namespace parley::model {
namespace {

constexpr std::uint16_t kAllModeBits = 07777;

bool IsOther(ActAs as) { return as == ActAs::kOtherUser || as == ActAs::kOtherUserAndGroup; }

// For want of resources, whatever the names and the modes are.
bool Hindered(const Operation& op) {
  switch (op.system_error) {
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOSPC:
    case EDQUOT:
    case EROFS:
    case ENOTSUP:
      return true;
    default:
      return false;
  }
}

// The process could not become who it was to be.
bool CouldNotBecome(const Operation& op, ActAs as) {
  return as != ActAs::kSelf && (op.failed_with(EPERM) || op.failed_with(EINVAL));
}

// What Linux says of it (mq_overview(7), mq_open(3)).
int ErrorOf(QueueName name) {
  switch (name) {
    case QueueName::kNoSlash:
      return EINVAL;
    case QueueName::kInnerSlash:
      return EACCES;
    case QueueName::kTooLong:
      return ENAMETOOLONG;
    case QueueName::kName:
      break;
  }
  return 0;
}

std::string OutcomeText(const Operation& op) {
  return op.system_error == 0 ? "succeeded"
                              : fmt::format("failed with {}", ErrnoName(op.system_error));
}

}  // namespace

bool IsOnFiles(Effect effect) {
  switch (effect) {
    case Effect::kCreateFile:
    case Effect::kCreateFileAt:
    case Effect::kChangeMode:
    case Effect::kOpenFile:
    case Effect::kUseFile:
    case Effect::kRemoveFile:
      return true;
    default:
      return false;
  }
}

NameModel::NameModel(const History& history)
    : history_(history),
      queues_(history.header.family == Family::kMessages),
      held_(history.workers.size()) {
  for (const Operation& op : history.operations) {
    const Effect effect = history.effect(op);
    const bool self =
        effect == Effect::kCreateFileAt ||
        (effect == Effect::kCreateFile && CreateFile::Of(op.argument).as == ActAs::kSelf);
    if (!self || !op.succeeded()) continue;
    overrides_ = CreatedFile::Of(op.result).overrides;
    overrides_reading_ = CreatedFile::Of(op.result).overrides_reading;
  }
}

std::optional<Breach> NameModel::Advance(std::uint32_t id) {
  if (op(id).outcome != Outcome::kReturned) {
    Forget(id);
    return std::nullopt;
  }
  switch (history_.effect(op(id))) {
    case Effect::kCreateFile:
      return JudgeCreate(id);
    case Effect::kCreateFileAt:
      return JudgeCreateAt(id);
    case Effect::kChangeMode:
      return JudgeChangeMode(id);
    case Effect::kOpenFile:
      return JudgeOpen(id);
    case Effect::kUseFile:
      return JudgeUse(id);
    case Effect::kRemoveFile:
      return JudgeRemove(id);
    default:
      return std::nullopt;
  }
}

// What the call may have changed is not known any more.
void NameModel::Forget(std::uint32_t id) {
  for (auto& folder : files_) {
    for (File& file : folder) file = {.presence = Presence::kUnknown};
  }
  if (op(id).worker < held_.size()) held_[op(id).worker] = {};
}

NameModel::Possible NameModel::OverridesAs(ActAs as, Direction direction) const {
  if (as != ActAs::kSelf) return {.no = true};
  if (!overrides_) return {.yes = true, .no = true};
  const bool yes = *overrides_ || (direction == Direction::kRead && *overrides_reading_);
  return {.yes = yes, .no = !yes};
}

// By the bits of the one class that the opener belongs to.
NameModel::Possible NameModel::MayOpen(const File& file, const OpenFileAs& call) const {
  Possible may = OverridesAs(call.as, call.direction);
  if (!may.no) return may;
  if (!file.mode) return {.yes = true, .no = true};
  const unsigned asked = call.direction == Direction::kRead    ? 04U
                         : call.direction == Direction::kWrite ? 02U
                                                               : 06U;
  const auto grants = [&](unsigned place) { return (*file.mode >> place & asked) == asked; };
  const auto allow = [&](bool granted) { (granted ? may.yes : may.no) = true; };
  may.no = false;
  if (IsOther(call.as) == file.other_user) {
    allow(grants(6));
    return may;
  }
  const bool same_group =
      file.other_group && *file.other_group == (call.as == ActAs::kOtherUserAndGroup);
  // The crew itself may have the other group among its supplementary ones.
  const bool groups_known = file.other_group && (IsOther(call.as) || same_group);
  if (same_group || !groups_known) allow(grants(3));
  if (!same_group) allow(grants(0));
  return may;
}

// A creation that succeeded: the file has the type, mode and owner that it must have.
NameModel::Breaches NameModel::JudgeMade(std::uint32_t id, File& file, ActAs as,
                                         std::uint16_t mode) const {
  const CreatedFile made = CreatedFile::Of(op(id).result);
  file = {.presence = Presence::kPresent,
          .other_user = IsOther(as),
          .other_group =
              made.owned_by_group ? std::optional(as == ActAs::kOtherUserAndGroup) : std::nullopt,
          .mode = mode};
  const auto broken = [&](std::string reason) {
    return Breach{.clause = Clause::kCreatedWrongly, .reason = std::move(reason), .witness = {id}};
  };
  const std::string_view it = queues_ ? "the queue" : "the FIFO";
  if (!queues_ && !S_ISFIFO(made.st_mode)) return broken("what was made is no FIFO");
  if ((made.st_mode & kAllModeBits) != mode) {
    return broken(fmt::format("{} was to have mode {:04o} and has {:04o}", it, mode,
                              made.st_mode & kAllModeBits));
  }
  if (!made.owned_by_user) return broken(fmt::format("{} is not owned by the effective user", it));
  if (!made.owned_by_group && !made.owned_like_folder) {
    return broken(fmt::format("{} has neither the effective group nor that of its directory", it));
  }
  return std::nullopt;
}

NameModel::Breaches NameModel::JudgeCreate(std::uint32_t id) {
  const Operation& call = op(id);
  const CreateFile asked = CreateFile::Of(call.argument);
  if (Hindered(call) || CouldNotBecome(call, asked.as)) return std::nullopt;
  Chance(Clause::kCreatedWrongly);
  const auto broken = [&](std::string_view reason) {
    return Breach{.clause = Clause::kCreatedWrongly,
                  .reason = fmt::format("{} {} {}", queues_ ? "mq_open()" : "mkfifo()", reason,
                                        OutcomeText(call)),
                  .witness = {id}};
  };
  if (queues_ && asked.queue_name() != QueueName::kName) {
    if (call.failed_with(ErrorOf(asked.queue_name()))) return std::nullopt;
    return broken("of a name that is none");
  }
  switch (queues_ ? Place::kName : asked.place) {
    case Place::kSymbolicLink:
      if (call.failed_with(EEXIST)) return std::nullopt;
      return broken("of a symbolic link's name");
    case Place::kMissingParent:
      if (call.failed_with(ENOENT)) return std::nullopt;
      return broken("in a directory that does not exist");
    case Place::kLocked:
      return JudgeCreateInLocked(id, asked);
    case Place::kName:
      break;
  }
  File& file = At(Folder::kCurrent, asked.slot);
  if (call.failed_with(EEXIST) && file.presence != Presence::kAbsent) return std::nullopt;
  if (!call.succeeded() || file.presence == Presence::kPresent) {
    return broken(file.presence == Presence::kPresent ? "of a name that was there"
                                                      : "of a name that was free");
  }
  return JudgeMade(id, file, asked.as, asked.mode & ~asked.umask);
}

// Where a name is taken and may not be made either, both errors apply.
NameModel::Breaches NameModel::JudgeCreateInLocked(std::uint32_t id, const CreateFile& asked) {
  const Operation& call = op(id);
  File& file = At(Folder::kLocked, asked.slot);
  const Possible may = OverridesAs(asked.as, Direction::kWrite);
  const bool allowed = (call.failed_with(EACCES) && may.no) ||
                       (call.failed_with(EEXIST) && file.presence != Presence::kAbsent) ||
                       (call.succeeded() && may.yes && file.presence != Presence::kPresent);
  if (!allowed) {
    return Breach{.clause = Clause::kCreatedWrongly,
                  .reason = fmt::format("mkfifo() in a directory without write permission {}{}",
                                        OutcomeText(call),
                                        may.no ? "" : ", though its caller overrides that"),
                  .witness = {id}};
  }
  if (!call.succeeded()) return std::nullopt;
  return JudgeMade(id, file, asked.as, asked.mode & ~asked.umask);
}

NameModel::Breaches NameModel::JudgeCreateAt(std::uint32_t id) {
  const Operation& call = op(id);
  if (Hindered(call)) return std::nullopt;
  Chance(Clause::kResolvedWrongly);
  const CreateFileAt asked = CreateFileAt::Of(call.argument);
  const auto broken = [&](const std::string& reason) {
    return Breach{.clause = Clause::kResolvedWrongly,
                  .reason = fmt::format("mkfifoat() {}", reason),
                  .witness = {id}};
  };
  if (asked.base == Base::kInvalid) {
    if (call.failed_with(EBADF)) return std::nullopt;
    return broken("relative to an invalid descriptor " + OutcomeText(call));
  }
  if (asked.base == Base::kNonDirectory) {
    if (call.failed_with(ENOTDIR)) return std::nullopt;
    return broken("relative to what is no directory " + OutcomeText(call));
  }
  File& file =
      At(asked.base == Base::kGivenDirectory ? Folder::kGiven : Folder::kCurrent, asked.slot);
  if (call.failed_with(EEXIST) && file.presence != Presence::kAbsent) return std::nullopt;
  if (!call.succeeded() || file.presence == Presence::kPresent) {
    return broken((file.presence == Presence::kPresent ? "of a name that was there "
                                                       : "of a name that was free ") +
                  OutcomeText(call));
  }
  if (CreatedFile::Of(call.result).st_mode == 0) {
    return broken("succeeded, and the name is not where it had to be made");
  }
  return JudgeMade(id, file, ActAs::kSelf, kCreateAtMode);
}

// A name that was made is not found.
NameModel::Breaches NameModel::Gone(std::uint32_t id, File& file) const {
  const bool known = file.presence == Presence::kPresent;
  file = {};
  if (!known) return std::nullopt;
  return Breach{.clause = Clause::kNameGone,
                .reason = "the name was gone although nobody had removed it",
                .witness = {id}};
}

NameModel::Breaches NameModel::JudgeChangeMode(std::uint32_t id) {
  const Operation& call = op(id);
  const ChangeMode asked = ChangeMode::Of(call.argument);
  File& file = At(Folder::kCurrent, asked.slot);
  if (call.failed_with(ENOENT)) return Gone(id, file);
  if (call.succeeded()) file.mode = asked.mode;
  return std::nullopt;
}

NameModel::Breaches NameModel::JudgeOpen(std::uint32_t id) {
  const Operation& call = op(id);
  const OpenFileAs asked = OpenFileAs::Of(call.argument);
  if (Hindered(call) || CouldNotBecome(call, asked.as)) return std::nullopt;
  File& file = At(Folder::kCurrent, asked.slot);
  if (call.succeeded() && call.worker < held_.size()) {
    held_[call.worker][asked.slot] = asked.direction;
  }
  if (call.failed_with(ENOENT)) return Gone(id, file);
  if (file.presence != Presence::kPresent) return std::nullopt;
  const Possible may = MayOpen(file, asked);
  if (may.yes && may.no) return std::nullopt;
  Chance(Clause::kPermissionWrong);
  // Whom nobody reads from is told so, but only who may write.
  const bool granted =
      call.succeeded() || (call.failed_with(ENXIO) && asked.direction == Direction::kWrite);
  if (may.yes ? granted : call.failed_with(EACCES)) return std::nullopt;
  return Breach{.clause = Clause::kPermissionWrong,
                .reason = fmt::format("an open that mode {:04o} {} {}", file.mode.value_or(0),
                                      may.yes ? "grants" : "refuses", OutcomeText(call)),
                .witness = {id}};
}

// Whoever has it open may go on, whatever its mode is now.
NameModel::Breaches NameModel::JudgeUse(std::uint32_t id) {
  const Operation& call = op(id);
  if (call.worker >= held_.size()) return std::nullopt;
  const std::optional<Direction> held = held_[call.worker][UsedSlot(call.argument)];
  if (!held) return std::nullopt;
  Chance(Clause::kPermissionWrong);
  const bool against = queues_ && UsedAgainst(call.argument) && *held != Direction::kBoth;
  if (against && call.failed_with(EBADF)) return std::nullopt;
  if (!against && !call.failed_with(EACCES) && !call.failed_with(EPERM) &&
      !call.failed_with(EBADF)) {
    return std::nullopt;
  }
  return Breach{.clause = Clause::kPermissionWrong,
                .reason = fmt::format("a call {} was open {}",
                                      against ? "against the direction in which it" : "on what",
                                      OutcomeText(call)),
                .witness = {id}};
}

NameModel::Breaches NameModel::JudgeRemove(std::uint32_t id) {
  const Operation& call = op(id);
  const RemoveFile asked = RemoveFile::Of(call.argument);
  File& file = At(queues_ ? Folder::kCurrent : asked.folder, asked.slot);
  if (call.failed_with(ENOENT)) return Gone(id, file);
  if (call.succeeded()) file = {};
  return std::nullopt;
}

}  // namespace parley::model

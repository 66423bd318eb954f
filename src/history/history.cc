#include "src/history/history.h"

namespace parley {

std::string_view EffectName(Effect effect) {
  switch (effect) {
    case Effect::kPut:
      return "put";
    case Effect::kTake:
      return "take";
    case Effect::kOpenRead:
      return "open-read";
    case Effect::kOpenWrite:
      return "open-write";
    case Effect::kOpenBoth:
      return "open-both";
    case Effect::kDuplicate:
      return "duplicate";
    case Effect::kClose:
      return "close";
    case Effect::kSetNonblocking:
      return "set-nonblocking";
    case Effect::kResize:
      return "resize";
    case Effect::kQueryCapacity:
      return "query-capacity";
    case Effect::kQueryUnread:
      return "query-unread";
    case Effect::kPoll:
      return "poll";
    case Effect::kMakeName:
      return "make-name";
    case Effect::kRemoveName:
      return "remove-name";
    case Effect::kQueryName:
      return "query-name";
    case Effect::kRenameName:
      return "rename-name";
    case Effect::kLinkName:
      return "link-name";
    case Effect::kProbeHandle:
      return "probe-handle";
    case Effect::kOther:
      return "other";
    case Effect::kCreateFile:
      return "create-file";
    case Effect::kCreateFileAt:
      return "create-file-at";
    case Effect::kChangeMode:
      return "change-mode";
    case Effect::kOpenFile:
      return "open-file";
    case Effect::kUseFile:
      return "use-file";
    case Effect::kRemoveFile:
      return "remove-file";
    case Effect::kSeek:
      return "seek";
    case Effect::kTruncate:
      return "truncate";
    case Effect::kQueryKind:
      return "query-kind";
    case Effect::kMakePair:
      return "make-pair";
    case Effect::kSetPackets:
      return "set-packets";
    case Effect::kPeek:
      return "peek";
    case Effect::kLock:
      return "lock";
    case Effect::kUnlock:
      return "unlock";
    case Effect::kQueryLock:
      return "query-lock";
    case Effect::kLockInChild:
      return "lock-in-child";
    case Effect::kDuplicateToChild:
      return "duplicate-to-child";
    case Effect::kRemoveObject:
      return "remove-object";
    case Effect::kDeriveKey:
      return "derive-key";
    case Effect::kNotify:
      return "notify";
    case Effect::kTakeNotice:
      return "take-notice";
    case Effect::kMakeLimited:
      return "make-limited";
    case Effect::kRunTool:
      return "run-tool";
  }
  return "unknown";
}

}  // namespace parley

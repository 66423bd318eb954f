// O-MODEL of the rights to a queue that is reached by a key: its bits let in, or not, the class of
// users that the caller belongs to, and nobody but its owner changes or removes it.
//
// Of stepped histories: there these calls happen one after the other, so that the mode is known
// between them.  The owner is the crew's own user.  Who overrides the bits (CAP_IPC_OWNER) is not
// known of the crew; of others it is that they do not.
//
// Source: POSIX.1-2024 XSH 2.7.1, msgget() [EACCES], msgctl() [EPERM]; sysvipc(7) (Linux).
// Time O(n log n), memory O(n) for n operations.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "src/base/error.h"
#include "src/check/checker.h"
#include "src/check/messages.h"
#include "src/check/tally.h"
#include "src/history/file_calls.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kPermissionWrong};
constexpr std::uint16_t kFreshMode = 0600;  // of the round's own queue

bool IsOther(ActAs as) { return as == ActAs::kOtherUser || as == ActAs::kOtherUserAndGroup; }

bool Grants(std::uint16_t mode, const OpenFileAs& call) {
  const unsigned asked = call.direction == Direction::kRead    ? 04U
                         : call.direction == Direction::kWrite ? 02U
                                                               : 06U;
  const unsigned place = call.as == ActAs::kOtherUserAndGroup ? 0
                         : call.as == ActAs::kOtherUser       ? 3
                                                              : 6;
  return (mode >> place & asked) == asked;
}

class RightsJudge {
 public:
  RightsJudge(const History& history, Tally& tally) : history_(history), tally_(tally) {}

  // In the order in which they happened.
  void Judge(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    // Nobody could be who was to make it (ENOTSUP), or there is no queue any more.
    if (op.failed_with(ENOTSUP) || op.failed_with(ENOENT) || op.failed_with(EIDRM)) return;
    switch (history_.effect(op)) {
      case Effect::kOpenFile:
        return JudgeOpen(id, op);
      case Effect::kChangeMode:
        return JudgeChange(id, op);
      case Effect::kRemoveFile:
        if (op.outcome != Outcome::kReturned) return;
        return Expect(id, op, EPERM, "a removal by somebody else");
      default:
        return;
    }
  }

 private:
  void JudgeOpen(std::uint32_t id, const Operation& op) {
    const OpenFileAs call = OpenFileAs::Of(op.argument);
    if (op.outcome != Outcome::kReturned || !mode_) return;
    const bool grants = Grants(*mode_, call);
    if (!grants && call.as == ActAs::kSelf) return;
    Expect(id, op, grants ? 0 : EACCES,
           fmt::format("an open that mode {:04o} {}", *mode_, grants ? "grants" : "refuses"));
  }

  void JudgeChange(std::uint32_t id, const Operation& op) {
    const ChangeMode call = ChangeMode::Of(op.argument);
    if (op.outcome != Outcome::kReturned) {
      mode_.reset();
    } else if (IsOther(call.as)) {
      Expect(id, op, EPERM, "a change by somebody else");
    } else {
      Expect(id, op, 0, "a change by the owner");
    }
    if (op.succeeded()) mode_ = call.mode;
  }

  void Expect(std::uint32_t id, const Operation& op, int error, std::string_view what) {
    tally_.AddChances(1);
    if (op.system_error == error) return;
    tally_.Break(fmt::format("{} {}", what,
                             op.system_error == 0 ? "succeeded"
                                                  : "failed with " + ErrnoName(op.system_error)),
                 {id});
  }

  const History& history_;
  Tally& tally_;
  std::optional<std::uint16_t> mode_ = kFreshMode;
};

void JudgeRights(const History& history, std::vector<Judgement>& judgements) {
  if (history.header.mode != "stepped" || !history.header.complete) return;
  if (!SelectsByClass(history)) return;
  Tally tally(Clause::kPermissionWrong);
  for (const std::uint8_t object : ObjectsOf(history)) {
    if (!Messages(history, object).one_queue()) continue;
    std::vector<std::uint32_t> calls;
    for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
      if (history.operations[id].object == object) calls.push_back(id);
    }
    std::ranges::sort(calls, {}, [&](std::uint32_t id) {
      return std::pair(history.operations[id].invoked_ns, id);
    });
    RightsJudge judge(history, tally);
    for (const std::uint32_t id : calls) judge.Judge(id);
  }
  tally.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "message_rights",
                                         .oracle = "O-MODEL",
                                         .clauses = kClauses,
                                         .judge = JudgeRights,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley

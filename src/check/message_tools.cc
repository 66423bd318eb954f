// O-CODE of the system's commands: ipcs tells of an object what the system does, and ipcrm removes
// what it was told to, and nothing else.
//
// The worker has looked when nobody else did anything, and the histories have what it saw.
//
// Source: POSIX.1-2024 ipcs, ipcrm.  Time O(n), memory O(1) for n operations.
#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

#include "src/check/checker.h"
#include "src/check/tally.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kToolDiffers, Clause::kToolRemovedWrongly};

std::string FlawsText(std::int64_t flaws) {
  static constexpr std::array<std::pair<ToolFlaw, std::string_view>, 7> kTexts{{
      {kToolTellsNothing, "ipcs does not list the object"},
      {kToolTellsOtherwise, "ipcs tells another key, mode or content than IPC_STAT"},
      {kSystemTellsOtherwise, "/proc/sysvipc tells another key, mode or content than IPC_STAT"},
      {kToolRefused, "ipcrm failed on an object that was there"},
      {kToolSucceeded, "ipcrm succeeded on one that was gone or another user's"},
      {kToolLeft, "ipcrm left what it was to remove"},
      {kToolTook, "ipcrm took what it was not to remove"},
  }};
  std::string text;
  for (const auto& [flaw, said] : kTexts) {
    if ((flaws & flaw) != 0) text += fmt::format("{}{}", text.empty() ? "" : "; ", said);
  }
  return text;
}

void JudgeTools(const History& history, std::vector<Judgement>& judgements) {
  if (history.header.mode != "stepped") return;
  Tally lists(Clause::kToolDiffers);
  Tally removals(Clause::kToolRemovedWrongly);
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    if (history.effect(op) != Effect::kRunTool || !op.succeeded()) continue;
    Tally& tally = ToolOf(op.argument) == Tool::kList ? lists : removals;
    tally.AddChances(1);
    if (op.result != 0) tally.Break(FlawsText(op.result), {id});
  }
  lists.Report(judgements);
  removals.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "message_tools",
                                         .oracle = "O-CODE",
                                         .clauses = kClauses,
                                         .judge = JudgeTools,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley

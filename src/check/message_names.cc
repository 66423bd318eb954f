// O-CODE: a process finds a queue, or a file of locks, by its name, whoever made it.
//
// Time O(n), memory O(1) for n operations.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "src/check/checker.h"
#include "src/check/messages.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kUnreachableByName};

void JudgeNames(const History& history, std::vector<Judgement>& judgements) {
  std::uint64_t made_ns = kNever;     // the first time that it was certainly there
  std::uint64_t removed_ns = kNever;  // the first time that it may have gone
  std::uint32_t maker = 0;
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    if (history.effect(op) == Effect::kMakeName && op.succeeded() && op.returned_ns < made_ns) {
      made_ns = op.returned_ns + history.header.clock_slack_ns;
      maker = id;
    }
    const Effect effect = history.effect(op);
    if (effect == Effect::kRemoveName || effect == Effect::kRemoveObject) {
      removed_ns = std::min(removed_ns, op.invoked_ns);
    }
  }
  Tally tally(Clause::kUnreachableByName);
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    const bool unrelated = history.workers[op.worker].topology == Topology::kUnrelated;
    if (!unrelated || !Opens(history.effect(op)) || op.outcome != Outcome::kReturned) continue;
    const std::uint64_t until_ns = op.returned_ns + history.header.clock_slack_ns;
    if (op.invoked_ns <= made_ns || until_ns >= removed_ns) continue;
    tally.AddChances(1);
    if (!op.failed_with(ENOENT)) continue;
    tally.Break(fmt::format("unrelated worker {} did not find it under its name", op.worker),
                Witness(history, {maker, id}));
  }
  tally.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "message_names",
                                         .oracle = "O-CODE",
                                         .clauses = kClauses,
                                         .judge = JudgeNames,
                                         .family = Family::kMessages});

const CheckerRegistration kOfLocks({.name = "lock_names",
                                    .oracle = "O-CODE",
                                    .clauses = kClauses,
                                    .judge = JudgeNames,
                                    .family = Family::kLocks});

}  // namespace
}  // namespace parley

// O-MODEL: files beside an object are made as, and where, they have to be, and opened by whom they
// may be.
//
// Of stepped histories: there these calls happen one after the other, so that the state between
// them is known.  Time O(n log n), memory O(n) for n operations.
//
// Source: POSIX.1-2024 mkfifo(), mkfifoat(), open(), mq_open().
#include <algorithm>
#include <array>

#include "src/check/checker.h"
#include "src/check/ends_judging.h"
#include "src/check/messages.h"
#include "src/check/tally.h"
#include "src/model/name_model.h"
#include "src/model/stepped_view.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kNameGone, Clause::kCreatedWrongly,
                                 Clause::kResolvedWrongly, Clause::kPermissionWrong};

void JudgeObject(const History& history, std::vector<std::uint32_t>& calls,
                 std::vector<Tally>& tallies) {
  std::ranges::sort(calls, {}, [&](std::uint32_t id) {
    return std::pair(history.operations[id].invoked_ns, id);
  });
  model::NameModel model(history);
  for (const std::uint32_t id : calls) {
    const auto breach = model.Advance(id);
    if (!breach) continue;
    const auto place = std::ranges::find(kClauses, breach->clause) - kClauses.begin();
    Tally& tally = tallies[static_cast<std::size_t>(place)];
    if (!tally.broken()) BreakIfComplete(history, tally, breach->reason, breach->witness);
    break;
  }
  for (std::size_t i = 0; i < kClauses.size(); ++i) {
    tallies[i].AddChances(model.chances(kClauses[i]));
  }
}

void JudgeFiles(const History& history, std::vector<Judgement>& judgements) {
  if (history.header.mode != "stepped") return;
  // Those of System V are no names: message_rights.cc.
  if (history.header.family == Family::kMessages && SelectsByClass(history)) return;
  std::vector<std::vector<std::uint32_t>> calls(model::ObjectCount(history));
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    if (model::IsOnFiles(history.effect(op))) calls[op.object].push_back(id);
  }
  std::vector<Tally> tallies;
  for (const Clause clause : kClauses) tallies.emplace_back(clause);
  for (auto& of_object : calls) {
    if (!of_object.empty()) JudgeObject(history, of_object, tallies);
  }
  for (const Tally& tally : tallies) tally.Report(judgements);
}

const CheckerRegistration kRegistration(
    {.name = "names", .oracle = "O-MODEL", .clauses = kClauses, .judge = JudgeFiles});

}  // namespace
}  // namespace parley

// O-CODE: a file and an id give one key, whichever of its names the file goes by, and a file that
// is not there gives none.  That different files give different keys is promised nowhere.
//
// Source: POSIX.1-2024 ftok().  Time O(n), memory O(1) for n operations.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "src/check/checker.h"
#include "src/check/tally.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kKeyUnstable};

constexpr std::array<std::pair<KeyFlaw, std::string_view>, 4> kFlaws{{
    {kKeyVaries, "one file and id gave two keys"},
    {kKeyOfLinkDiffers, "a hard link of a file gave another key than the file"},
    {kKeyOfHighBits, "more than the lowest eight bits of an id counted"},
    {kKeyOfMissing, "a file that is not there gave a key, or another error than ENOENT"},
}};

void JudgeKeys(const History& history, std::vector<Judgement>& judgements) {
  Tally tally(Clause::kKeyUnstable);
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    if (history.effect(op) != Effect::kDeriveKey || !op.succeeded()) continue;
    tally.AddChances(1);
    for (const auto& [flaw, text] : kFlaws) {
      if ((op.result & flaw) != 0) tally.Break(std::string(text), {id});
    }
  }
  tally.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "message_keys",
                                         .oracle = "O-CODE",
                                         .clauses = kClauses,
                                         .judge = JudgeKeys,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley

// O-RES: after the round nothing of it is left.
#include <fmt/format.h>

#include <array>

#include "src/check/checker.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kResidue};

void JudgeResidue(const History& history, std::vector<Judgement>& judgements) {
  Tally tally(Clause::kResidue);
  tally.AddChances(history.operations.empty() ? 0 : 1);
  if (!history.residue.empty()) {
    const std::size_t others = history.residue.size() - 1;
    tally.Break(others == 0 ? history.residue.front()
                            : fmt::format("{} (and {} more)", history.residue.front(), others),
                {});
  }
  tally.Report(judgements);
}

const CheckerRegistration kRegistration(
    {.name = "residue", .oracle = "O-RES", .clauses = kClauses, .judge = JudgeResidue});

}  // namespace
}  // namespace parley

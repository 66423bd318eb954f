// For tests of checkers: what the one checker in question says.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "src/check/checker.h"
#include "src/history/history.h"

namespace parley {

// What the checker of that name finds; there must be one.
std::vector<Judgement> JudgeBy(std::string_view checker, const History& history);

// The judgement of the clause by the checker that can report it; nothing when it does not apply.
std::optional<Judgement> JudgementOf(Clause clause, const History& history);

// Its verdict in a word, "none" when there is no judgement.
std::string_view VerdictOf(Clause clause, const History& history);

// The names of all clauses that the checker finds broken, in the order of the clauses.
std::vector<std::string_view> Broken(std::string_view checker, const History& history);

}  // namespace parley

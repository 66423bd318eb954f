#include "src/check/checking.h"

#include <algorithm>

#include "src/base/check.h"

namespace parley {

std::vector<Judgement> JudgeBy(std::string_view checker, const History& history) {
  const auto found = std::ranges::find(Checkers(), checker, &Checker::name);
  CHECK(found != Checkers().end());
  std::vector<Judgement> judgements;
  found->judge(history, judgements);
  return judgements;
}

std::optional<Judgement> JudgementOf(Clause clause, const History& history) {
  for (const Checker& checker : Checkers()) {
    if (checker.Judges(history.header.family) &&
        std::ranges::find(checker.clauses, clause) != checker.clauses.end()) {
      const std::vector<Judgement> judgements = JudgeBy(checker.name, history);
      const auto found = std::ranges::find(judgements, clause, &Judgement::clause);
      // A model of stepped histories may say nothing where another one does.
      if (found != judgements.end()) return *found;
    }
  }
  return std::nullopt;
}

std::string_view VerdictOf(Clause clause, const History& history) {
  const std::optional<Judgement> judgement = JudgementOf(clause, history);
  return judgement ? VerdictName(judgement->verdict) : "none";
}

std::vector<std::string_view> Broken(std::string_view checker, const History& history) {
  std::vector<Judgement> judgements = JudgeBy(checker, history);
  std::ranges::sort(judgements, {}, &Judgement::clause);
  std::vector<std::string_view> broken;
  for (const Judgement& judgement : judgements) {
    if (judgement.verdict == Verdict::kBroken) {
      broken.push_back(ClauseName(judgement.clause));
    }
  }
  return broken;
}

}  // namespace parley

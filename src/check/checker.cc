// The registry of checkers, and the one call that runs them all.
#include "src/check/checker.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "src/base/check.h"
#include "src/check/byte_streams.h"
#include "src/check/lock_view.h"

namespace parley {
namespace {

// A function's static, because registrations run before main in no particular order.
std::vector<Checker>& Registry() {
  static std::vector<Checker> registry;
  return registry;
}

// A checker reports only clauses that it lists, each at most once.  Anything else is a bug of
// parley.
void CheckJudgements(const Checker& checker, std::span<const Judgement> judgements) {
  std::array<bool, static_cast<std::size_t>(Clause::kCount)> seen{};
  for (const Judgement& judgement : judgements) {
    CHECK(judgement.clause < Clause::kCount);
    CHECK(std::ranges::find(checker.clauses, judgement.clause) != checker.clauses.end());
    bool& reported = seen[static_cast<std::size_t>(judgement.clause)];
    CHECK(!reported);
    reported = true;
  }
}

}  // namespace

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kKept:
      return "kept";
    case Verdict::kUnsupported:
      return "unsupported";
    case Verdict::kInconclusive:
      return "inconclusive";
    case Verdict::kBroken:
      return "broken";
  }
  return "unknown";
}

CheckerRegistration::CheckerRegistration(const Checker& checker) {
  std::vector<Checker>& registry = Registry();
  const auto place = std::ranges::lower_bound(registry, checker.name, {}, &Checker::name);
  CHECK(place == registry.end() || place->name != checker.name);
  registry.insert(place, checker);
}

std::span<const Checker> Checkers() { return Registry(); }

std::vector<Judgement> Judge(const History& history) {
  std::vector<Judgement> judgements;
  std::optional<ByteStreams> streams;
  std::optional<LockView> locks;
  for (const Checker& checker : Checkers()) {
    if (!checker.Judges(history.header.family)) continue;
    const std::size_t before = judgements.size();
    if (checker.judge_streams != nullptr) {
      if (!streams) {
        streams.emplace(history);
      }
      checker.judge_streams(*streams, judgements);
    } else if (checker.judge_locks != nullptr) {
      if (!locks) {
        locks.emplace(history);
      }
      checker.judge_locks(*locks, judgements);
    } else {
      checker.judge(history, judgements);
    }
    CHECK(judgements.size() >= before);
    CheckJudgements(checker, std::span(judgements).subspan(before));
  }
  return judgements;
}

}  // namespace parley

#include "src/shrink/shrink.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "src/shrink/candidates.h"

namespace parley {

Program Shrink(Program start, const std::function<bool(const Program&)>& fails,
               const ShrinkLimits& limits, ShrinkReport* report) {
  ShrinkReport done{.from = SizeOf(start)};
  std::unordered_set<std::uint64_t> tried{Fingerprint(start)};
  Program best = std::move(start);
  Candidates candidates(best);
  bool progress = false;  // since the passes began anew
  const auto spent = [&] {
    return done.replays >= limits.replays_max || (limits.out_of_time && limits.out_of_time());
  };
  while (true) {
    std::optional<Program> candidate = candidates.Next();
    if (!candidate && !std::exchange(progress, false)) {
      done.finished = true;
      break;
    }
    if (!candidate) {
      candidates = Candidates(best);
      continue;
    }
    if (!tried.insert(Fingerprint(*candidate)).second) continue;
    if (spent()) break;
    ++done.replays;
    if (!fails(*candidate)) continue;
    ++done.accepted;
    progress = true;
    best = *std::move(candidate);
    candidates = Candidates(best, candidates.place());
  }
  done.to = SizeOf(best);
  if (report != nullptr) *report = done;
  return best;
}

bool BrokenAgain(std::span<const Judgement> judgements, Clause clause) {
  return std::ranges::any_of(judgements, [&](const Judgement& judgement) {
    return judgement.clause == clause && judgement.verdict == Verdict::kBroken;
  });
}

}  // namespace parley

#include "src/check/ends_generations.h"

#include <algorithm>

namespace parley {

void Generations::Add(const Operation& op, Effect effect) {
  switch (effect) {
    case Effect::kMakeName:
      if (MayHaveHappened(op)) {
        makings_.push_back({op.invoked_ns, op.returned_ns, op.succeeded()});
      }
      break;
    case Effect::kRemoveName:
      if (MayHaveHappened(op)) {
        unnamed_from_ns_ = std::min(unnamed_from_ns_, op.invoked_ns);
      }
      break;
    case Effect::kRenameName:
      // Even one that failed may have moved the name away.
      unnamed_from_ns_ = std::min(unnamed_from_ns_, op.invoked_ns);
      moves_ = true;
      break;
    default:
      break;
  }
}

void Generations::Finish(std::uint64_t slack_ns) {
  slack_ns_ = slack_ns;
  // As long as the name was there, a making that succeeded was the first.
  std::erase_if(makings_, [&](const Making& making) {
    return unnamed_from_ns_ == kNever || PlusNs(making.returned_ns, slack_ns_) < unnamed_from_ns_;
  });
  muddled_ = !makings_.empty() && (moves_ || !std::ranges::all_of(makings_, &Making::certain));
  std::ranges::sort(makings_, {}, &Making::returned_ns);
  for (const Making& making : makings_) {
    invoked_ns_.push_back(making.invoked_ns);
  }
  std::ranges::sort(invoked_ns_);
}

GenerationRange Generations::Of(std::uint64_t from_ns, std::uint64_t until_ns) const {
  const auto over = std::ranges::partition_point(makings_, [&](const Making& making) {
    return PlusNs(making.returned_ns, slack_ns_) < from_ns;
  });
  const auto begun = std::ranges::upper_bound(invoked_ns_, PlusNs(until_ns, slack_ns_));
  return {.low = static_cast<std::uint32_t>(over - makings_.begin()),
          .high = static_cast<std::uint32_t>(begun - invoked_ns_.begin())};
}

}  // namespace parley

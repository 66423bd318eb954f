// What the leader does with a queue of messages: it tells receivers that no more will come, and
// takes what is left when everybody has gone, so that nothing accepted may be missing.
#include <algorithm>
#include <span>

#include "src/engine/round_leader.h"

namespace parley {
namespace {

bool Has(const Facility& facility, const WorkerPlan& plan, Effect effect) {
  const auto calls = std::span(plan.stream.calls).first(plan.stream.call_count);
  return std::ranges::any_of(calls, [&](const CallChoice& choice) {
    return facility.Calls()[choice.call].effect == effect;
  });
}

}  // namespace

// All who draw sends have finished, or are dead and not to be replaced: each receiver is told so by
// a message of its own, as soon as there is room for it.
void RoundLeader::TellReceivers() {
  if (facility_->GetTraits().family != Family::kMessages || program().phases > 0) return;
  std::uint32_t receivers = 0;
  for (const Player& player : players_) {
    if (!player.alive) continue;
    const WorkerPlan& plan = program().workers[player.plan];
    if (!player.finished && Has(*facility_, plan, Effect::kPut)) return;
    if (Has(*facility_, plan, Effect::kTake)) ++receivers;
  }
  if (!makers_) {
    makers_.emplace(arena_, *facility_, maker_);
    if (!makers_->Open()) lasts_sent_ = receivers;
  }
  while (lasts_sent_ < receivers && makers_->SendLast()) ++lasts_sent_;
}

// Called when no worker is left.
void RoundLeader::DrainMessages() {
  if (facility_ == nullptr || facility_->GetTraits().family != Family::kMessages) return;
  if (!makers_) {
    makers_.emplace(arena_, *facility_, maker_);
    if (!makers_->Open()) return;
  }
  makers_->TakeAll();
  makers_->Close();
}

}  // namespace parley

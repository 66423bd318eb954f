// What the leader does with a queue of messages: it tells receivers that no more will come, and
// takes what is left when everybody has gone, so that nothing accepted may be missing.
#include <algorithm>
#include <atomic>
#include <span>
#include <vector>

#include "src/engine/round_leader.h"
#include "src/history/message_calls.h"

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
// a message of its own, as soon as there is room for it, and again while it goes on: another one
// may have taken that, or it asks for another class by now.
void RoundLeader::TellReceivers() {
  if (facility_->GetFamily() != Family::kMessages || program().phases > 0) return;
  std::vector<const Player*> receivers;
  std::uint64_t finished = 0;
  for (const Player& player : players_) {
    if (!player.alive) continue;
    const WorkerPlan& plan = program().workers[player.plan];
    if (!player.finished && Has(*facility_, plan, Effect::kPut)) return;
    if (!Has(*facility_, plan, Effect::kTake)) continue;
    if (player.finished) ++finished;
    if (!player.finished) receivers.push_back(&player);
  }
  if (!makers_) {
    makers_.emplace(arena_, *facility_, maker_);
    makers_open_ = makers_->Open();
  }
  for (const Player* player : receivers) {
    // Of its log's length and of those who have finished, neither ever shrinks.
    const std::uint64_t mark =
        finished + header_.logs[player->worker].count.load(std::memory_order_acquire);
    if (!makers_open_ || told_at_[player->worker] == mark) continue;
    if (makers_->SendLast(AwaitedClass(*player))) told_at_[player->worker] = mark;
  }
}

// A class of which the receiver would take a message by the call that it made last.
std::uint32_t RoundLeader::AwaitedClass(const Player& player) const {
  const auto lowest = static_cast<std::uint32_t>(facility_->ClassMin());
  const LogRegion& log = header_.logs[player.worker];
  const std::uint64_t count = log.count.load(std::memory_order_acquire);
  if (count == 0) return lowest;
  const auto* const records = reinterpret_cast<const OperationRecord*>(arena_.records());
  const OperationRecord& last = records[log.offset + count - 1];
  const std::uint32_t asked = UnpackClass(last.argument).asked;
  switch (facility_->Calls()[last.call].select) {
    case Selector::kEqual:
      return asked;
    case Selector::kExcept:
      return asked == lowest ? lowest + 1 : lowest;
    default:
      return lowest;
  }
}

// Called when no worker is left.
void RoundLeader::DrainMessages() {
  if (facility_ == nullptr || facility_->GetFamily() != Family::kMessages) return;
  if (!makers_) {
    makers_.emplace(arena_, *facility_, maker_);
    if (!makers_->Open()) return;
  }
  makers_->TakeAll();
  makers_->Close();
}

}  // namespace parley

#include "src/model/unread.h"

#include <algorithm>

namespace parley::model {

void UnreadBytes::Begin(std::uint32_t id, const Operation& op, bool atomic) {
  // Had all of a large one gone in, it would have returned; a small one goes in whole.
  const std::uint32_t most = atomic ? 0 : op.requested - 1;
  deposits_.push_back({.id = id,
                       .writer = op.worker,
                       .atomic = atomic,
                       .position = op.position,
                       .requested = op.requested,
                       .most = most});
}

void UnreadBytes::Settle(std::uint32_t id, std::uint64_t least, std::uint64_t most,
                         std::uint64_t step) {
  const auto deposit = std::ranges::find(deposits_, id, &Deposit::id);
  if (deposit == deposits_.end()) return;
  deposit->least = std::max(deposit->taken, static_cast<std::uint32_t>(least));
  deposit->most = std::max(deposit->taken, static_cast<std::uint32_t>(most));
  deposit->settled = true;
  deposit->settled_step = step;
}

void UnreadBytes::Abandon(std::uint32_t id, std::uint64_t step) {
  const auto deposit = std::ranges::find(deposits_, id, &Deposit::id);
  if (deposit == deposits_.end()) return;
  Settle(id, deposit->taken, deposit->requested, step);
}

std::uint32_t UnreadBytes::Take(std::uint16_t writer, std::uint64_t position, std::uint32_t bytes,
                                std::size_t& place) {
  for (place = 0; place < deposits_.size(); ++place) {
    Deposit& deposit = deposits_[place];
    if (deposit.writer != writer || deposit.next() != position) continue;
    const std::uint32_t part = std::min(bytes, deposit.most - deposit.taken);
    if (part == 0) continue;
    deposit.taken += part;
    deposit.least = std::max(deposit.least, deposit.taken);
    return part;
  }
  return 0;
}

bool UnreadBytes::IsNext(std::uint16_t writer, std::uint64_t position) const {
  return std::ranges::any_of(deposits_, [&](const Deposit& deposit) {
    return deposit.writer == writer && deposit.next() == position && deposit.taken < deposit.most;
  });
}

void UnreadBytes::Tidy() {
  std::erase_if(deposits_, [](const Deposit& d) { return d.settled && d.taken >= d.most; });
  if (deposits_.empty()) unknown_taken_ = 0;
}

void UnreadBytes::FoundEmpty(std::uint64_t step) {
  std::erase_if(deposits_, [&](const Deposit& deposit) {
    return deposit.settled && deposit.settled_step < step;
  });
  unknown_taken_ = 0;
}

void UnreadBytes::Doubt() {
  for (Deposit& deposit : deposits_) deposit.least = deposit.taken;
}

std::uint64_t UnreadBytes::least() const {
  std::uint64_t bytes = 0;
  for (const Deposit& deposit : deposits_) bytes += deposit.least - deposit.taken;
  return bytes - std::min(bytes, unknown_taken_);
}

std::uint64_t UnreadBytes::most() const {
  std::uint64_t bytes = 0;
  for (const Deposit& deposit : deposits_) bytes += deposit.most - deposit.taken;
  return bytes - std::min(bytes, unknown_taken_);
}

std::uint64_t UnreadBytes::pages_most() const {
  std::uint64_t pages = 0;
  for (const Deposit& deposit : deposits_) {
    const std::uint64_t left = deposit.most - deposit.taken;
    if (left == 0) continue;
    pages += std::min((std::uint64_t{deposit.most} + page_bytes_ - 1) / page_bytes_,
                      (left + page_bytes_ - 1) / page_bytes_ + 1);
  }
  return pages;
}

}  // namespace parley::model

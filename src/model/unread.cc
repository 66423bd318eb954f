#include "src/model/unread.h"

#include <algorithm>

namespace parley::model {
namespace {

// The next byte received of it may be the one at that position.
bool MayGoOnAt(const Deposit& deposit, std::uint64_t position) {
  return deposit.next() <= position && position <= deposit.next() + deposit.skip &&
         position < deposit.position + deposit.most;
}

}  // namespace

void UnreadBytes::Begin(std::uint32_t id, const Operation& op, bool atomic, Packets packets) {
  // Had all of a large one gone in, it would have returned; a small one goes in whole.
  const std::uint32_t most = atomic ? 0 : op.requested - 1;
  deposits_.push_back({.id = id,
                       .writer = op.worker,
                       .atomic = atomic,
                       .position = op.position,
                       .requested = op.requested,
                       .most = most,
                       .packets = packets});
}

void UnreadBytes::DoubtPackets() {
  for (Deposit& deposit : deposits_) {
    if (!deposit.settled) deposit.packets = Packets::kPerhaps;
  }
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
    if (deposit.writer != writer || !MayGoOnAt(deposit, position)) continue;
    const auto offset = static_cast<std::uint32_t>(position - deposit.position);
    const std::uint32_t part = std::min(bytes, deposit.most - offset);
    deposit.taken = offset + part;
    deposit.skip = 0;
    deposit.least = std::max(deposit.least, deposit.taken);
    return part;
  }
  return 0;
}

std::optional<std::uint64_t> UnreadBytes::GapBefore(std::uint16_t writer,
                                                    std::uint64_t position) const {
  std::optional<std::uint64_t> least;
  for (const Deposit& deposit : deposits_) {
    if (deposit.writer != writer || !MayGoOnAt(deposit, position)) continue;
    const std::uint64_t gap = position - deposit.next();
    least = std::min(least.value_or(gap), gap);
  }
  return least;
}

void UnreadBytes::TakeUnknown(std::uint64_t bytes) {
  unknown_taken_ += bytes;
  if (bytes == 0) return;
  for (Deposit& deposit : deposits_) {
    if (deposit.packets != Packets::kNo) deposit.skip = deposit.requested;
  }
}

void UnreadBytes::EndTake(std::size_t place, std::uint32_t bytes, bool full) {
  Deposit& deposit = deposits_[place];
  if (deposit.packets == Packets::kNo || deposit.taken >= deposit.most) return;
  if (deposit.packets == Packets::kYes && deposit.atomic) {
    discarded_.push_back(deposit);
    deposit.taken = deposit.most;
    deposit.least = std::max(deposit.least, deposit.taken);
  } else if (full) {
    // Of what is perhaps none, any number of bytes may have come before the packet.
    const std::uint32_t came = deposit.packets == Packets::kYes ? bytes : 1;
    deposit.skip = page_bytes_ - std::min(page_bytes_, came);
  }
}

std::uint32_t UnreadBytes::DiscardedOf(std::uint16_t writer, std::uint64_t position) const {
  const auto found = std::ranges::find_if(discarded_, [&](const Deposit& deposit) {
    return deposit.writer == writer && deposit.next() <= position &&
           position < deposit.position + deposit.most;
  });
  return found == discarded_.end() ? kNoOperation : found->id;
}

bool UnreadBytes::only_packets() const {
  return std::ranges::all_of(deposits_, [](const Deposit& deposit) {
    return deposit.packets == Packets::kYes || (deposit.settled && deposit.taken >= deposit.most);
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
  for (const Deposit& deposit : deposits_) bytes += deposit.left();
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

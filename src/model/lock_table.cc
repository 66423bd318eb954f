#include "src/model/lock_table.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace parley::model {
namespace {

// The search for a deadlock gives up after so many steps from the first one on.
constexpr int kStepsMax = 10;

}  // namespace

LockAnswer LockTable::Ask(const LockRequest& request, bool tries) {
  Entry entry{.what = request, .below = {}};
  const auto woken = std::ranges::find_if(
      woken_, [&](const Entry& one) { return one.what.operation == request.operation; });
  if (woken != woken_.end()) {
    entry = std::move(*woken);
    woken_.erase(woken);
  }
  return request.owner.kind == LockKind::kWhole ? AskWhole(std::move(entry), tries)
                                                : AskRange(std::move(entry), tries);
}

LockAnswer LockTable::AskRange(Entry request, bool tries) {
  const auto first = std::ranges::find_if(
      ranges_, [&](const Entry& lock) { return lock.what.Excludes(request.what); });
  if (first != ranges_.end()) {
    if (tries) return LockAnswer::kRefused;
    Wake(request);
    if (ClosesCycle(request.what, first->what)) return LockAnswer::kDeadlock;
    Park(*first, std::move(request));
    return LockAnswer::kSleeps;
  }
  Change(request, /*unlocks=*/false);
  Wake(request);
  return LockAnswer::kGranted;
}

// What its owner had is gone before it is seen whether the new one can be had.
LockAnswer LockTable::AskWhole(Entry request, bool tries) {
  for (std::size_t i = 0; i < whole_.size(); ++i) {
    if (whole_[i].what.owner != request.what.owner) continue;
    if (whole_[i].what.exclusive == request.what.exclusive) {
      Wake(request);
      return LockAnswer::kGranted;
    }
    Remove(whole_, i);
    break;
  }
  const auto first = std::ranges::find_if(
      whole_, [&](const Entry& lock) { return lock.what.Excludes(request.what); });
  if (first == whole_.end()) {
    request.what.operation = 0;
    whole_.push_back(std::move(request));
    return LockAnswer::kGranted;
  }
  Wake(request);
  if (tries) return LockAnswer::kRefused;
  Park(*first, std::move(request));
  return LockAnswer::kSleeps;
}

void LockTable::Unlock(const LockOwner& owner, Bytes bytes) {
  if (owner.kind == LockKind::kWhole) {
    const auto own =
        std::ranges::find_if(whole_, [&](const Entry& lock) { return lock.what.owner == owner; });
    if (own != whole_.end()) Remove(whole_, static_cast<std::size_t>(own - whole_.begin()));
    return;
  }
  Entry request{.what = {.owner = owner, .bytes = bytes}, .below = {}};
  Change(request, /*unlocks=*/true);
}

// Goes through the locks of the request's owner, as posix_lock_inode() does.  Where the request
// becomes a lock of its own, those below it go along.
void LockTable::Change(Entry& request, bool unlocks) {
  Bytes bytes = request.what.bytes;  // grows with what it is joined to
  bool added = false;
  std::optional<std::size_t> joined;  // the lock that it has become
  std::optional<std::size_t> left;    // locks of which parts stay
  std::optional<std::size_t> right;
  const auto become_at = [&](std::size_t place) {
    ranges_[place].what = request.what;
    ranges_[place].what.bytes = bytes;
    ranges_[place].what.operation = 0;
    ranges_[place].watched = false;
    ranges_[place].below = std::exchange(request.below, {});
    joined = place;
    added = true;
  };
  std::size_t at = 0;
  while (at < ranges_.size() && ranges_[at].what.owner != request.what.owner) ++at;
  while (at < ranges_.size() && ranges_[at].what.owner == request.what.owner) {
    LockRequest& lock = ranges_[at].what;
    const bool same = !unlocks && lock.exclusive == request.what.exclusive;
    if (lock.bytes.last < (same ? bytes.first - 1 : bytes.first)) {
      ++at;
      continue;
    }
    if ((same ? lock.bytes.first - 1 : lock.bytes.first) > bytes.last) break;
    if (same) {
      bytes = {.first = std::min(bytes.first, lock.bytes.first),
               .last = std::max(bytes.last, lock.bytes.last)};
      if (added) {
        Remove(ranges_, at);
      } else {
        added = true;
        joined = at++;
      }
      if (joined) ranges_[*joined].what.bytes = bytes;
      continue;
    }
    added = added || unlocks;
    if (lock.bytes.first < bytes.first) left = at;
    if (lock.bytes.last > bytes.last) {
      right = at;
      break;
    }
    if (lock.bytes.first < bytes.first) {
      ++at;
    } else if (added) {
      Remove(ranges_, at);
    } else {
      Wake(ranges_[at]);
      become_at(at++);
    }
  }
  if (!added && unlocks) return;
  if (!added) {
    ranges_.insert(ranges_.begin() + static_cast<std::ptrdiff_t>(at), Entry{});
    if (right) ++*right;
    if (left && *left >= at) ++*left;
    become_at(at);
  }
  if (left && left == right) {
    Entry rest{.what = ranges_[*right].what, .below = {}};
    rest.what.bytes.last = bytes.first - 1;
    ranges_.insert(ranges_.begin() + static_cast<std::ptrdiff_t>(at), std::move(rest));
    ++*right;
    left.reset();
  }
  if (right) {
    ranges_[*right].what.bytes.first = bytes.last + 1;
    Wake(ranges_[*right]);
  }
  if (left) {
    ranges_[*left].what.bytes.last = bytes.first - 1;
    Wake(ranges_[*left]);
  }
}

void LockTable::Wake(Entry& entry) {
  for (Entry& waiter : std::exchange(entry.below, {})) {
    waiter.watched = false;
    woken_.push_back(std::move(waiter));
  }
}

void LockTable::Park(Entry& above, Entry request) {
  Entry* at = &above;
  for (std::size_t i = 0; i < at->below.size();) {
    if (!at->below[i].what.Excludes(request.what)) {
      ++i;
      continue;
    }
    at = &at->below[i];
    i = 0;
  }
  request.watched = at->what.owner.kind == LockKind::kProcess;
  at->below.push_back(std::move(request));
}

void LockTable::Remove(Entries& list, std::size_t place) {
  Wake(list[place]);
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(place));
}

void LockTable::Leave(std::uint32_t operation) {
  const auto leave = [&](const auto& self, Entries& entries) -> bool {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      for (std::size_t k = 0; k < entries[i].below.size(); ++k) {
        if (entries[i].below[k].what.operation != operation) continue;
        Entry gone = std::move(entries[i].below[k]);
        entries[i].below.erase(entries[i].below.begin() + static_cast<std::ptrdiff_t>(k));
        Wake(gone);
        return true;
      }
      if (self(self, entries[i].below)) return true;
    }
    return false;
  };
  for (Entries* list : {&ranges_, &whole_}) {
    if (leave(leave, *list)) return;
  }
}

const LockRequest* LockTable::InTheWayOf(const LockRequest& request) const {
  for (const Entry& lock : ListOf(request.owner.kind)) {
    if (lock.what.Excludes(request)) return &lock.what;
  }
  return nullptr;
}

std::vector<LockRequest> LockTable::Woken() const {
  std::vector<LockRequest> woken;
  for (const Entry& entry : woken_) woken.push_back(entry.what);
  return woken;
}

std::size_t LockTable::Hash() const {
  std::size_t hash = 0;
  const auto mix = [&](std::uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 29U;
  };
  const auto add = [&](const auto& self, const Entries& entries) -> void {
    mix(entries.size());
    for (const Entry& entry : entries) {
      const LockRequest& what = entry.what;
      mix(what.operation);
      mix(std::uint64_t{what.owner.worker} << 32U | what.owner.description);
      mix(static_cast<std::uint64_t>(what.bytes.first));
      mix(static_cast<std::uint64_t>(what.bytes.last));
      mix((what.exclusive ? 2U : 0U) + (entry.watched ? 1U : 0U));
      self(self, entry.below);
    }
  };
  for (const Entries* list : {&ranges_, &whole_, &woken_}) add(add, *list);
  return hash;
}

bool LockTable::Sleeps(std::uint32_t operation) const {
  const auto below = [&](const auto& self, const Entry& entry) -> bool {
    return std::ranges::any_of(entry.below, [&](const Entry& waiter) {
      return waiter.what.operation == operation || self(self, waiter);
    });
  };
  for (const Entries* list : {&ranges_, &whole_, &woken_}) {
    for (const Entry& entry : *list) {
      if (below(below, entry)) return true;
    }
  }
  return false;
}

// Follows who waits for whom from the lock that is in the way on.  Of descriptions nobody knows
// whose they are.
bool LockTable::ClosesCycle(const LockRequest& request, const LockRequest& in_the_way) const {
  if (request.owner.kind == LockKind::kDescription) return false;
  LockOwner at = in_the_way.owner;
  for (int step = 0; const LockRequest* root = RootOfWaitOf(at); ++step) {
    if (step > kStepsMax) return false;
    if (root->owner == request.owner) return true;
    at = root->owner;
  }
  return false;
}

// What the owner's request sleeps under in the end: a lock, or a request that was woken.
const LockRequest* LockTable::RootOfWaitOf(const LockOwner& owner) const {
  const auto waits = [&](const auto& self, const Entry& entry) -> bool {
    return std::ranges::any_of(entry.below, [&](const Entry& waiter) {
      return (waiter.watched && waiter.what.owner == owner) || self(self, waiter);
    });
  };
  for (const Entries* list : {&ranges_, &woken_}) {
    for (const Entry& entry : *list) {
      if (waits(waits, entry)) return &entry.what;
    }
  }
  return nullptr;
}

}  // namespace parley::model

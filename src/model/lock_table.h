// Linux's table of a file's locks: those that were given, in the order in which a request meets
// them, and under each a tree of the requests that sleep because of it.
//
// A request that is in somebody's way goes to sleep below the first lock that it meets, or below
// one that sleeps there already and is in its way, too.  When a lock goes or becomes smaller, those
// right below it are woken, and ask again, each with those who sleep below itself.  So it is the
// order of asking that matters, and that the table leaves to its caller.
//
// A lock that grows (the request of its owner beside it, in its mode) keeps its place, and a
// request that replaces another one of its owner takes that one's place.
//
// Source: Linux 6.18, fs/locks.c: posix_lock_inode(), flock_lock_inode(), __locks_insert_block(),
// posix_locks_deadlock().  Not promised by anybody.  Time O(n) a call for n locks and requests.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "src/history/history.h"
#include "src/history/lock_calls.h"

namespace parley::model {

// Whose a lock is.
struct LockOwner {
  LockKind kind = LockKind::kNone;
  std::uint16_t worker = 0;
  std::uint16_t description = 0;  // the handle that opened it; 0: the process; or kChild

  auto operator<=>(const LockOwner&) const = default;
};

// Instead of a description: a child that asks for a lock and ends.
inline constexpr std::uint16_t kChild = 0xffff;

struct LockRequest {
  LockOwner owner;
  bool exclusive = false;
  Bytes bytes;
  std::uint32_t operation = 0;  // of requests, by which they are known

  bool operator==(const LockRequest&) const = default;
  // Different owners' and in each other's way.
  bool Excludes(const LockRequest& other) const {
    return owner != other.owner && (exclusive || other.exclusive) &&
           Meet(owner.kind, other.owner.kind) && bytes.Meets(other.bytes);
  }
};

enum class LockAnswer : std::uint8_t { kGranted, kRefused, kDeadlock, kSleeps };

class LockTable {
 public:
  // The first time, or again when it was woken.  tries: it does not wait.
  LockAnswer Ask(const LockRequest& request, bool tries);
  // A range of the owner's; of flock() all.
  void Unlock(const LockOwner& owner, Bytes bytes);
  // One that sleeps gives up: by a signal or a death.
  void Leave(std::uint32_t operation);

  // The first lock in the way of such a request; null when there is none.
  const LockRequest* InTheWayOf(const LockRequest& request) const;
  // Requests that were woken and have not asked again.
  std::vector<LockRequest> Woken() const;
  bool Sleeps(std::uint32_t operation) const;

  bool operator==(const LockTable&) const = default;
  std::size_t Hash() const;

 private:
  // A lock, or a request, and the requests below it.
  struct Entry {
    LockRequest what;
    bool watched = false;  // of requests: the search for deadlocks sees that its owner waits
    std::vector<Entry> below;

    bool operator==(const Entry&) const = default;
  };
  using Entries = std::vector<Entry>;

  // Owners of one kind lie together, in the order of their bytes.
  Entries& ListOf(LockKind kind) { return kind == LockKind::kWhole ? whole_ : ranges_; }
  const Entries& ListOf(LockKind kind) const { return kind == LockKind::kWhole ? whole_ : ranges_; }

  LockAnswer AskRange(Entry request, bool tries);
  LockAnswer AskWhole(Entry request, bool tries);
  void Change(Entry& request, bool unlocks);
  void Wake(Entry& entry);
  void Park(Entry& above, Entry request);
  void Remove(Entries& list, std::size_t place);
  bool ClosesCycle(const LockRequest& request, const LockRequest& in_the_way) const;
  const LockRequest* RootOfWaitOf(const LockOwner& owner) const;

  Entries ranges_;  // locks of processes and descriptions
  Entries whole_;   // locks of flock()
  Entries woken_;
};

}  // namespace parley::model

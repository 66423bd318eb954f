// Who held which bytes, and when: the holds of locks that a history shows.
//
// A hold is definite from the return of the call that took it to the invocation of what may end it,
// and possible from the invocation of the first to the return of the last.  Calls of one owner are
// made one after the other, so that its holds follow from its own calls alone.  A conversion of a
// range is one step (POSIX fcntl()), so that a shared lock on it goes on until the exclusive one is
// there; flock() gives up what it has first (flock(2)).
//
// Source: POSIX.1-2024 fcntl() F_SETLK, close(), _exit(); fcntl(2) on open file description locks,
// flock(2) (Linux).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/history/history.h"
#include "src/history/lock_calls.h"
#include "src/model/lock_table.h"

namespace parley {

using model::kChild;
using model::LockOwner;

// How a hold came to its end.
enum class LockEnd : std::uint8_t {
  kRound,  // it did not
  kUnlock,
  kConversion,
  kFailedConversion,  // of flock(), which had given up the lock before
  kClose,
  kDeath,
};

// What happened to a hold that must not have ended it.
enum class LockOrdeal : std::uint8_t {
  kNone,
  kCut,       // an unlock or a conversion took a part of its range away
  kFailure,   // its owner asked for another mode and was refused
  kDeadlock,  // its owner was a deadlock's victim
  kClose,     // another descriptor was closed, which does not hold it
  kUnlock,    // its process gave back a lock of another description
};

struct LockHold {
  LockOwner owner;
  bool exclusive = false;
  Bytes bytes;
  std::uint64_t from_ns = 0;
  std::uint64_t until_ns = kNever;
  std::uint32_t operation = 0;  // that took it
  std::uint32_t ended_by = 0;   // the operation, where it was one
  LockEnd end = LockEnd::kRound;
  bool taken = true;                      // else its call did not return
  bool upgraded = false;                  // it was shared before
  LockOrdeal ordeal = LockOrdeal::kNone;  // the first
  std::uint64_t ordeal_ns = 0;            // and when its call began

  // The two cannot be at one time.
  bool Excludes(const LockHold& other) const {
    return owner != other.owner && (exclusive || other.exclusive) &&
           Meet(owner.kind, other.owner.kind) && bytes.Meets(other.bytes);
  }
};

// "an exclusive lock of worker 3 on bytes 4 to 7".
std::string TextOf(const LockHold& hold);

// Of one object, each sorted by from_ns.  Time O(n s + h log h), memory O(n + h) for n operations,
// h holds and s ranges that an owner holds at a time.
struct LockHolds {
  std::vector<LockHold> definite;
  std::vector<LockHold> possible;
};

class LockRequests;

LockHolds HoldsOf(const History& history, std::uint8_t object, const LockRequests& requests);

}  // namespace parley

// What the checkers of locks share: per object whose descriptor is whose, who asked for which lock,
// and who held one when.
//
// Made once for a history; holds a reference to it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/check/checker.h"
#include "src/check/hang_sleepers.h"
#include "src/check/lock_holds.h"
#include "src/history/history.h"

namespace parley {

// Which open file description each handle stands for, as the calls of a history come.  A
// description has the number of the handle that opened it.
class LockHandles {
 public:
  struct Closed {
    std::uint16_t description = 0;
    bool child = false;  // it was a child's
    bool last = false;   // nobody has the description any more
  };
  struct Open {
    std::uint16_t description = 0;
    bool with_child = false;  // a child has a copy of it
  };

  // A call that made a handle.
  void Make(const Operation& op, Effect effect);
  // Nothing when the handle was none.
  std::optional<Closed> Close(const Operation& op);

  std::uint16_t DescriptionOf(std::uint16_t worker, std::uint64_t handle) const;  // 0: none
  std::vector<Open> OpenOf(std::uint16_t worker) const;
  bool HasChild(std::uint16_t worker) const;

 private:
  struct Handle {
    std::uint16_t description = 0;
    bool child = false;
  };

  std::vector<std::vector<Handle>> handles_;  // by worker, by handle
};

// What a call on a lock is about: as the hold that it asks for, from its invocation to its return.
class LockRequests {
 public:
  LockRequests(const History& history, std::uint8_t object);

  // The owner for whom the call asks; of kind kNone when the handle is none.
  LockOwner OwnerOf(std::uint32_t operation) const;
  LockHold RequestOf(std::uint32_t operation) const;
  // The range lies in the file.
  static bool Sound(const Operation& op) { return BytesOf(UnpackRange(op.argument)).has_value(); }

 private:
  const History& history_;
  std::vector<std::uint16_t> descriptions_;  // by operation; 0: none
};

// One object.
struct LockObject {
  LockObject(const History& history, std::uint8_t number);

  std::uint8_t number = 0;
  LockRequests requests;
  LockHolds holds;
  // Calls that ask for a lock, or who has one, by whatever handle; sorted by from_ns.
  std::vector<LockHold> asked;
};

class LockView {
 public:
  explicit LockView(const History& history);

  const History& history() const { return history_; }
  std::span<const LockObject> objects() const { return objects_; }
  std::span<const Sleepers> sleepers() const { return sleepers_; }

 private:
  const History& history_;
  std::vector<LockObject> objects_;
  std::vector<Sleepers> sleepers_;
};

// Visits each request that is wanted with the holds that may have been there between its call and
// its return: of other owners and of its own.  Both sorted by from_ns.  Time O(n + h + n a) for a
// holds at a time.
using LockMeeting = std::span<const LockHold* const>;
void ForEachWindow(std::span<const LockHold> requests, std::span<const LockHold> holds,
                   std::uint64_t slack_ns, const std::function<bool(const LockHold&)>& wanted,
                   const std::function<void(const LockHold&, LockMeeting meeting)>& visit);

// A Checker::judge for a checker that works on the view.
template <void (*kJudge)(const LockView&, std::vector<Judgement>&)>
void JudgeLocksAlone(const History& history, std::vector<Judgement>& judgements) {
  kJudge(LockView(history), judgements);
}

}  // namespace parley

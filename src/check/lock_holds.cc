#include "src/check/lock_holds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

#include "src/check/lock_view.h"

namespace parley {
namespace {

// What an owner holds at one point of its program.
struct Segment {
  Bytes bytes;
  bool exclusive = false;
  bool upgraded = false;
  std::uint64_t definite_ns = 0;
  std::uint64_t possible_ns = 0;
  std::uint32_t operation = 0;
  LockOrdeal ordeal = LockOrdeal::kNone;
  std::uint64_t ordeal_ns = 0;
};

void Suffer(Segment& segment, LockOrdeal ordeal, std::uint64_t ns) {
  if (segment.ordeal != LockOrdeal::kNone) return;
  segment.ordeal = ordeal;
  segment.ordeal_ns = ns;
}

// Puts each owner's calls together.  Owners are independent of each other.
class Holder {
 public:
  Holder(const History& history, std::uint8_t object, const LockRequests& requests)
      : history_(history), object_(object), requests_(requests), held_(history.workers.size()) {}

  LockHolds Run() {
    for (const Fault& fault : history_.faults) {
      if (fault.kind == FaultKind::kKill) deaths_[fault.worker] = fault;
    }
    for (std::uint32_t id = 0; id < history_.operations.size(); ++id) {
      if (history_.operations[id].object == object_) Observe(id);
    }
    for (const auto& owners : held_) {
      for (const auto& [owner, segments] : owners) EndAll(owner, segments);
    }
    std::ranges::sort(holds_.definite, {}, &LockHold::from_ns);
    std::ranges::sort(holds_.possible, {}, &LockHold::from_ns);
    return std::move(holds_);
  }

 private:
  using Segments = std::vector<Segment>;

  void Observe(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    const Effect effect = history_.effect(op);
    if (MakesHandle(effect) && op.succeeded()) {
      handles_.Make(op, effect);
    } else if (effect == Effect::kClose) {
      Close(id);
    } else if (effect == Effect::kLock) {
      Lock(id);
    } else if (effect == Effect::kLockInChild && IsOfDescription(op)) {
      LockByChild(id);
    } else if (effect == Effect::kUnlock) {
      Unlock(id);
    } else if (effect == Effect::kLockInChild) {
      Visit(id);
    }
  }

  void Lock(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    const LockHold request = requests_.RequestOf(id);
    if (request.owner.kind == LockKind::kNone || !LockRequests::Sound(op)) return;
    Segments& segments = Of(request.owner);
    if (op.outcome != Outcome::kReturned) {
      Perhaps(request, segments);
    } else if (op.system_error == 0) {
      Split(segments, request, request.exclusive, /*unlocks=*/false);
      Convert(segments, request);
    } else {
      Fail(op, request, segments);
    }
  }

  // What a child takes by its copy of a description is the description's, and stays when the
  // child's copy goes with it.
  void LockByChild(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    const LockHold request = requests_.RequestOf(id);
    if (request.owner.kind == LockKind::kNone || !LockRequests::Sound(op)) return;
    if (op.outcome != Outcome::kReturned) Visit(id);
    Lock(id);
    if (!op.succeeded()) return;
    for (Segment& segment : Of(request.owner)) {
      if (segment.bytes.Meets(request.bytes)) Suffer(segment, LockOrdeal::kClose, op.invoked_ns);
    }
  }

  bool IsOfDescription(const Operation& op) const {
    return history_.calls[op.call].lock != LockKind::kProcess;
  }

  // A child may have it for as long as the call takes, and longer when its parent is killed.
  void Visit(std::uint32_t id) {
    LockHold visit = requests_.RequestOf(id);
    const Operation& op = history_.operations[id];
    if (op.outcome == Outcome::kReturned && op.system_error != 0) return;
    visit.until_ns = op.outcome == Outcome::kReturned ? op.returned_ns : kNever;
    visit.end = LockEnd::kDeath;
    holds_.possible.push_back(visit);
  }

  // Killed inside, or still there: it may have the lock.  What a downgrade takes away is certain no
  // more, and flock() may have given up what it had before it waits.
  void Perhaps(const LockHold& request, Segments& segments) {
    LockHold perhaps = request;
    perhaps.until_ns = DeathOf(request.owner.worker).returned_ns;
    perhaps.end = LockEnd::kDeath;
    perhaps.taken = false;
    holds_.possible.push_back(perhaps);
    std::erase_if(segments, [&](const Segment& segment) {
      const bool gives_up = segment.exclusive || request.owner.kind == LockKind::kWhole;
      const bool converts = segment.exclusive != request.exclusive;
      if (!segment.bytes.Meets(request.bytes) || !converts || !gives_up) return false;
      Emit(request.owner, segment, request.from_ns, perhaps.until_ns, LockEnd::kConversion,
           request.operation);
      return true;
    });
  }

  void Fail(const Operation& op, const LockHold& request, Segments& segments) {
    if (op.system_error == EBADF || op.system_error == EINVAL) return;
    if (request.owner.kind == LockKind::kWhole) {
      const auto lost = [&](const Segment& segment) {
        if (segment.exclusive == request.exclusive) return false;
        Emit(request.owner, segment, op.invoked_ns, op.returned_ns, LockEnd::kFailedConversion,
             request.operation);
        return true;
      };
      std::erase_if(segments, lost);
      return;
    }
    const bool victim = op.system_error == EDEADLK;
    for (Segment& segment : segments) {
      if (!victim && !segment.bytes.Meets(request.bytes)) continue;
      Suffer(segment, victim ? LockOrdeal::kDeadlock : LockOrdeal::kFailure, op.invoked_ns);
    }
  }

  void Unlock(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    const LockHold request = requests_.RequestOf(id);
    if (request.owner.kind == LockKind::kNone || !LockRequests::Sound(op)) return;
    if (op.outcome == Outcome::kReturned && op.system_error != 0) return;
    for (auto& [owner, others] : held_[op.worker]) {
      if (owner == request.owner) continue;
      for (Segment& segment : others) Suffer(segment, LockOrdeal::kUnlock, op.invoked_ns);
    }
    Segments& segments = Of(request.owner);
    Split(segments, request, false, /*unlocks=*/true);
    std::erase_if(segments, [&](const Segment& segment) {
      if (!segment.bytes.Meets(request.bytes)) return false;
      Emit(request.owner, segment, op.invoked_ns, EndOf(op), LockEnd::kUnlock, id);
      return true;
    });
  }

  // Closing any descriptor ends the process' locks, closing the last one of a description ends
  // those of the description.
  void Close(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    if (op.outcome == Outcome::kReturned && op.system_error == EBADF) return;
    const auto closed = handles_.Close(op);
    if (!closed) return;
    for (auto& [owner, segments] : held_[op.worker]) {
      const bool ends = owner.kind == LockKind::kProcess
                            ? !closed->child
                            : closed->last && owner.description == closed->description;
      if (!ends) {
        for (Segment& segment : segments) Suffer(segment, LockOrdeal::kClose, op.invoked_ns);
        continue;
      }
      for (const Segment& segment : segments) {
        Emit(owner, segment, op.invoked_ns, EndOf(op), LockEnd::kClose, id);
      }
      segments.clear();
    }
  }

  // Cuts the segments at the ends of the request, where that changes something.
  static void Split(Segments& segments, const LockHold& request, bool exclusive, bool unlocks) {
    Segments parts;
    for (Segment& segment : segments) {
      const Bytes whole = segment.bytes;
      const bool changes = unlocks || segment.exclusive != exclusive;
      if (!whole.Meets(request.bytes) || !changes) continue;
      segment.bytes = {.first = std::max(whole.first, request.bytes.first),
                       .last = std::min(whole.last, request.bytes.last)};
      Segment rest = segment;
      Suffer(rest, LockOrdeal::kCut, request.from_ns);
      if (whole.first < segment.bytes.first) {
        rest.bytes = {.first = whole.first, .last = segment.bytes.first - 1};
        parts.push_back(rest);
      }
      if (segment.bytes.last < whole.last) {
        rest.bytes = {.first = segment.bytes.last + 1, .last = whole.last};
        parts.push_back(rest);
      }
    }
    segments.insert(segments.end(), parts.begin(), parts.end());
  }

  // The request was granted: what its owner has of the range is of its mode from now on.
  void Convert(Segments& segments, const LockHold& request) {
    const Operation& op = history_.operations[request.operation];
    const bool atomic = request.owner.kind != LockKind::kWhole;
    std::vector<Bytes> covered;
    for (Segment& segment : segments) {
      if (!segment.bytes.Meets(request.bytes)) continue;
      covered.push_back(segment.bytes);
      if (segment.exclusive == request.exclusive) continue;
      const bool upgrade = request.exclusive;
      Emit(request.owner, segment, atomic && upgrade ? op.returned_ns : op.invoked_ns,
           op.returned_ns, LockEnd::kConversion, request.operation);
      segment = {.bytes = segment.bytes,
                 .exclusive = request.exclusive,
                 .upgraded = upgrade,
                 .definite_ns = atomic && !upgrade ? op.invoked_ns : op.returned_ns,
                 .possible_ns = op.invoked_ns,
                 .operation = request.operation};
    }
    std::ranges::sort(covered, {}, &Bytes::first);
    std::int64_t next = request.bytes.first;
    const auto add = [&](std::int64_t first, std::int64_t last) {
      segments.push_back({.bytes = {.first = first, .last = last},
                          .exclusive = request.exclusive,
                          .definite_ns = op.returned_ns,
                          .possible_ns = op.invoked_ns,
                          .operation = request.operation});
    };
    for (const Bytes& bytes : covered) {
      if (next < bytes.first) add(next, bytes.first - 1);
      if (bytes.last >= request.bytes.last) return;
      next = bytes.last + 1;
    }
    add(next, request.bytes.last);
  }

  void Emit(const LockOwner& owner, const Segment& segment, std::uint64_t definite_until_ns,
            std::uint64_t possible_until_ns, LockEnd end, std::uint32_t by) {
    const Fault death = DeathOf(owner.worker);
    definite_until_ns = std::min(definite_until_ns, death.invoked_ns);
    LockHold hold{.owner = owner,
                  .exclusive = segment.exclusive,
                  .bytes = segment.bytes,
                  .from_ns = segment.definite_ns,
                  .until_ns = definite_until_ns,
                  .operation = segment.operation,
                  .ended_by = by,
                  .end = end,
                  .ordeal = segment.ordeal,
                  .ordeal_ns = segment.ordeal_ns};
    hold.upgraded = segment.upgraded;
    if (hold.from_ns < hold.until_ns) holds_.definite.push_back(hold);
    hold.from_ns = segment.possible_ns;
    hold.until_ns = possible_until_ns;
    holds_.possible.push_back(hold);
  }

  // A child that has a copy of a description may outlive its parent by a moment.
  void EndAll(const LockOwner& owner, const Segments& segments) {
    const Fault death = DeathOf(owner.worker);
    const bool dead = death.invoked_ns != kNever;
    const bool orphan = handles_.HasChild(owner.worker);
    for (const Segment& segment : segments) {
      const bool lingers = orphan && owner.kind != LockKind::kProcess;
      Emit(owner, segment, kNever, lingers ? kNever : death.returned_ns,
           dead ? LockEnd::kDeath : LockEnd::kRound, segment.operation);
    }
  }

  std::uint64_t EndOf(const Operation& op) const {
    return op.outcome == Outcome::kReturned ? op.returned_ns : DeathOf(op.worker).returned_ns;
  }

  Fault DeathOf(std::uint16_t worker) const {
    const auto death = deaths_.find(worker);
    if (death != deaths_.end()) return death->second;
    return {.worker = worker, .invoked_ns = kNever, .returned_ns = kNever};
  }

  Segments& Of(const LockOwner& owner) {
    auto& owners = held_[owner.worker];
    auto found = std::ranges::find(owners, owner, &std::pair<LockOwner, Segments>::first);
    if (found == owners.end()) found = owners.insert(found, {owner, {}});
    return found->second;
  }

  const History& history_;
  const std::uint8_t object_;
  const LockRequests& requests_;
  std::map<std::uint16_t, Fault> deaths_;
  LockHandles handles_;
  std::vector<std::vector<std::pair<LockOwner, Segments>>> held_;  // by worker
  LockHolds holds_;
};

}  // namespace

std::string TextOf(const LockHold& hold) {
  const std::string_view mode = hold.exclusive ? "an exclusive" : "a shared";
  const std::string_view by = hold.owner.kind == LockKind::kProcess ? "" : " by handle ";
  const std::string handle = by.empty() ? "" : std::to_string(hold.owner.description);
  const auto& [first, last] = hold.bytes;
  const std::string where = hold.owner.kind == LockKind::kWhole ? "the file"
                            : last == kLastByte ? fmt::format("bytes {} to the end", first)
                            : first == last     ? fmt::format("byte {}", first)
                                                : fmt::format("bytes {} to {}", first, last);
  return fmt::format("{} lock of worker {}{}{} on {}", mode, hold.owner.worker, by, handle, where);
}

LockHolds HoldsOf(const History& history, std::uint8_t object, const LockRequests& requests) {
  return Holder(history, object, requests).Run();
}

}  // namespace parley

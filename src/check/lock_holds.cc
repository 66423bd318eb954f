#include "src/check/lock_holds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

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
  Holder(const History& history, std::uint8_t object)
      : history_(history), object_(object), requests_(history, object) {}

  LockHolds Run() {
    for (const Fault& fault : history_.faults) {
      if (fault.kind == FaultKind::kKill) deaths_[fault.worker] = fault;
    }
    for (std::uint32_t id = 0; id < history_.operations.size(); ++id) {
      if (history_.operations[id].object == object_) Observe(id);
    }
    for (auto& [owner, segments] : held_) EndAll(owner, segments);
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
      const std::uint16_t description =
          Opens(effect) ? op.handle : descriptions_[{op.worker, op.argument}];
      descriptions_[{op.worker, op.handle}] = description;
      if (effect == Effect::kDuplicateToChild) children_.push_back({op.worker, op.handle});
      ++references_[{op.worker, description}];
    } else if (effect == Effect::kClose) {
      Close(id);
    } else if (effect == Effect::kLock) {
      Lock(id);
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
    Segments& segments = held_[request.owner];
    if (op.outcome != Outcome::kReturned) {
      Perhaps(request, segments);
    } else if (op.system_error == 0) {
      Split(segments, request, request.exclusive, /*unlocks=*/false);
      Convert(segments, request);
    } else {
      Fail(op, request, segments);
    }
  }

  // A child may have it for as long as the call takes.
  void Visit(std::uint32_t id) {
    LockHold visit = requests_.RequestOf(id);
    const Operation& op = history_.operations[id];
    if (op.outcome == Outcome::kReturned && op.system_error != 0) return;
    visit.until_ns = EndOf(op);
    visit.end = LockEnd::kDeath;
    holds_.possible.push_back(visit);
  }

  // Killed inside, or still there: it may have the lock.  What a downgrade takes away is certain no
  // more, and flock() may have given up what it had before it waits.
  void Perhaps(const LockHold& request, Segments& segments) {
    LockHold perhaps = request;
    perhaps.until_ns = DeathOf(request.owner.worker).returned_ns;
    perhaps.end = LockEnd::kDeath;
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
    for (auto& [owner, others] : held_) {
      if (owner.worker != op.worker || owner == request.owner) continue;
      for (Segment& segment : others) Suffer(segment, LockOrdeal::kUnlock, op.invoked_ns);
    }
    Segments& segments = held_[request.owner];
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
    const auto found = descriptions_.find({op.worker, op.handle});
    if (found == descriptions_.end()) return;
    const std::uint16_t description = found->second;
    descriptions_.erase(found);
    const bool child = std::erase(children_, std::pair{op.worker, op.handle}) > 0;
    const bool last = --references_[{op.worker, description}] == 0;
    for (auto& [owner, segments] : held_) {
      if (owner.worker != op.worker) continue;
      const bool ends =
          owner.kind == LockKind::kProcess ? !child : last && owner.description == description;
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
    const bool orphan = std::ranges::any_of(
        children_, [&](const auto& child) { return child.first == owner.worker; });
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

  const History& history_;
  const std::uint8_t object_;
  const LockRequests requests_;
  std::map<std::uint16_t, Fault> deaths_;
  std::map<std::pair<std::uint16_t, std::uint64_t>, std::uint16_t> descriptions_;
  std::map<std::pair<std::uint16_t, std::uint16_t>, std::uint32_t> references_;
  std::vector<std::pair<std::uint16_t, std::uint16_t>> children_;  // worker, handle
  std::map<LockOwner, Segments> held_;
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

LockHolds HoldsOf(const History& history, std::uint8_t object) {
  return Holder(history, object).Run();
}

namespace {

// Requests whose return is still to come, as holds begin in the order of time.
class Windows {
 public:
  using Visit = std::function<void(const LockHold&, std::span<const LockHold* const>)>;

  Windows(std::uint64_t slack_ns, const Visit& visit) : slack_ns_(slack_ns), visit_(visit) {}

  void Begin(const LockHold& hold) {
    std::erase_if(open_, [&](Window& window) {
      if (hold.from_ns <= Late(window.request->until_ns)) {
        window.meeting.push_back(&hold);
        return false;
      }
      visit_(*window.request, window.meeting);
      return true;
    });
    active_.push_back(&hold);
  }

  void Ask(const LockHold& request) {
    std::erase_if(active_,
                  [&](const LockHold* hold) { return Late(hold->until_ns) < request.from_ns; });
    open_.push_back({.request = &request, .meeting = active_});
  }

  void Finish() {
    for (const Window& window : open_) visit_(*window.request, window.meeting);
  }

  bool Begins(const LockHold& hold, const LockHold& request) const {
    return hold.from_ns <= Late(request.from_ns);
  }

 private:
  struct Window {
    const LockHold* request = nullptr;
    std::vector<const LockHold*> meeting;
  };

  std::uint64_t Late(std::uint64_t ns) const { return ns == kNever ? kNever : ns + slack_ns_; }

  const std::uint64_t slack_ns_;
  const Visit& visit_;
  std::vector<const LockHold*> active_;
  std::vector<Window> open_;
};

}  // namespace

void ForEachWindow(std::span<const LockHold> requests, std::span<const LockHold> holds,
                   std::uint64_t slack_ns, const Windows::Visit& visit) {
  Windows windows(slack_ns, visit);
  std::size_t next = 0;
  for (const LockHold& request : requests) {
    for (; next < holds.size() && windows.Begins(holds[next], request); ++next) {
      windows.Begin(holds[next]);
    }
    windows.Ask(request);
  }
  for (; next < holds.size(); ++next) windows.Begin(holds[next]);
  windows.Finish();
}

LockRequests::LockRequests(const History& history, std::uint8_t object)
    : history_(history), descriptions_(history.operations.size()) {
  std::map<std::pair<std::uint16_t, std::uint64_t>, std::uint16_t> descriptions;
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    const Effect effect = history.effect(op);
    if (op.object != object) continue;
    if (MakesHandle(effect) && op.succeeded()) {
      descriptions[{op.worker, op.handle}] =
          Opens(effect) ? op.handle : descriptions[{op.worker, op.argument}];
    } else if (history.calls[op.call].lock != LockKind::kNone) {
      const auto found = descriptions.find({op.worker, op.handle});
      if (found != descriptions.end()) descriptions_[id] = found->second;
    }
  }
}

LockOwner LockRequests::OwnerOf(std::uint32_t operation) const {
  const Operation& op = history_.operations[operation];
  const LockKind kind = history_.calls[op.call].lock;
  if (descriptions_[operation] == 0) return {};
  if (history_.effect(op) == Effect::kLockInChild) {
    return {.kind = kind, .worker = op.worker, .description = kChild};
  }
  return {.kind = kind,
          .worker = op.worker,
          .description = kind == LockKind::kProcess ? std::uint16_t{0} : descriptions_[operation]};
}

LockHold LockRequests::RequestOf(std::uint32_t operation) const {
  const Operation& op = history_.operations[operation];
  const Call& call = history_.calls[op.call];
  const bool whole = call.lock == LockKind::kWhole;
  return {.owner = OwnerOf(operation),
          .exclusive = call.exclusive,
          .bytes = whole ? Bytes{} : BytesOf(UnpackRange(op.argument)).value_or(Bytes{}),
          .from_ns = op.invoked_ns,
          .until_ns = op.returned_ns,
          .operation = operation};
}

}  // namespace parley

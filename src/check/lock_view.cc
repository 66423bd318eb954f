#include "src/check/lock_view.h"

#include <algorithm>
#include <utility>

#include "src/check/messages.h"

namespace parley {

void LockHandles::Make(const Operation& op, Effect effect) {
  const std::uint16_t description =
      Opens(effect) ? op.handle : DescriptionOf(op.worker, op.argument);
  if (handles_.size() <= op.worker) handles_.resize(op.worker + 1U);
  std::vector<Handle>& own = handles_[op.worker];
  if (own.size() <= op.handle) own.resize(op.handle + 1U);
  own[op.handle] = {.description = description, .child = effect == Effect::kDuplicateToChild};
}

std::optional<LockHandles::Closed> LockHandles::Close(const Operation& op) {
  const std::uint16_t description = DescriptionOf(op.worker, op.handle);
  if (description == 0) return std::nullopt;
  Handle& handle = handles_[op.worker][op.handle];
  Closed closed{.description = description, .child = handle.child};
  handle = {};
  closed.last = std::ranges::find(handles_[op.worker], description, &Handle::description) ==
                handles_[op.worker].end();
  return closed;
}

std::uint16_t LockHandles::DescriptionOf(std::uint16_t worker, std::uint64_t handle) const {
  if (worker >= handles_.size() || handle >= handles_[worker].size()) return 0;
  return handles_[worker][handle].description;
}

std::vector<LockHandles::Open> LockHandles::OpenOf(std::uint16_t worker) const {
  std::vector<Open> open;
  if (worker >= handles_.size()) return open;
  for (const Handle& handle : handles_[worker]) {
    if (handle.description == 0) continue;
    auto known = std::ranges::find(open, handle.description, &Open::description);
    if (known == open.end()) known = open.insert(open.end(), {.description = handle.description});
    known->with_child = known->with_child || handle.child;
  }
  return open;
}

bool LockHandles::HasChild(std::uint16_t worker) const {
  return worker < handles_.size() &&
         std::ranges::find(handles_[worker], true, &Handle::child) != handles_[worker].end();
}

LockRequests::LockRequests(const History& history, std::uint8_t object)
    : history_(history), descriptions_(history.operations.size()) {
  LockHandles handles;
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    const Effect effect = history.effect(op);
    if (op.object != object) continue;
    if (MakesHandle(effect) && op.succeeded()) {
      handles.Make(op, effect);
    } else if (history.calls[op.call].lock != LockKind::kNone) {
      descriptions_[id] = handles.DescriptionOf(op.worker, op.handle);
    }
  }
}

LockOwner LockRequests::OwnerOf(std::uint32_t operation) const {
  const Operation& op = history_.operations[operation];
  const LockKind kind = history_.calls[op.call].lock;
  if (descriptions_[operation] == 0) return {};
  if (history_.effect(op) == Effect::kLockInChild && kind == LockKind::kProcess) {
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

LockObject::LockObject(const History& history, std::uint8_t number)
    : number(number), requests(history, number), holds(HoldsOf(history, number, requests)) {
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    const Effect effect = history.effect(op);
    const bool asks =
        effect == Effect::kLock || effect == Effect::kQueryLock || effect == Effect::kLockInChild;
    if (op.object == number && asks) asked.push_back(requests.RequestOf(id));
  }
  std::ranges::sort(asked, {}, [](const LockHold& request) {
    return std::pair(request.from_ns, request.operation);
  });
}

LockView::LockView(const History& history) : history_(history), sleepers_(FindSleepers(history)) {
  for (const std::uint8_t object : ObjectsOf(history)) objects_.emplace_back(history, object);
}

namespace {

// Requests whose return is still to come, as holds begin in the order of time.
class Windows {
 public:
  using Visit = std::function<void(const LockHold&, LockMeeting)>;

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
                   std::uint64_t slack_ns, const std::function<bool(const LockHold&)>& wanted,
                   const Windows::Visit& visit) {
  Windows windows(slack_ns, visit);
  std::size_t next = 0;
  for (const LockHold& request : requests) {
    if (!wanted(request)) continue;
    for (; next < holds.size() && windows.Begins(holds[next], request); ++next) {
      windows.Begin(holds[next]);
    }
    windows.Ask(request);
  }
  for (; next < holds.size(); ++next) windows.Begin(holds[next]);
  windows.Finish();
}

}  // namespace parley

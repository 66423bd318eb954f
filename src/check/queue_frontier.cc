#include "src/check/queue_frontier.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "src/history/message_calls.h"

namespace parley {
namespace {

constexpr std::uint16_t kNobodyYet = 0xffff;

// Where it fails so, it has done nothing, whatever is in the queue.
bool WithoutEffect(const Operation& op) {
  switch (op.system_error) {
    case 0:
    case EAGAIN:
    case ENOMSG:
    case E2BIG:
      return false;
    default:
      return true;
  }
}

bool IsCut(const Call& call, const Operation& op, std::uint32_t message_bytes) {
  return call.truncates && message_bytes > op.requested;
}

}  // namespace

QueueFrontier::QueueFrontier(const Messages& view, std::uint64_t bytes_max,
                             std::uint64_t messages_max)
    : view_(view), history_(view.history()), owned_(OwnedClasses(view.history())) {
  for (const Message& message : view.messages()) of_[message.send] = &message;
  if (history_.header.drained) CountUntold();
  states_.push_back(
      {.queue = {bytes_max, messages_max}, .last_sender = kNobodyYet, .last_receiver = kNobodyYet});
}

// Of which messages that cannot be told apart fewer were received than accepted.
void QueueFrontier::CountUntold() {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> missing;
  for (const Message& message : view_.messages()) {
    if (!message.told && message.accepted) ++missing[{message.bytes, message.klass}];
  }
  for (const Receipt& receipt : view_.receipts()) {
    const Operation& op = view_.operation(receipt.operation);
    --missing[{static_cast<std::uint32_t>(op.result), UnpackClass(op.argument).told}];
  }
  for (const auto& [kind, count] : missing) {
    if (count > 0) short_of_.insert(kind);
  }
}

std::optional<QueueBreach> QueueFrontier::Advance(std::span<const std::uint32_t> returned,
                                                  std::span<const std::uint32_t> perhaps) {
  std::vector<std::uint32_t> left;
  for (const std::uint32_t id : returned) {
    if (!WithoutEffect(view_.operation(id))) left.push_back(id);
  }
  std::vector<State> after;
  for (const State& state : states_) {
    Follow(state, left, after);
    for (const std::uint32_t id : perhaps) {
      std::vector<std::uint32_t> with = left;
      with.push_back(id);
      Follow(state, with, after);
    }
  }
  if (after.empty()) return Explain(left);
  states_ = std::move(after);
  for (const std::uint32_t id : left) Remember(id);
  return std::nullopt;
}

void QueueFrontier::Follow(const State& state, std::vector<std::uint32_t> left,
                           std::vector<State>& after) const {
  if (left.empty()) {
    if (std::ranges::find(after, state) == after.end()) after.push_back(state);
    return;
  }
  for (std::size_t i = 0; i < left.size(); ++i) {
    const auto next = After(state, left[i]);
    if (!next) continue;
    std::vector<std::uint32_t> rest = left;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    Follow(*next, std::move(rest), after);
  }
}

// What became of messages that stay, in case that they are missed later.
void QueueFrontier::Remember(std::uint32_t id) {
  const Operation& op = view_.operation(id);
  const Effect effect = history_.effect(op);
  if (effect == Effect::kTake && op.failed_with(E2BIG)) {
    const Selection wanted = SelectionOf(history_, op);
    const auto& messages = states_.front().queue.messages();
    const std::size_t first = states_.front().queue.First(wanted);
    if (first != model::MessageQueue::kNone) refused_.insert(messages[first].id);
  }
  const std::uint32_t message = effect == Effect::kPeek ? view_.Given(op) : kNoMessage;
  if (message != kNoMessage) copied_.insert(view_.messages()[message].send);
}

// The state after the call; nothing when the specification gives another answer.
std::optional<QueueFrontier::State> QueueFrontier::After(const State& state,
                                                         std::uint32_t id) const {
  const Operation& op = view_.operation(id);
  switch (history_.effect(op)) {
    case Effect::kPut:
      return AfterPut(state, id);
    case Effect::kTake:
      return AfterTake(state, id);
    case Effect::kPeek:
      return IsCopy(state, op) ? std::optional(state) : std::nullopt;
    case Effect::kResize: {
      State next = state;
      next.queue.Resize(op.argument);
      return next;
    }
    case Effect::kQueryCapacity:
    case Effect::kQueryUnread:
      return IsStatus(state, op) ? std::optional(state) : std::nullopt;
    default:
      return state;
  }
}

std::optional<QueueFrontier::State> QueueFrontier::AfterPut(const State& state,
                                                            std::uint32_t id) const {
  const Operation& op = view_.operation(id);
  const bool room = state.queue.HasRoom(op.requested);
  if (op.failed_with(EAGAIN)) {
    return room && state.queue.bytes_max() != 0 ? std::nullopt : std::optional(state);
  }
  if (!room) return std::nullopt;
  State next = state;
  next.queue.Put({.id = id, .klass = UnpackClass(op.argument).asked, .bytes = op.requested});
  next.last_sender = op.worker;
  return next;
}

std::optional<QueueFrontier::State> QueueFrontier::AfterTake(const State& state,
                                                             std::uint32_t id) const {
  const Operation& op = view_.operation(id);
  const Call& call = history_.calls[op.call];
  const std::size_t first = state.queue.First(SelectionOf(history_, op));
  const bool none = first == model::MessageQueue::kNone;
  if (op.failed_with(ENOMSG)) return none ? std::optional(state) : std::nullopt;
  if (none) return std::nullopt;
  const model::QueuedMessage& message = state.queue.messages()[first];
  const bool too_long = message.bytes > op.requested && !call.truncates;
  if (op.failed_with(E2BIG)) return too_long ? std::optional(state) : std::nullopt;
  // A receive that was killed has taken the first one, or nothing.
  if (op.outcome == Outcome::kReturned && (too_long || !IsGiven(message, id))) return std::nullopt;
  State next = state;
  next.queue.Remove(first);
  next.last_receiver = op.worker;
  return next;
}

// As far as can be told.
bool QueueFrontier::IsGiven(const model::QueuedMessage& message, std::uint32_t id) const {
  const Operation& op = view_.operation(id);
  const std::uint32_t given = view_.Given(op);
  if (given != kNoMessage) return view_.messages()[given].send == message.id;
  const Call& call = history_.calls[op.call];
  const std::uint32_t bytes = IsCut(call, op, message.bytes) ? op.requested : message.bytes;
  return UnpackClass(op.argument).told == message.klass &&
         static_cast<std::uint64_t>(op.result) == bytes;
}

bool QueueFrontier::IsCopy(const State& state, const Operation& op) const {
  const auto& messages = state.queue.messages();
  const std::uint32_t place = UnpackClass(op.argument).asked;
  if (op.failed_with(ENOMSG)) return place >= messages.size();
  if (!op.succeeded()) return true;
  if (!op.nonblocking || place >= messages.size()) return false;
  const std::uint32_t given = view_.Given(op);
  if (given != kNoMessage) return view_.messages()[given].send == messages[place].id;
  return UnpackClass(op.argument).told == messages[place].klass &&
         static_cast<std::uint64_t>(op.result) == messages[place].bytes;
}

bool QueueFrontier::IsStatus(const State& state, const Operation& op) const {
  if (!op.succeeded()) return true;
  const auto told = static_cast<std::uint64_t>(op.result);
  if (history_.effect(op) == Effect::kQueryCapacity) {
    return state.queue.bytes_max() == 0 || told == state.queue.bytes_max();
  }
  switch (static_cast<QueueStatus>(op.argument)) {
    case QueueStatus::kMessages:
      return told == state.queue.messages().size();
    case QueueStatus::kBytes:
      return told == state.queue.bytes();
    case QueueStatus::kLastUsers:
      return told ==
             static_cast<std::uint64_t>((state.last_sender == op.worker ? kLastSender : 0) |
                                        (state.last_receiver == op.worker ? kLastReceiver : 0));
  }
  return true;
}

bool QueueFrontier::Enabled(const State& state, const Operation& op) const {
  if (history_.effect(op) == Effect::kPut) {
    return state.queue.bytes_max() != 0 && state.queue.HasRoom(op.requested);
  }
  return history_.effect(op) == Effect::kTake &&
         state.queue.First(SelectionOf(history_, op)) != model::MessageQueue::kNone;
}

std::optional<QueueBreach> QueueFrontier::JudgeSleepers(std::span<const std::uint32_t> inside) {
  const auto enabled = [&](const State& state) {
    return std::ranges::find_if(
        inside, [&](std::uint32_t id) { return Enabled(state, view_.operation(id)); });
  };
  const State before = states_.front();
  std::erase_if(states_, [&](const State& state) { return enabled(state) != inside.end(); });
  if (!states_.empty()) return std::nullopt;
  const std::uint32_t id = *enabled(before);
  const Operation& op = view_.operation(id);
  if (history_.effect(op) == Effect::kPut) {
    return QueueBreach{
        .clause = LostAny(before) ? Clause::kCount : Clause::kSenderAsleep,
        .reason = fmt::format("a send of {} bytes sleeps with {} messages of {} bytes in a queue "
                              "for {}",
                              op.requested, before.queue.messages().size(), before.queue.bytes(),
                              before.queue.bytes_max()),
        .operation = id};
  }
  const Selection wanted = SelectionOf(history_, op);
  const std::uint32_t send = before.queue.messages()[before.queue.First(wanted)].id;
  const bool any = wanted.select == Selector::kAny;
  return QueueBreach{
      .clause = ClauseOf(send, any ? Clause::kReceiverAsleep : Clause::kMatchingAsleep),
      .reason = fmt::format("a receive sleeps though {} is there for it",
                            MessageText(view_, *of_.at(send))),
      .operation = id};
}

bool QueueFrontier::Lost(std::uint32_t send) const {
  const Message& message = *of_.at(send);
  if (!message.told) return short_of_.contains({message.bytes, message.klass});
  return message.accepted && !message.received() && history_.header.drained;
}

bool QueueFrontier::LostAny(const State& state) const {
  return std::ranges::any_of(state.queue.messages(),
                             [&](const model::QueuedMessage& one) { return Lost(one.id); });
}

Clause QueueFrontier::ClauseOf(std::uint32_t send, Clause otherwise) const {
  if (refused_.contains(send)) return Clause::kTruncatedWrongly;
  if (!Lost(send)) return otherwise;
  return copied_.contains(send) ? Clause::kWrongCopy : Clause::kCount;
}

// The first call that has to be answered otherwise, when all others that can be were done before.
QueueBreach QueueFrontier::Explain(std::span<const std::uint32_t> returned) const {
  State state = states_.front();
  std::vector<std::uint32_t> left(returned.begin(), returned.end());
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t i = 0; i < left.size() && !moved; ++i) {
      const auto next = After(state, left[i]);
      if (!next) continue;
      state = *next;
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(i));
      moved = true;
    }
  }
  if (left.empty()) return {};
  // A send may only have waited for room that a wrong receive makes.
  const auto other = std::ranges::find_if(
      left, [&](std::uint32_t id) { return history_.effect(view_.operation(id)) != Effect::kPut; });
  if (other == left.end()) return ExplainPut(state, left.front());
  const bool takes = history_.effect(view_.operation(*other)) == Effect::kTake;
  return takes ? ExplainTake(state, *other) : ExplainOther(state, *other);
}

QueueBreach QueueFrontier::ExplainPut(const State& state, std::uint32_t id) const {
  const Operation& op = view_.operation(id);
  const bool refused = op.failed_with(EAGAIN);
  const Clause clause = refused ? Clause::kRefusedWithRoom : Clause::kOverfull;
  return {.clause = LostAny(state) ? Clause::kCount : clause,
          .reason = fmt::format("a send of {} bytes {} with {} messages of {} bytes in a queue for "
                                "{}",
                                op.requested, refused ? "was refused" : "was taken",
                                state.queue.messages().size(), state.queue.bytes(),
                                state.queue.bytes_max()),
          .operation = id};
}

QueueBreach QueueFrontier::ExplainTake(const State& state, std::uint32_t id) const {
  const Operation& op = view_.operation(id);
  const Selection wanted = SelectionOf(history_, op);
  const std::size_t first = state.queue.First(wanted);
  if (first == model::MessageQueue::kNone) {
    const bool refused = op.failed_with(E2BIG);
    return {.clause = refused ? Clause::kTruncatedWrongly : Clause::kCount,
            .reason = "a receive was told of a message too long, and there is none for it",
            .operation = id};
  }
  const model::QueuedMessage& message = state.queue.messages()[first];
  const std::string due = MessageText(view_, *of_.at(message.id));
  if (op.failed_with(ENOMSG)) {
    return {.clause = ClauseOf(message.id, Clause::kUnavailable),
            .reason = fmt::format("a receive was told that there is none, and {} is there", due),
            .operation = id};
  }
  if (op.failed_with(E2BIG) || IsGiven(message, id)) {
    return {.clause = Clause::kTruncatedWrongly,
            .reason = fmt::format("a receive into {} bytes {}, and {} is first", op.requested,
                                  op.failed_with(E2BIG) ? "was told of a message too long"
                                                        : "was given a message too long",
                                  due),
            .operation = id};
  }
  return {.clause = ClauseOf(message.id, OrderClause(op)),
          .reason = fmt::format("{} comes first, and another one was received", due),
          .operation = id};
}

Clause QueueFrontier::OrderClause(const Operation& take) const {
  const Selection wanted = SelectionOf(history_, take);
  switch (wanted.select) {
    case Selector::kEqual:
      return std::ranges::binary_search(owned_, wanted.klass) ? Clause::kWrongAddressee
                                                              : Clause::kOrderWithinClass;
    case Selector::kExcept:
      return Clause::kOrderOfOthers;
    case Selector::kAny:
      return Clause::kRealTimeOrder;
    default:
      return Clause::kClassOrder;
  }
}

QueueBreach QueueFrontier::ExplainOther(const State& state, std::uint32_t id) const {
  const Operation& op = view_.operation(id);
  const Effect effect = history_.effect(op);
  const std::string holds =
      fmt::format("the queue holds {} messages of {} bytes and is for {}",
                  state.queue.messages().size(), state.queue.bytes(), state.queue.bytes_max());
  if (effect == Effect::kPeek) {
    return {.clause = LostAny(state) ? Clause::kCount : Clause::kWrongCopy,
            .reason = fmt::format("a copy of message {} was another one, or none; {}",
                                  UnpackClass(op.argument).asked, holds),
            .operation = id};
  }
  const Clause clause =
      effect == Effect::kQueryCapacity ? Clause::kLimitUnchecked : Clause::kStatusWrong;
  return {.clause = LostAny(state) ? Clause::kCount : clause,
          .reason = fmt::format("its status is told as {}; {}", op.result, holds),
          .operation = id};
}

}  // namespace parley

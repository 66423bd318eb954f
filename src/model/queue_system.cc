#include "src/model/queue_system.h"

#include <algorithm>
#include <cerrno>

#include "src/history/message_calls.h"

namespace parley::model {

QueueSystem::QueueSystem(const History& history)
    : history_(history), typed_(history.header.class_min > 0) {
  MakeQueue();
  const HistoryHeader& header = history.header;
  queues_[0].content = MessageQueue(header.capacity_bytes, header.capacity_messages);
}

// One that is made later has the system's limits.
void QueueSystem::MakeQueue() {
  const HistoryHeader& header = history_.header;
  const std::uint64_t messages = typed_ ? header.default_capacity_bytes : header.capacity_messages;
  named_ = queues_.size();
  queues_.push_back({.content = MessageQueue(header.default_capacity_bytes, messages)});
}

const QueueSystem::Lead* QueueSystem::Find(const Operation& op) const {
  const auto found = std::ranges::find_if(leads_, [&](const Lead& lead) {
    return lead.worker == op.worker && lead.handle == op.handle;
  });
  return found != leads_.end() ? &*found : nullptr;
}

const MessageQueue* QueueSystem::Behind(const Operation& op) const {
  const Lead* const lead = Find(op);
  return lead != nullptr ? &queues_[lead->queue].content : nullptr;
}

bool QueueSystem::Waits(const Operation& op, const Lead& lead) const {
  const bool passed = call(op).deadline == Deadline::kPast;
  return !op.nonblocking && !lead.nonblocking && !passed;
}

QueueSystem::Answer QueueSystem::Expect(const Operation& op) const {
  const Effect effect = call(op).effect;
  const Lead* const lead = Find(op);
  switch (effect) {
    case Effect::kPut:
      return ExpectPut(op, lead);
    case Effect::kTake:
    case Effect::kPeek:
      return ExpectTake(op, lead);
    case Effect::kSetNonblocking:
    case Effect::kClose:
    case Effect::kQueryCapacity:
    case Effect::kQueryUnread:
    case Effect::kResize:
    case Effect::kRemoveObject: {
      if (lead == nullptr) return Fails(typed_ ? EINVAL : EBADF);
      // An identifier may be forgotten whatever it stands for.
      if (effect == Effect::kClose || effect == Effect::kSetNonblocking) return {};
      const Queue& queue = queues_[lead->queue];
      if (queue.removed) return Fails(EINVAL);
      if (effect == Effect::kResize) return ExpectResize(op);
      return effect == Effect::kRemoveObject ? Answer{} : ExpectStatus(op, queue);
    }
    default:
      return ExpectOnName(op, effect);
  }
}

QueueSystem::Answer QueueSystem::ExpectOnName(const Operation& op, Effect effect) const {
  switch (effect) {
    case Effect::kMakeName:
      return named() ? Fails(EEXIST) : Answer{};
    case Effect::kOpenRead:
    case Effect::kOpenWrite:
    case Effect::kOpenBoth:
      return named() || call(op).name == "open_create" ? Answer{} : Fails(ENOENT);
    case Effect::kRemoveName:
      return named() ? Answer{} : Fails(ENOENT);
    case Effect::kQueryName: {
      if (!named()) return Fails(ENOENT);
      // Whether the worker's newest identifier is of the queue that the key leads to.
      const auto newest =
          std::ranges::find(leads_.rbegin(), leads_.rend(), op.worker, &Lead::worker);
      const bool other = typed_ && newest != leads_.rend() && newest->queue != named_;
      return {.result = other ? 1 : 0};
    }
    case Effect::kDeriveKey:
      return {};  // nothing is wrong with them
    default:
      return {.free = true};
  }
}

QueueSystem::Answer QueueSystem::ExpectPut(const Operation& op, const Lead* lead) const {
  const HistoryHeader& header = history_.header;
  const std::uint32_t klass = UnpackClass(op.argument).asked;
  if (call(op).deadline == Deadline::kInvalid) return Fails(EINVAL);
  if (klass < header.class_min || klass > header.class_max) return Fails(EINVAL);
  if (typed_ && op.requested > header.message_bytes) return Fails(EINVAL);
  if (lead == nullptr) return Fails(typed_ ? EINVAL : EBADF);
  const Queue& queue = queues_[lead->queue];
  if (queue.removed) return Fails(EINVAL);
  if (!typed_ && !lead->writes) return Fails(EBADF);
  if (!typed_ && op.requested > header.message_bytes) return Fails(EMSGSIZE);
  if (!queue.shut && queue.content.HasRoom(op.requested)) return {};
  if (Waits(op, *lead)) return {.waits = true};
  const bool timed = call(op).deadline == Deadline::kPast && !lead->nonblocking;
  return Fails(timed ? ETIMEDOUT : EAGAIN);
}

QueueSystem::Answer QueueSystem::ExpectTake(const Operation& op, const Lead* lead) const {
  const bool copies = call(op).effect == Effect::kPeek;
  if (call(op).deadline == Deadline::kInvalid) return Fails(EINVAL);
  if (lead == nullptr) return Fails(typed_ ? EINVAL : EBADF);
  if (copies && !op.nonblocking) return Fails(EINVAL);
  const Queue& queue = queues_[lead->queue];
  if (queue.removed) return Fails(EINVAL);
  if (copies) return ExpectCopy(op, *lead);
  if (!typed_ && !lead->reads) return Fails(EBADF);
  if (!typed_ && op.requested < history_.header.message_bytes) return Fails(EMSGSIZE);
  const std::size_t place = queue.content.First(SelectionOf(history_, op));
  if (place != MessageQueue::kNone) return Given(op, queue.content, place);
  if (Waits(op, *lead)) return {.waits = true};
  if (typed_) return Fails(ENOMSG);
  const bool timed = call(op).deadline == Deadline::kPast && !lead->nonblocking;
  return Fails(timed ? ETIMEDOUT : EAGAIN);
}

QueueSystem::Answer QueueSystem::ExpectCopy(const Operation& op, const Lead& lead) const {
  if (op.failed_with(ENOSYS)) return {.free = true};  // a kernel without it (msgop(2))
  const MessageQueue& queue = queues_[lead.queue].content;
  const std::uint32_t place = UnpackClass(op.argument).asked;
  return place < queue.messages().size() ? Given(op, queue, place) : Fails(ENOMSG);
}

QueueSystem::Answer QueueSystem::Given(const Operation& op, const MessageQueue& queue,
                                       std::size_t place) const {
  const QueuedMessage& message = queue.messages()[place];
  if (message.bytes > op.requested && !call(op).truncates) return Fails(E2BIG);
  return {.result = std::min(message.bytes, op.requested),
          .message = message.id,
          .klass = message.klass};
}

QueueSystem::Answer QueueSystem::ExpectStatus(const Operation& op, const Queue& queue) const {
  const auto count = static_cast<std::int64_t>(queue.content.messages().size());
  if (call(op).effect == Effect::kQueryCapacity) {
    const std::uint64_t max =
        typed_ ? queue.content.bytes_max() : history_.header.capacity_messages;
    return {.result = static_cast<std::int64_t>(max)};
  }
  if (!typed_) return {.result = count};
  switch (static_cast<QueueStatus>(op.argument)) {
    case QueueStatus::kBytes:
      return {.result = static_cast<std::int64_t>(queue.content.bytes())};
    case QueueStatus::kLastUsers:
      return {.free = true};  // which process of several workers it was
    default:
      return {.result = count};
  }
}

// Who may exceed the system's limit is a matter of rights.
QueueSystem::Answer QueueSystem::ExpectResize(const Operation& op) const {
  if (op.argument > history_.header.default_capacity_bytes) return {.free = true};
  return {.result = static_cast<std::int64_t>(op.argument)};
}

void QueueSystem::Open(const Operation& op) {
  const Effect effect = call(op).effect;
  if (!named()) MakeQueue();
  leads_.push_back({.worker = op.worker,
                    .handle = op.handle,
                    .queue = named_,
                    .reads = effect != Effect::kOpenWrite,
                    .writes = effect != Effect::kOpenRead,
                    .nonblocking = op.nonblocking});
}

void QueueSystem::Apply(std::uint32_t id, const Operation& op, const Answer& answer) {
  const Effect effect = call(op).effect;
  if (op.system_error != 0) return;
  if (effect == Effect::kMakeName) return MakeQueue();
  if (effect == Effect::kRemoveName) named_ = kNone;
  if (Opens(effect)) return Open(op);
  const auto lead = std::ranges::find_if(
      leads_, [&](const Lead& one) { return one.worker == op.worker && one.handle == op.handle; });
  if (lead == leads_.end()) return;
  Queue& queue = queues_[lead->queue];
  if (effect == Effect::kPut) {
    queue.content.Put({.id = id, .klass = UnpackClass(op.argument).asked, .bytes = op.requested});
  } else if (effect == Effect::kTake) {
    const auto messages = queue.content.messages();
    const auto place = std::ranges::find(messages, answer.message, &QueuedMessage::id);
    if (place != messages.end()) {
      queue.content.Remove(static_cast<std::size_t>(place - messages.begin()));
    }
  } else if (effect == Effect::kResize) {
    queue.content.Resize(op.argument);
    queue.shut = op.argument == 0;
  } else if (effect == Effect::kSetNonblocking) {
    lead->nonblocking = op.argument != 0;
  } else if (effect == Effect::kRemoveObject) {
    queue.removed = true;
    if (named_ == lead->queue) named_ = kNone;
  } else if (effect == Effect::kClose) {
    leads_.erase(lead);
  }
}

std::uint64_t QueueSystem::Shape() const {
  const auto few = [](std::size_t count) {
    return count < 4 ? count : std::min<std::size_t>(4 + count / 4, 7);
  };
  std::uint64_t shape = named() ? 1 : 0;
  shape = shape << 3U | few(leads_.size());
  for (std::size_t i = queues_.size() > 2 ? queues_.size() - 2 : 0; i < queues_.size(); ++i) {
    const MessageQueue& queue = queues_[i].content;
    const auto messages = queue.messages();
    const bool in_order = std::ranges::is_sorted(messages, {}, &QueuedMessage::klass);
    const bool one_class =
        messages.empty() || std::ranges::all_of(messages, [&](const QueuedMessage& one) {
          return one.klass == messages.front().klass;
        });
    shape = shape << 7U | few(messages.size()) << 4U | (queue.HasRoom(1) ? 8U : 0U) |
            (in_order ? 4U : 0U) | (one_class ? 2U : 0U) | (queues_[i].removed ? 1U : 0U);
  }
  return shape;
}

}  // namespace parley::model

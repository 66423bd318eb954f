#include "src/model/message_queue.h"

#include "src/history/message_calls.h"

namespace parley::model {

bool Selection::Takes(std::uint32_t other) const {
  switch (select) {
    case Selector::kEqual:
      return other == klass;
    case Selector::kLowest:
      return other <= klass;
    case Selector::kExcept:
      return other != klass;
    default:
      return true;
  }
}

bool Selection::Prefers(std::uint32_t one, std::uint32_t other) const {
  return (select == Selector::kLowest && one < other) ||
         (select == Selector::kHighest && one > other);
}

bool Selection::ByAge(std::uint32_t one, std::uint32_t other) const {
  return one == other || (select != Selector::kLowest && select != Selector::kHighest);
}

Selection SelectionOf(const History& history, const Operation& take) {
  const Selector select = history.calls[take.call].select;
  const std::uint32_t klass = UnpackClass(take.argument).asked;
  if (select == Selector::kHighest) return {.select = select};
  if (klass == 0) return {};
  return {.select = select, .klass = klass};
}

bool MessageQueue::HasRoom(std::uint64_t bytes) const {
  return (bytes_max_ == 0 || bytes_ + bytes <= bytes_max_) &&
         (messages_max_ == 0 || messages_.size() < messages_max_);
}

void MessageQueue::Put(const QueuedMessage& message) {
  messages_.push_back(message);
  bytes_ += message.bytes;
}

std::size_t MessageQueue::First(const Selection& selection) const {
  std::size_t first = kNone;
  for (std::size_t place = 0; place < messages_.size(); ++place) {
    const std::uint32_t klass = messages_[place].klass;
    if (!selection.Takes(klass)) continue;
    if (first == kNone || selection.Prefers(klass, messages_[first].klass)) first = place;
  }
  return first;
}

void MessageQueue::Remove(std::size_t place) {
  bytes_ -= messages_[place].bytes;
  messages_.erase(messages_.begin() + static_cast<std::ptrdiff_t>(place));
}

}  // namespace parley::model

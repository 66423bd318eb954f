// A queue of messages as its specification has it: in the order of arrival, taken by class.
//
// Source: POSIX.1-2024 msgsnd(), msgrcv(), mq_send(), mq_receive(); msgop(2) for MSG_EXCEPT,
// MSG_COPY and the bound on the number of messages (Linux).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "src/history/history.h"

namespace parley::model {

// Which messages a receive asks for.
struct Selection {
  Selector select = Selector::kAny;
  std::uint32_t klass = 0;

  bool Takes(std::uint32_t other) const;
  // A message of the one class comes before one of the other, whichever is older.
  bool Prefers(std::uint32_t one, std::uint32_t other) const;
  // Age decides between messages of these classes.
  bool ByAge(std::uint32_t one, std::uint32_t other) const;
};

// Of a take.  One of class 0, which there is not but where the highest is asked for, asks for any.
Selection SelectionOf(const History& history, const Operation& take);

struct QueuedMessage {
  std::uint32_t id = 0;  // the caller's own: the send
  std::uint32_t klass = 0;
  std::uint32_t bytes = 0;

  bool operator==(const QueuedMessage&) const = default;
};

class MessageQueue {
 public:
  // 0: no bound.
  MessageQueue(std::uint64_t bytes_max, std::uint64_t messages_max)
      : bytes_max_(bytes_max), messages_max_(messages_max) {}

  bool HasRoom(std::uint64_t bytes) const;
  void Put(const QueuedMessage& message);

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  // The place of the message that such a receive takes; kNone when there is none.  Time O(n).
  std::size_t First(const Selection& selection) const;
  void Remove(std::size_t place);

  std::span<const QueuedMessage> messages() const { return messages_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t bytes_max() const { return bytes_max_; }
  // Linux bounds the number of messages by the same number (msgop(2)).
  void Resize(std::uint64_t bytes_max) { bytes_max_ = messages_max_ = bytes_max; }

  bool operator==(const MessageQueue&) const = default;

 private:
  std::vector<QueuedMessage> messages_;  // oldest first
  std::uint64_t bytes_ = 0;
  std::uint64_t bytes_max_ = 0;
  std::uint64_t messages_max_ = 0;
};

}  // namespace parley::model

// A history of messages as the checkers of messages see it: what was sent, and who received it.
//
// A message is known by its sender and its position in the sender's stream.  One too short to say
// whose it is counts by its length and class alone.
//
// Making it costs O(n log n) for n operations, memory O(n).
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "src/history/history.h"
#include "src/model/message_queue.h"

namespace parley {

using model::Selection;
using model::SelectionOf;

inline constexpr std::uint32_t kNoMessage = std::numeric_limits<std::uint32_t>::max();

// One that a send offered: accepted, or perhaps (maybe, pending, failed with EINTR).
struct Message {
  std::uint64_t put_from = 0;          // the send's invocation
  std::uint64_t put_until = kNever;    // its return; kNever when it did not return with success
  std::uint64_t taken_from = kNever;   // the receive's invocation; kNever when nobody received it
  std::uint64_t taken_until = kNever;  // its return
  std::uint32_t send = kNoMessage;     // operation
  std::uint32_t receive = kNoMessage;  // operation; kNoMessage when nobody did
  std::uint32_t klass = 0;
  std::uint32_t bytes = 0;
  bool accepted = false;  // the send succeeded
  bool told = false;      // long enough to say whose it is

  bool received() const { return receive != kNoMessage; }
};

// A receive that returned a message.
struct Receipt {
  std::uint32_t operation = 0;
  std::uint32_t message = kNoMessage;  // among messages(); kNoMessage: see below
  bool again = false;                  // another receive had that message before
};

class Messages {
 public:
  // history: outlives the view.  object: which of the round's.
  Messages(const History& history, std::uint8_t object);

  const History& history() const { return history_; }
  const Operation& operation(std::uint32_t id) const { return history_.operations[id]; }

  // All of it is of one queue; false when the name may have led to several, one after the other.
  bool one_queue() const { return one_queue_; }

  // By sender, then in the order of its sends.
  std::span<const Message> messages() const { return messages_; }
  // In the order of the operations.
  std::span<const Receipt> receipts() const { return receipts_; }
  // Receives that were killed inside, or gave what was cut beyond recognition: each may have taken
  // a message that nobody else will get.
  std::uint32_t blind_receives() const { return blind_receives_; }
  std::uint64_t blind_from_ns() const { return blind_from_ns_; }  // the first one's invocation
  bool CutBeyondRecognition(const Operation& receive) const;
  // The message that a receive or a copy gave; kNoMessage when that cannot be told.
  std::uint32_t Given(const Operation& receive) const;
  // Receives that failed with EINTR, by operation.
  std::span<const std::uint32_t> interrupted_receives() const { return interrupted_receives_; }
  // Receives that were told that there is nothing for them, and sends that there is no room.
  std::span<const std::uint32_t> empty() const { return empty_; }
  std::span<const std::uint32_t> full() const { return full_; }

  // Time before which a is over when b begins, clock slack considered.
  std::uint64_t slack_ns() const { return history_.header.clock_slack_ns; }

 private:
  void AddSend(std::uint32_t id);
  void AddReceive(std::uint32_t id);
  void Match();
  std::uint32_t Find(const Extent& extent) const;

  const History& history_;
  std::uint8_t object_;
  std::vector<Message> messages_;
  std::vector<Receipt> receipts_;
  std::vector<std::uint32_t> empty_;
  std::vector<std::uint32_t> full_;
  std::vector<std::uint32_t> interrupted_receives_;
  std::uint32_t blind_receives_ = 0;
  std::uint64_t blind_from_ns_ = kNever;
  bool one_queue_ = true;
};

// Its receives select by class: it has those of System V, not those of a priority queue.
bool SelectsByClass(const History& history);

// Classes, ascending, each of which one worker alone asks for, and for nothing else: replies to it.
std::vector<std::uint32_t> OwnedClasses(const History& history);

// The objects of the history, one view each.
std::vector<std::uint8_t> ObjectsOf(const History& history);

// "a message of worker 3 at 128 (64 bytes of class 2)".
std::string MessageText(const Messages& view, const Message& message);

}  // namespace parley

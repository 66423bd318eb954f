// Message queues behind one name, when nobody else calls: what each call has to return.
//
// Sequential and exact, names and handles included; what a call that would sleep does is not told.
//
// Source: POSIX.1-2024 mq_open(), mq_send(), mq_receive(), msgget(), msgctl(), msgsnd(), msgrcv();
// where errors compete, Linux ipc/mqueue.c and ipc/msg.c.
#pragma once

#include <cstdint>
#include <vector>

#include "src/history/history.h"
#include "src/model/message_queue.h"
#include "src/model/stepped_view.h"

namespace parley::model {

class QueueSystem {
 public:
  struct Answer {
    std::int64_t result = 0;
    int system_error = 0;
    bool waits = false;                    // it would sleep; nothing else is told
    bool free = false;                     // whatever it returned: the model does not know
    std::uint32_t message = kNoOperation;  // receives: the send whose message comes
    std::uint32_t klass = 0;               // of that message
  };

  // The queue that the header speaks of is there, and empty.  Types begin with 1 (System V),
  // priorities with 0 (POSIX), which tells the two apart.  history: outlives this.
  explicit QueueSystem(const History& history);

  // What the operation has to return, of which what it was asked for is known and whether it may
  // wait (Operation::nonblocking), and nothing else need be.
  Answer Expect(const Operation& op) const;
  // It returned that.  id: by which its message is known.
  void Apply(std::uint32_t id, const Operation& op, const Answer& answer);

  // The queue behind the handle, null when there is none.
  const MessageQueue* Behind(const Operation& op) const;
  // A number for coverage: systems that behave alike mostly have the same.
  std::uint64_t Shape() const;

 private:
  struct Queue {
    MessageQueue content;
    bool removed = false;
    bool shut = false;  // resized to 0 bytes, which MessageQueue has for no bound
  };
  struct Lead {
    std::uint16_t worker = 0;
    std::uint16_t handle = 0;
    std::size_t queue = 0;
    bool reads = false;
    bool writes = false;
    bool nonblocking = false;
  };

  static Answer Fails(int system_error) { return {.result = -1, .system_error = system_error}; }
  const Call& call(const Operation& op) const { return history_.calls[op.call]; }
  const Lead* Find(const Operation& op) const;
  bool named() const { return named_ != kNone; }
  bool Waits(const Operation& op, const Lead& lead) const;

  Answer ExpectOnName(const Operation& op, Effect effect) const;
  Answer ExpectPut(const Operation& op, const Lead* lead) const;
  Answer ExpectTake(const Operation& op, const Lead* lead) const;
  Answer ExpectCopy(const Operation& op, const Lead& lead) const;
  Answer ExpectStatus(const Operation& op, const Queue& queue) const;
  Answer ExpectResize(const Operation& op) const;
  Answer Given(const Operation& op, const MessageQueue& queue, std::size_t place) const;
  void Open(const Operation& op);
  void MakeQueue();

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  const History& history_;
  bool typed_;
  std::vector<Queue> queues_;
  std::vector<Lead> leads_;  // oldest first
  std::size_t named_ = kNone;
};

}  // namespace parley::model

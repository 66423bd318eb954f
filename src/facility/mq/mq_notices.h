// Notices of a message queue, as one worker asks for them and takes them.
//
// A notice is a real-time signal, which queues: how many have come is exact.  The process blocks it
// before it first asks, and so no call is ever interrupted by one; it takes them when it looks.
//
// Source: POSIX.1-2024 mq_notify(), sigtimedwait().
#pragma once

#include <cstdint>

#include "src/facility/facility.h"

namespace parley {

class MqNotices {
 public:
  // mq_notify(SIGEV_SIGNAL), or, with kWithdraws, mq_notify(NULL).
  Reply Ask(int queue, std::uint64_t brings);
  // sigtimedwait() that does not wait.  Result: as src/history/message_calls.h has it.
  Reply Take() const;
  // Takes what has come unasked, so that the process' next queue starts afresh.
  void Forget();

 private:
  bool asked_ = false;
};

}  // namespace parley

// What bugs need to know of, and do to, a System V message queue.  None of it passes the bugs
// themselves.
#pragma once

#include <sys/msg.h>
#include <sys/types.h>

#include <cstddef>
#include <optional>

#include "src/planted/planted.h"

namespace parley::planted {

// MSGMAX is not larger where parley is tried.
inline constexpr std::size_t kLongestTyped = 8192;

// A message as the queue holds it.
struct TypedSight {
  long type;
  std::size_t count;
};

// The message that so many are older than; nothing when there is none, or when it cannot be looked
// at (MSG_COPY).
std::optional<TypedSight> LookAt(int queue, std::size_t older);

long TypedMessagesIn(int queue);                  // msg_qnum; -1 when unknown
bool Fits(int queue, std::size_t count);          // a message of so many bytes
bool IsPlainReceive(const TypedMessage& buffer);  // flags: at most IPC_NOWAIT

// Whether a receive that asks for `wanted` as msgrcv() has it takes a message of that type.
bool Takes(long wanted, int flags, long type);

// Receives a message of that type, and does not wait: somebody else may have taken it meanwhile.
ssize_t TakeNow(int queue, const TypedMessage& buffer, long type);

// Sleeps in msgrcv() on whatever is sent, until the queue is removed or a signal handler ends it
// (-1).
ssize_t SleepInTyped(int queue);

// Sleeps until a signal handler ends it (EINTR, -1).
ssize_t SleepAway();

}  // namespace parley::planted

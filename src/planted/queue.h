// What bugs need to know of, and do to, a POSIX message queue.  None of it passes the bugs
// themselves.
#pragma once

#include <sys/types.h>

#include <cstddef>

#include "src/planted/planted.h"

namespace parley::planted {

inline constexpr std::size_t kLongestMessage = std::size_t{1} << 16;
// Those of the run's own that end it are not longer.
inline constexpr std::size_t kShortMessage = 24;

bool WaitsForMessages(int queue);       // its description has no O_NONBLOCK
long MessagesIn(int queue);             // mq_curmsgs; -1 when unknown
bool HasPlace(int queue);               // for one message more
std::size_t LongestMessage(int queue);  // mq_msgsize; 0 when unknown

// Sends, waiting for so long at most; false when there was no place.
bool SendInTime(int queue, const Message& message, int patience_ms);

// Takes and forgets all that is there, by a descriptor of its own.
void EmptyQueue(int queue);

// Sleeps in mq_timedreceive() until a signal handler ends it (EINTR, -1).
ssize_t SleepInReceive();

}  // namespace parley::planted

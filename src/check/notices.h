// Who is registered with a queue, and which notices are due: the two ways to judge it.
//
// Source: POSIX.1-2024 mq_notify(), mq_close(); mq_notify(3) (Linux).
#pragma once

#include <cstdint>

#include "src/check/tally.h"
#include "src/history/history.h"

namespace parley {

struct NoticeTallies {
  Tally notified{Clause::kNotifiedWrongly};
  Tally twice{Clause::kRegisteredTwice};
  Tally stays{Clause::kRegistrationStays};
  Tally divergence{Clause::kKnownDivergence};
};

// Of a stepped history: after each step it is known who is registered, and which notices have come.
//
// object: which of the round's, a queue whose name was not made again.
// Time O(n log n), memory O(n) for n operations.
void JudgeNoticesByStep(const History& history, std::uint8_t object, NoticeTallies& tallies);

// Of a free history, by what is certain: two who are registered at one time, a refusal when nobody
// can have been, and a notice more than was asked for.
//
// Time O(n log n), memory O(n).
void JudgeNoticesByTime(const History& history, std::uint8_t object, NoticeTallies& tallies);

}  // namespace parley

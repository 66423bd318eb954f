// O-MODEL and O-WIN1 of notification: one process at a time is registered with a queue, it gets one
// notice when a message comes to the empty queue and nobody waits for it, and then it is registered
// no more, nor when it has left.
//
// Known divergence: Linux ends a registration when its owner closes any descriptor of the queue,
// POSIX when it closes the one that it registered by.  Either is taken; the former is told.
#include <array>

#include "src/check/checker.h"
#include "src/check/messages.h"
#include "src/check/notices.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kNotifiedWrongly, Clause::kRegisteredTwice,
                                 Clause::kRegistrationStays, Clause::kKnownDivergence};

void JudgeNotices(const History& history, std::vector<Judgement>& judgements) {
  if (!history.header.complete || SelectsByClass(history)) return;
  NoticeTallies tallies;
  for (const std::uint8_t object : ObjectsOf(history)) {
    if (!Messages(history, object).one_queue()) continue;
    if (history.header.mode == "stepped") {
      JudgeNoticesByStep(history, object, tallies);
    } else {
      JudgeNoticesByTime(history, object, tallies);
    }
  }
  for (const Tally* tally :
       {&tallies.notified, &tallies.twice, &tallies.stays, &tallies.divergence}) {
    tally->Report(judgements);
  }
}

const CheckerRegistration kRegistration({.name = "message_notices",
                                         .oracle = "O-MODEL",
                                         .clauses = kClauses,
                                         .judge = JudgeNotices,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley

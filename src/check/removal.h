// What the checkers of removed objects share: their tallies, and what calls say of a removal.
#pragma once

#include "src/check/messages.h"
#include "src/check/tally.h"

namespace parley {

struct RemovalTallies {
  Tally used{Clause::kUsedAfterRemoval};
  Tally stale{Clause::kStaleHandle};
  Tally gone{Clause::kNameGone};
  Tally key{Clause::kKeyMisled};
};

// The call is made on a queue by a handle.
bool IsOnQueue(const History& history, const Operation& op);

// The call says that its handle leads to no queue.  EINVAL may have other reasons where a message
// is sent or copied.
bool SaysRemoved(const History& history, const Operation& op);

// The open may have made the queue.
bool MayCreate(const History& history, const Operation& op);

// Of stepped histories, step by step: there it is known which queue each handle leads to.
void JudgeRemovalSteps(const History& history, std::uint8_t object, RemovalTallies& tallies);

}  // namespace parley

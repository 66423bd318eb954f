#include "src/check/queue_handles.h"

#include "src/check/messages.h"

namespace parley {

void QueueHandles::Return(const Operation& op) {
  if (!op.succeeded()) return;
  const Effect effect = history_.effect(op);
  if (effect == Effect::kMakeName) {
    // Made exclusively where there is one: it is the one that was there.
    if (!named_) named_ = ++count_;
  } else if (Opens(effect)) {
    // An open that may create has done so where there was none.
    if (!named_) named_ = ++count_;
    led_[{op.worker, op.handle}] = *named_;
  } else if (effect == Effect::kClose) {
    led_.erase({op.worker, op.handle});
  } else if (effect == Effect::kRemoveName) {
    named_.reset();
  } else if (effect == Effect::kRemoveObject) {
    Remove(Of(op));
  }
}

void QueueHandles::Remove(std::uint32_t queue) {
  removed_.insert(queue);
  if (named_ == queue) named_.reset();
}

std::uint32_t QueueHandles::Of(const Operation& op) const {
  const auto found = led_.find({op.worker, op.handle});
  return found == led_.end() ? 0 : found->second;
}

}  // namespace parley

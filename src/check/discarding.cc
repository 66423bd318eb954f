#include "src/check/discarding.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace parley {
namespace {

// From when to when a handle was certainly held.
struct Hold {
  std::uint64_t from_ns = 0;
  std::uint64_t until_ns = kNever;
};

using HandleName = std::pair<std::uint16_t, std::uint16_t>;  // worker, handle

std::vector<Hold> CertainHolds(const History& history, std::uint8_t object) {
  std::map<HandleName, Hold> holds;
  for (const Operation& op : history.operations) {
    if (op.object == object && MakesHandle(history.effect(op)) && op.succeeded()) {
      holds[{op.worker, op.handle}].from_ns = op.returned_ns;
    }
  }
  for (const Operation& op : history.operations) {
    if (op.object == object && history.effect(op) == Effect::kClose) {
      const auto hold = holds.find({op.worker, op.handle});
      if (hold != holds.end()) {
        hold->second.until_ns = std::min(hold->second.until_ns, op.invoked_ns);
      }
    }
  }
  std::map<std::uint16_t, std::uint64_t> killed_ns;
  for (const Fault& fault : history.faults) {
    if (fault.kind == FaultKind::kKill) {
      killed_ns.emplace(fault.worker, fault.invoked_ns);
    }
  }
  std::vector<Hold> certain;
  for (auto& [name, hold] : holds) {
    if (const auto killed = killed_ns.find(name.first); killed != killed_ns.end()) {
      hold.until_ns = std::min(hold.until_ns, killed->second);
    }
    const std::uint64_t slack_ns = history.header.clock_slack_ns;
    hold.from_ns += slack_ns;
    hold.until_ns -= hold.until_ns == kNever ? 0 : std::min(hold.until_ns, slack_ns);
    certain.push_back(hold);
  }
  return certain;
}

}  // namespace

std::uint64_t DiscardedUntilNs(const ByteStreams& streams, const ObjectView& object) {
  const History& history = streams.history();
  std::vector<Hold> holds = CertainHolds(history, object.object);
  if (holds.empty()) {
    return 0;
  }
  std::uint64_t instant_ns = 0;
  for (const Operation& op : history.operations) {
    if (op.object == object.object && history.effect(op) == Effect::kTake && op.succeeded()) {
      instant_ns = std::max(instant_ns, op.invoked_ns);
    }
  }
  // Goes back through the holds as long as one covers the instant.
  std::ranges::sort(holds, std::ranges::greater{}, &Hold::until_ns);
  for (const Hold& hold : holds) {
    if (hold.until_ns < instant_ns) {
      break;
    }
    instant_ns = std::min(instant_ns, hold.from_ns);
  }
  return instant_ns;
}

}  // namespace parley

// A stepped history, step by step: what began in each step, and what returned in it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "src/history/history.h"

namespace parley::model {

inline constexpr std::uint32_t kNoOperation = 0xffffffffU;

enum class CauseKind : std::uint8_t { kCall, kSignal, kSignalRestart, kKill };

// What the scheduler did.
struct Cause {
  std::uint64_t step = 0;
  std::uint32_t operation = kNoOperation;  // calls: its id
  std::uint16_t worker = 0;
  CauseKind kind = CauseKind::kCall;
};

// One step.  Step 0 may have many causes, every other has one; a step with several is as good as
// its causes in any order.
struct Step {
  std::uint64_t number = 0;
  std::span<const Cause> causes;
  std::span<const std::uint32_t> returned;  // ids of the calls that returned in it
};

// The steps of one object's history in which anything happened; signals and kills are part of every
// object's history.
//
// history: outlives the view.  Time O(n log n), memory O(n).
class SteppedView {
 public:
  SteppedView(const History& history, std::uint8_t object);
  SteppedView(const SteppedView&) = delete;  // steps lead into the view itself
  SteppedView& operator=(const SteppedView&) = delete;

  const History& history() const { return history_; }
  std::span<const Step> steps() const { return steps_; }
  // The object is reached by its name: somebody made it, or asked for it.
  bool named() const { return named_; }

 private:
  const History& history_;
  std::vector<Cause> causes_;
  std::vector<std::uint32_t> returned_;
  std::vector<Step> steps_;
  bool named_ = false;
};

// The objects that the operations speak of: 0 .. that number, less one.
std::uint32_t ObjectCount(const History& history);

// An open that does not wait for its partner.  The record itself says so only of those that
// succeeded; of others, the name of the call or the error does.
bool OpensNonblocking(const History& history, const Operation& op);

// A put, take or peek that splice() or tee() made: it never waits.
inline bool BySplice(const Operation& op) { return op.argument == kBySplice; }

// poll() asked for POLLOUT (else for POLLIN).
bool AsksForRoom(const History& history, const Operation& op);

// The call was refused for want of descriptors, memory or rights: nothing that a model knows.
bool RefusedByEnvironment(const Operation& op);

// Bytes of a page, in which Linux counts the room of a pipe of default capacity: 16 of them
// (pipe(7)).
std::uint32_t PageBytes(const HistoryHeader& header);

// Capacity of a fresh object in bytes, as far as is known; that of pipe(7) when nothing is.
std::uint64_t FreshCapacityBytes(const HistoryHeader& header);

}  // namespace parley::model

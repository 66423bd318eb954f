// All that one queue may hold after each step of a stepped history, by its specification: calls
// that return in one step take effect one after the other, in any order.
//
// Exact: when nothing is left, no order explains what the calls returned.  Time O(k! q) for k calls
// that return in a step and q messages in the queue; k is one but where somebody is woken.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "src/check/messages.h"
#include "src/model/message_queue.h"
#include "src/promise/clause.h"

namespace parley {

// What no order explains.
struct QueueBreach {
  Clause clause = Clause::kCount;  // kCount: it is another checker's affair
  std::string reason;
  std::uint32_t operation = 0;
};

class QueueFrontier {
 public:
  // view: outlives this.  bytes_max: 0 when unknown; then nothing is said of room.
  QueueFrontier(const Messages& view, std::uint64_t bytes_max, std::uint64_t messages_max);

  // returned: what came back in the step.  perhaps: what was killed in it, and may have happened.
  // After a breach there is nothing to go on from.
  std::optional<QueueBreach> Advance(std::span<const std::uint32_t> returned,
                                     std::span<const std::uint32_t> perhaps);

  // The clause that a take breaks which gets another message than it has to.
  Clause OrderClause(const Operation& take) const;
  // There was a choice: several messages are there.
  bool HasSeveral() const { return states_.front().queue.messages().size() > 1; }

  // inside: the calls that sleep when the step is over.
  std::optional<QueueBreach> JudgeSleepers(std::span<const std::uint32_t> inside);

 private:
  struct State {
    model::MessageQueue queue;
    std::uint16_t last_sender;
    std::uint16_t last_receiver;

    bool operator==(const State&) const = default;
  };

  std::optional<State> After(const State& state, std::uint32_t id) const;
  std::optional<State> AfterPut(const State& state, std::uint32_t id) const;
  std::optional<State> AfterTake(const State& state, std::uint32_t id) const;
  bool IsCopy(const State& state, const Operation& op) const;
  bool IsStatus(const State& state, const Operation& op) const;
  bool IsGiven(const model::QueuedMessage& message, std::uint32_t id) const;
  bool Enabled(const State& state, const Operation& op) const;
  void Follow(const State& state, std::vector<std::uint32_t> left, std::vector<State>& after) const;
  void Remember(std::uint32_t id);

  QueueBreach Explain(std::span<const std::uint32_t> returned) const;
  QueueBreach ExplainPut(const State& state, std::uint32_t id) const;
  QueueBreach ExplainTake(const State& state, std::uint32_t id) const;
  QueueBreach ExplainOther(const State& state, std::uint32_t id) const;
  // Clause of a message that is not where it has to be; kCount when it is lost, which others say.
  Clause ClauseOf(std::uint32_t send, Clause otherwise) const;
  void CountUntold();
  bool Lost(std::uint32_t send) const;
  bool LostAny(const State& state) const;

  const Messages& view_;
  const History& history_;
  std::vector<std::uint32_t> owned_;            // OwnedClasses
  std::map<std::uint32_t, const Message*> of_;  // by send
  std::set<std::uint32_t> refused_;             // sends whose message was too long for a receive
  std::set<std::pair<std::uint32_t, std::uint32_t>>
      short_of_;                    // untold: bytes and class of lost ones
  std::set<std::uint32_t> copied_;  // sends whose message was copied
  std::vector<State> states_;
};

}  // namespace parley

// Small histories of messages made by hand, for tests of checkers.
//
//   MessageBuilder history(2);
//   const auto sent = history.Send(0, {.from = 1, .to = 2, .klass = 3});
//   history.Receive(1, {.from = 3, .to = 4}, sent);
//
// Nothing is checked: a history that no system could produce is what most tests want.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "src/history/history.h"
#include "src/history/message_calls.h"

namespace parley {

class MessageBuilder {
 public:
  struct Spec {
    std::uint64_t from = 0;
    std::uint64_t to = kNever;  // left out: killed inside when its worker was, else pending
    std::uint32_t klass = 0;
    std::uint32_t bytes = kToldBytes;
    int error = 0;
    bool nonblocking = false;
    // Of receives: which messages they ask for; left out: as the queue's receives do.
    std::optional<Selector> select = std::nullopt;
    std::uint32_t asked = 0;
    std::uint32_t buffer_bytes = 8192;
  };

  explicit MessageBuilder(std::uint16_t workers, std::uint64_t capacity_messages = 0) {
    history_.header.facility = "mq";
    history_.header.family = Family::kMessages;
    history_.header.capacity_messages = capacity_messages;
    history_.calls = {{.name = "send", .effect = Effect::kPut},
                      {.name = "receive", .effect = Effect::kTake, .select = Selector::kHighest},
                      {.name = "open_both", .effect = Effect::kOpenBoth},
                      {.name = "close", .effect = Effect::kClose}};
    for (std::uint16_t i = 0; i < workers; ++i) history_.workers.push_back({.role = "worker"});
  }

  // Returns: the operation's id.
  std::uint32_t Send(std::uint16_t worker, const Spec& spec) {
    Operation& op = Add(0, worker, spec);
    op.handle = 1;
    op.requested = spec.bytes;
    op.argument = spec.klass;
    op.position = position_[worker];
    if (op.succeeded()) position_[worker] += spec.bytes;
    return Last();
  }

  // of: the send whose message it got.  Its class and length are told as they were sent, unless the
  // operation is changed afterwards (at).
  std::uint32_t Receive(std::uint16_t worker, const Spec& spec,
                        std::optional<std::uint32_t> of = std::nullopt) {
    Operation& op = Add(ReceiveCall(spec.select), worker, spec);
    op.handle = 1;
    op.requested = spec.buffer_bytes;
    op.argument = PackClass({.asked = spec.asked, .told = 0});
    if (of) {
      const Operation send = history_.operations[*of];
      const bool told = send.requested >= kToldBytes;
      Got(Last(),
          {.position = told ? send.position : 0,
           .bytes = send.requested,
           .writer = told ? send.worker : std::uint16_t{0},
           .kind = static_cast<std::uint16_t>(told ? ExtentKind::kWritten : ExtentKind::kUntold)});
      at(Last()).argument =
          PackClass({.asked = spec.asked, .told = static_cast<std::uint32_t>(send.argument)});
    }
    return Last();
  }

  // What a receive got.
  void Got(std::uint32_t id, const Extent& extent) {
    Operation& op = at(id);
    op.result = extent.bytes;
    if (extent.bytes == 0) return;
    op.first_extent = static_cast<std::uint32_t>(history_.extents.size());
    op.extent_count = 1;
    history_.extents.push_back(extent);
  }

  std::uint32_t Open(std::uint16_t worker, const Spec& spec) {
    Add(2, worker, spec).handle = 1;
    return Last();
  }
  std::uint32_t Close(std::uint16_t worker, const Spec& spec) {
    Add(3, worker, spec).handle = 1;
    return Last();
  }

  // brings: what its notice is to bring, or kWithdraws.
  std::uint32_t Notify(std::uint16_t worker, const Spec& spec, std::uint64_t brings) {
    const std::uint32_t id = Do(worker, spec, Effect::kNotify, brings);
    at(id).handle = 1;
    return id;
  }
  std::uint32_t Notice(std::uint16_t worker, const Spec& spec, std::int64_t brought) {
    return Do(worker, spec, Effect::kTakeNotice, 0, brought);
  }

  // A call without data.
  std::uint32_t Do(std::uint16_t worker, const Spec& spec, Effect effect, std::uint64_t argument,
                   std::int64_t result = 0) {
    auto& calls = history_.calls;
    const auto found = std::ranges::find(calls, effect, &Call::effect);
    const auto place = static_cast<std::uint8_t>(found - calls.begin());
    if (found == calls.end()) calls.push_back({.name = "call", .effect = effect});
    Operation& op = Add(place, worker, spec);
    op.argument = argument;
    if (spec.error == 0) op.result = result;
    return Last();
  }

  // The worker's call that has not returned becomes a maybe one, over at `to`.
  void Kill(std::uint16_t worker, std::uint64_t from, std::uint64_t to) {
    history_.faults.push_back(
        {.kind = FaultKind::kKill, .worker = worker, .invoked_ns = from, .returned_ns = to});
    for (Operation& op : history_.operations) {
      if (op.worker != worker || op.outcome != Outcome::kPending) continue;
      op.outcome = Outcome::kMaybe;
      op.returned_ns = to;
    }
  }

  // Evidence that convinces: steady, 25 samples, no gap.
  void SeenAsleep(std::uint16_t worker, std::uint64_t from, std::uint64_t until) {
    history_.sightings.push_back({.worker = worker,
                                  .from_ns = from,
                                  .until_ns = until,
                                  .samples = 25,
                                  .system_call = 1,
                                  .heartbeat_gap_ns_max = (until - from) / 25,
                                  .steady = true});
  }

  void Drained() { history_.header.drained = true; }
  Operation& at(std::uint32_t id) { return history_.operations[id]; }
  History& history() { return history_; }

 private:
  std::uint32_t Last() const { return static_cast<std::uint32_t>(history_.operations.size() - 1); }

  std::uint8_t ReceiveCall(std::optional<Selector> select) {
    if (!select) return 1;
    auto& calls = history_.calls;
    const auto found = std::ranges::find_if(calls, [&](const Call& call) {
      return call.effect == Effect::kTake && call.select == *select;
    });
    const auto place = static_cast<std::uint8_t>(found - calls.begin());
    if (found != calls.end()) return place;
    calls.push_back({.name = "receive by " + std::to_string(static_cast<int>(*select)),
                     .effect = Effect::kTake,
                     .select = *select});
    return place;
  }

  Operation& Add(std::uint8_t call, std::uint16_t worker, const Spec& spec) {
    history_.operations.push_back(
        {.invoked_ns = spec.from,
         .returned_ns = spec.to,
         .result = spec.error != 0 ? -1 : 0,
         .system_error = static_cast<std::uint16_t>(spec.error),
         .worker = worker,
         .call = call,
         .outcome = spec.to == kNever ? Outcome::kPending : Outcome::kReturned,
         .nonblocking = spec.nonblocking});
    return history_.operations.back();
  }

  History history_;
  std::map<std::uint16_t, std::uint64_t> position_;
};

}  // namespace parley

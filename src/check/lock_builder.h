// Small histories of locks made by hand, for tests of checkers.
//
//   LockBuilder built(2);
//   built.Lock(0, {.from = 1, .to = 2, .first = 0, .last = 7});
//   built.Unlock(0, {.from = 3, .to = 4});
//
// Each worker has the file open by handle 1 from time 0 on.  Nothing is checked: a history that no
// system could produce is what most tests want.
#pragma once

#include <cerrno>
#include <cstdint>

#include "src/history/history.h"
#include "src/history/lock_calls.h"

namespace parley {

class LockBuilder {
 public:
  struct Spec {
    std::uint64_t from = 0;
    std::uint64_t to = kNever;  // left out: killed inside when its worker was, else pending
    bool exclusive = true;
    bool tries = false;
    std::uint32_t first = 0;
    std::uint32_t last = 9;  // byte; ignored by flock()
    int error = 0;
    std::uint16_t handle = 1;
    std::int64_t result = 0;
  };

  explicit LockBuilder(std::uint16_t workers, LockKind kind = LockKind::kProcess) {
    history_.header.facility = "fcntl-lock";
    history_.header.family = Family::kLocks;
    history_.calls = {{.name = "open", .effect = Effect::kOpenBoth},
                      {.name = "close", .effect = Effect::kClose},
                      {.name = "dup", .effect = Effect::kDuplicate},
                      {.name = "open_read", .effect = Effect::kOpenRead}};
    for (const bool exclusive : {false, true}) {
      history_.calls.push_back({.name = exclusive ? "write" : "read",
                                .effect = Effect::kLock,
                                .lock = kind,
                                .exclusive = exclusive});
      history_.calls.push_back({.name = exclusive ? "ask_write" : "ask_read",
                                .effect = Effect::kQueryLock,
                                .lock = kind,
                                .exclusive = exclusive});
    }
    history_.calls.push_back({.name = "unlock", .effect = Effect::kUnlock, .lock = kind});
    history_.calls.push_back({.name = "child",
                              .effect = Effect::kLockInChild,
                              .lock = LockKind::kProcess,
                              .exclusive = true});
    history_.calls.push_back(
        {.name = "record", .effect = Effect::kLock, .lock = LockKind::kProcess, .exclusive = true});
    history_.calls.push_back({.name = "dup_to_child", .effect = Effect::kDuplicateToChild});
    history_.calls.push_back(
        {.name = "copy", .effect = Effect::kLockInChild, .lock = kind, .exclusive = true});
    for (std::uint16_t i = 0; i < workers; ++i) {
      history_.workers.push_back({.role = "worker"});
      Open(i, {.to = 0});
    }
  }

  // Each returns the operation's id.
  std::uint32_t Lock(std::uint16_t worker, const Spec& spec) {
    return Add(spec.exclusive ? 6 : 4, worker, spec);
  }
  std::uint32_t Try(std::uint16_t worker, Spec spec) {
    spec.tries = true;
    return Lock(worker, spec);
  }
  std::uint32_t Ask(std::uint16_t worker, const Spec& spec) {
    return Add(spec.exclusive ? 7 : 5, worker, spec);
  }
  std::uint32_t Unlock(std::uint16_t worker, const Spec& spec) { return Add(8, worker, spec); }
  // By its copy of the worker's description.
  std::uint32_t TryByCopy(std::uint16_t worker, Spec spec) {
    spec.tries = true;
    return Add(12, worker, spec);
  }
  std::uint32_t TryInChild(std::uint16_t worker, Spec spec) {
    spec.tries = true;
    return Add(9, worker, spec);
  }
  std::uint32_t TryRecord(std::uint16_t worker, Spec spec) {
    spec.tries = true;
    return Add(10, worker, spec);
  }
  std::uint32_t Open(std::uint16_t worker, const Spec& spec) { return Add(0, worker, spec); }
  std::uint32_t OpenRead(std::uint16_t worker, const Spec& spec) { return Add(3, worker, spec); }
  std::uint32_t Close(std::uint16_t worker, const Spec& spec) { return Add(1, worker, spec); }
  std::uint32_t Duplicate(std::uint16_t worker, const Spec& spec, std::uint16_t of) {
    const std::uint32_t id = Add(2, worker, spec);
    history_.operations[id].argument = of;
    return id;
  }
  std::uint32_t DuplicateToChild(std::uint16_t worker, const Spec& spec, std::uint16_t of) {
    const std::uint32_t id = Add(11, worker, spec);
    history_.operations[id].argument = of;
    return id;
  }

  void Kill(std::uint16_t worker, std::uint64_t from, std::uint64_t to) {
    history_.faults.push_back(
        {.kind = FaultKind::kKill, .worker = worker, .invoked_ns = from, .returned_ns = to});
    for (Operation& op : history_.operations) {
      if (op.worker != worker || op.outcome != Outcome::kPending) continue;
      op.outcome = Outcome::kMaybe;
      op.returned_ns = to;
    }
  }

  // The watchdog saw the worker asleep, for certain.
  void Asleep(std::uint16_t worker, std::uint64_t from_ns) {
    history_.sightings.push_back({.worker = worker,
                                  .from_ns = from_ns,
                                  .until_ns = from_ns + 1'000'000'000,
                                  .samples = 25,
                                  .system_call = 72,
                                  .heartbeat_gap_ns_max = 1,
                                  .steady = true});
  }

  void Stepped() { history_.header.mode = "stepped"; }

  Operation& at(std::uint32_t id) { return history_.operations[id]; }
  History& history() { return history_; }

 private:
  std::uint32_t Add(std::uint8_t call, std::uint16_t worker, const Spec& spec) {
    const auto length = static_cast<std::int32_t>(spec.last - spec.first + 1);
    history_.operations.push_back({
        .invoked_ns = spec.from,
        .returned_ns = spec.to,
        .result = spec.error != 0 ? -1 : spec.result,
        .argument = PackRange({.start = spec.first, .length = length}),
        .system_error = static_cast<std::uint16_t>(spec.error),
        .worker = worker,
        .handle = spec.handle,
        .call = call,
        .outcome = spec.to == kNever ? Outcome::kPending : Outcome::kReturned,
        .nonblocking = spec.tries,
    });
    return static_cast<std::uint32_t>(history_.operations.size()) - 1;
  }

  History history_;
};

}  // namespace parley

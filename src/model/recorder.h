// Writes stepped histories down, for tests: of the simulated kernel and of the real one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/history/history.h"

namespace parley::model {

class Recorder {
 public:
  // capacity_bytes: of the object; the default one is 65536.
  Recorder(std::string facility, std::uint16_t workers, std::uint64_t capacity_bytes);

  // The next thing belongs to the next step.
  void NextStep() { ++step_; }
  std::uint64_t step() const { return step_; }

  // A call begins; what is known of it may be added to the operation.  Returns: its id.
  std::uint32_t Begin(std::uint16_t worker, std::string_view call, std::uint16_t handle = 0);
  Operation& at(std::uint32_t id) { return history_.operations[id]; }
  // It returns in this step.
  void Return(std::uint32_t id, std::int64_t result, int system_error);
  void Receive(std::uint32_t id, std::span<const Extent> extents);
  // Begin and Return.
  std::uint32_t Did(std::uint16_t worker, std::string_view call, std::uint16_t handle,
                    std::int64_t result, int system_error);

  // A fault; a killed worker's call becomes a maybe one.
  void Fault(FaultKind kind, std::uint16_t worker);

  Effect effect(std::uint32_t id) const { return history_.effect(history_.operations[id]); }
  const History& history() const { return history_; }

 private:
  History history_;
  std::uint64_t step_ = 0;
};

// The history in lines, for messages of failing tests.
std::string Listing(const History& history);

}  // namespace parley::model

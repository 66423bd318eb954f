// Stepped histories made by hand, for tests of the checker.
//
//   Steps().Read(kReader, 9).Write(kWriter, 5).Gives(5)
//
// is a read that sleeps, and a write that returns 5 and does not wake it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "src/check/checking.h"
#include "src/check/history_builder.h"
#include "src/model/recorder.h"

namespace parley {

inline constexpr std::uint16_t kRead = 1;  // handles of a pipe
inline constexpr std::uint16_t kWrite = 2;
inline constexpr std::uint16_t kWriter = 0;
inline constexpr std::uint16_t kReader = 1;
inline constexpr std::uint16_t kOther = 2;
inline constexpr std::uint16_t kMaker = 3;

// Steps of a pipe of one writer, one reader and one who holds both ends; or of a FIFO.
class Steps {
 public:
  explicit Steps(bool nonblocking = false, std::uint64_t capacity_bytes = 65536)
      : recorder_("pipe", 4, capacity_bytes) {
    Hold(kWriter, "hold_write", kWrite, nonblocking);
    Hold(kReader, "hold_read", kRead, nonblocking);
  }
  explicit Steps(const char* fifo) : recorder_(fifo, 4, 65536) {
    recorder_.Did(kWriter, "make", 0, 0, 0);
  }

  Steps& Hold(std::uint16_t worker, const char* call, std::uint16_t handle, bool nonblocking) {
    recorder_.at(recorder_.Did(worker, call, handle, 0, 0)).nonblocking = nonblocking;
    return *this;
  }

  // A step in which a call begins, and sleeps unless it is said to return.
  Steps& Begin(std::uint16_t worker, const char* call, std::uint16_t handle,
               std::uint32_t bytes = 0, std::uint64_t argument = 0) {
    recorder_.NextStep();
    last_ = recorder_.Begin(worker, call, handle);
    Operation& op = recorder_.at(last_);
    op.requested = bytes;
    op.argument = argument;
    if (recorder_.effect(last_) == Effect::kPut) op.position = position_[worker];
    return *this;
  }
  Steps& Write(std::uint16_t worker, std::uint32_t bytes) {
    return Begin(worker, "write", kWrite, bytes);
  }
  Steps& Read(std::uint16_t worker, std::uint32_t bytes) {
    return Begin(worker, "read", kRead, bytes);
  }
  Steps& Open(std::uint16_t worker, const char* call, std::uint16_t handle = 1) {
    return Begin(worker, call, handle);
  }

  // The call that began last, or that of an id, returns in this step.
  Steps& Gives(std::int64_t result, int system_error = 0) {
    return Return(last_, result, system_error);
  }
  Steps& Return(std::uint32_t id, std::int64_t result, int system_error = 0) {
    recorder_.Return(id, result, system_error);
    if (recorder_.effect(id) == Effect::kPut && result > 0) {
      position_[recorder_.at(id).worker] += static_cast<std::uint64_t>(result);
    }
    return *this;
  }
  Steps& Gives(std::initializer_list<Extent> extents) { return Return(last_, extents); }
  Steps& Return(std::uint32_t id, std::initializer_list<Extent> extents) {
    std::int64_t bytes = 0;
    for (const Extent& extent : extents) bytes += extent.bytes;
    recorder_.Return(id, bytes, 0);
    recorder_.Receive(id, std::vector<Extent>(extents));
    return *this;
  }
  Steps& Fault(FaultKind kind, std::uint16_t worker) {
    recorder_.NextStep();
    recorder_.Fault(kind, worker);
    return *this;
  }

  History Build() const { return recorder_.history(); }
  std::uint32_t last() const { return last_; }

 private:
  model::Recorder recorder_;
  std::uint32_t last_ = 0;
  std::uint64_t position_[4] = {};
};

// What the checker finds broken.
inline std::vector<std::string_view> Broken(const Steps& steps) {
  return Broken("stepwise", steps.Build());
}

using Clauses = std::vector<std::string_view>;

}  // namespace parley

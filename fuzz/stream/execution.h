// Gives a stream of operations to a facility, in this process, and asks the model after each call.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/stream/follower.h"
#include "fuzz/stream/operations.h"
#include "fuzz/stream/target.h"
#include "fuzz/stream/workshop.h"
#include "src/check/checker.h"
#include "src/facility/facility.h"
#include "src/history/history.h"
#include "src/program/payload.h"

namespace parley::fuzz {

class Execution {
 public:
  // target: one of a facility that is linked in; outlives this.
  Execution(const StreamTarget& target, Workshop workshop);

  Bounds bounds() const { return bounds_; }
  const CallTraits& traits(const FuzzOperation& operation) const {
    return facility_.Calls()[calls_[operation.call]];
  }

  // Runs the stream on an object of its own, which is gone afterwards.
  // Returns: what contradicts the model, with a listing and the promises that are broken; nothing
  // when there is none.
  std::optional<std::string> Run(const Stream& stream);

  // Of the last run: what was done, and what could be done before each operation of the stream.
  const History& history() const { return history_; }
  const std::vector<Situation>& situations() const { return situations_; }
  // The operation of the history that each of the stream has become; kLeftOut when it was left out.
  static constexpr std::uint32_t kLeftOut = 0xffffffff;
  const std::vector<std::uint32_t>& performed() const { return performed_; }

  // Asks all checkers, too, of the last run: they must not blame what the model explains.
  // Returns: what they blame; nothing when it is nothing.
  std::optional<std::string> AskCheckers() const;

 private:
  struct Worker {
    std::unique_ptr<Port> port;
    std::uint64_t position = 0;  // bytes accepted so far
  };

  std::uint8_t CallNamed(std::string_view name) const;
  std::uint8_t CallThatReturns(Effect effect) const;
  void BeginHistory(const Object& object);
  void HandOver(Object& object);
  void RecordSetUp(std::uint8_t call, std::uint16_t worker, const Reply& reply);
  std::optional<std::string> RunAll(const Stream& stream);
  Operation Asked(const FuzzOperation& operation) const;
  // left_out: the call would have waited, and was not made.
  std::optional<std::string> Call(Operation op, Body body, bool& left_out);
  std::span<iovec> Offer(Operation& op, Body body);
  Reply Perform(Operation& op, const Request& request);
  void Receive(Operation& op, const Reply& reply);
  bool TakeAll(std::uint16_t worker, std::uint8_t call, std::uint16_t handle);
  void Drain();
  std::string Explain(const std::string& expected);
  // What the checkers find broken.
  struct Blame {
    std::string promises;
    std::optional<Judgement> first;
  };
  Blame Blamed() const;

  const StreamTarget& target_;
  const Facility& facility_;
  Workshop workshop_;
  Bounds bounds_;
  std::vector<std::uint8_t> calls_;  // of the facility, in the order of the target's
  bool messages_;
  std::uint64_t atomic_bytes_;
  std::array<Worker, kWorkers + 1> workers_;  // the last one is the maker
  std::string attached_to_;
  std::array<std::vector<std::byte>, 2> buffers_;
  std::size_t turn_ = 0;
  std::array<iovec, 3> pieces_{};
  std::optional<Decoder> decoder_;
  std::vector<Extent> extents_;

  History history_;
  std::unique_ptr<Follower> follower_;
  std::vector<Situation> situations_;
  std::vector<std::uint32_t> performed_;
  std::uint64_t step_ = 0;
  std::uint8_t call_before_ = 0;
  std::array<std::uint8_t, 256> times_{};  // that each call of the facility has succeeded
};

}  // namespace parley::fuzz

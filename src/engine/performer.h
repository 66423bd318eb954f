// One worker's hands: makes calls through a port and writes each one down, in two phases.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "src/base/seed.h"
#include "src/engine/arena.h"
#include "src/facility/facility.h"
#include "src/program/payload.h"

namespace parley {

class Performer {
 public:
  // plan: copied.  identities: of the self-identifying encoding, by identity.  gaps: of what reads
  // give.
  Performer(ArenaHeader& header, std::byte* records, Seat& seat, const WorkerPlan& plan,
            const Facility& facility, std::unique_ptr<Port> port, std::uint32_t tag,
            std::vector<std::uint16_t> identities, Decoder::Gaps gaps);

  // A call without data: opens, closes, queries.
  Reply Perform(std::uint8_t call, std::uint16_t handle, std::uint64_t argument);

  // What a put or a take is to do; which members count is the family's to say.
  struct Transfer {
    std::uint8_t call = 0;
    std::uint16_t handle = 0;
    std::uint32_t bytes = 0;
    std::uint32_t pieces = 1;  // byte streams: segments
    std::uint32_t klass = 0;   // messages: of a send, or what a receive asks for
    Body body = Body::kCounter;
    bool last = false;  // messages: the receiver need not wait for more
  };
  // Offers bytes or a message, made for this writer's position.
  Reply Put(const Transfer& put);
  // Receives, and tells what it is.
  Reply Take(const Transfer& take);
  // Messages: the last one received said that no more is to come.
  bool received_last() const { return received_last_; }
  bool messages() const { return messages_; }

  // Time has passed since the last call: the next one gets a stamp of its own.  Else the return of
  // one call serves as the invocation of the next, which spares half of the clock readings.
  void Refresh() { last_returned_ns_ = 0; }

  // No more will be received: decides what is left.
  void FinishReceiving();
  // Closes, as part of the history, every handle that this worker opened or was given.
  void CloseHandles();

  // The log has room for that many more calls of any kind.
  bool HasRoom(std::uint64_t calls) const { return log_.Room() >= calls * 4; }
  // The first call with that effect; kNoCall when the facility has none.
  std::uint8_t CallWith(Effect effect) const;
  Effect EffectOf(std::uint8_t call) const { return facility_.Calls()[call].effect; }
  const Facility& facility() const { return facility_; }
  Port& port() { return *port_; }

  static constexpr std::uint8_t kNoCall = 0xff;

 private:
  Reply Do(OperationRecord record, std::span<iovec> pieces, std::span<std::byte> buffer);
  std::int64_t Holder(const Reply::Holder& holder) const;
  void Received(OperationRecord& record, std::span<const std::byte> bytes);
  void ReceivedMessage(OperationRecord& record, std::span<const std::byte> message);
  std::span<iovec> Cut(std::span<std::byte> buffer, std::uint32_t pieces);

  const ArenaHeader& header_;
  Seat& seat_;
  const WorkerPlan& plan_;
  const Facility& facility_;
  const bool messages_;  // of that family; else byte streams
  std::unique_ptr<Port> port_;
  LogWriter log_;
  std::uint32_t tag_;
  Decoder decoder_;
  std::vector<std::byte> buffers_[2];  // alternating when the plan overwrites
  std::size_t turn_ = 0;
  std::vector<iovec> pieces_;
  std::vector<Extent> extents_;
  std::vector<std::uint16_t> open_handles_;
  std::uint64_t position_ = 0;  // bytes accepted so far
  std::uint64_t received_ = 0;  // bytes received so far
  std::uint64_t decided_ = 0;   // of which the origin is known
  std::uint64_t last_returned_ns_ = 0;
  bool received_last_ = false;
  Random cuts_;
};

}  // namespace parley

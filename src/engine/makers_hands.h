// The leader's own calls on a queue of messages, written down as the maker's.
#pragma once

#include <cstdint>
#include <memory>

#include "src/engine/arena.h"
#include "src/engine/performer.h"
#include "src/facility/facility.h"

namespace parley {

class MakersHands {
 public:
  // maker: its history id.  arena, facility: outlive this.
  MakersHands(Arena& arena, const Facility& facility, std::uint16_t maker);

  // Opens the queue for both directions, not to wait in any call.  False when it is not there.
  bool Open();
  void Close();

  // Sends a message of that class whose receiver need not wait for more.  False when there was no
  // room.
  bool SendLast(std::uint32_t klass);
  // Receives until the queue says that it is empty.
  void TakeAll();

 private:
  Seat& Seated(std::uint16_t maker);
  std::uint8_t CallWith(Effect effect) const;
  void NextStep();

  ArenaHeader& header_;
  const Facility& facility_;
  Seat seat_;
  WorkerPlan plan_;
  Performer performer_;
};

}  // namespace parley

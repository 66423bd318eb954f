#include "src/engine/makers_hands.h"

#include <algorithm>
#include <cerrno>
#include <vector>

namespace parley {

MakersHands::MakersHands(Arena& arena, const Facility& facility, std::uint16_t maker)
    : header_(arena.header()),
      facility_(facility),
      performer_(header_, arena.records(), Seated(maker), plan_, facility,
                 facility.Attach(header_.access_name.data()), header_.program.tag, {},
                 Decoder::Gaps::kNone) {}

Seat& MakersHands::Seated(std::uint16_t maker) {
  seat_.worker = maker;
  return seat_;
}

// The first call with that effect that does not wait, else the first with that effect.
std::uint8_t MakersHands::CallWith(Effect effect) const {
  const auto calls = facility_.Calls();
  const auto found = std::ranges::find_if(
      calls, [&](const CallTraits& call) { return call.effect == effect && call.nonblocking; });
  return found != calls.end() ? static_cast<std::uint8_t>(found - calls.begin())
                              : performer_.CallWith(effect);
}

bool MakersHands::Open() {
  const std::uint8_t open = CallWith(Effect::kOpenBoth);
  if (open == Performer::kNoCall) return false;
  NextStep();
  return performer_.Perform(open, 0, 0).system_error == 0;
}

void MakersHands::Close() {
  NextStep();
  performer_.Refresh();
  performer_.CloseHandles();
}

// The leader may have made another call in the maker's name since the last one: each has a stamp of
// its own.
bool MakersHands::SendLast(std::uint32_t klass) {
  performer_.Refresh();
  const Reply reply = performer_.Put(
      {.call = CallWith(Effect::kPut), .bytes = kHeaderBytes, .klass = klass, .last = true});
  return reply.system_error == 0;
}

void MakersHands::TakeAll() {
  const auto bytes = static_cast<std::uint32_t>(
      std::max<std::uint64_t>(facility_.MessageBytes(), header_.program.object.message_bytes));
  Reply reply{.system_error = 0};
  while ((reply.system_error == 0 || reply.system_error == EINTR) && performer_.HasRoom(2)) {
    NextStep();
    performer_.Refresh();
    reply = performer_.Take({.call = CallWith(Effect::kTake), .bytes = bytes});
  }
}

void MakersHands::NextStep() {
  if (header_.program.stepped) header_.step.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace parley

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

bool MakersHands::Open() {
  const auto calls = facility_.Calls();
  const auto open = std::ranges::find_if(calls, [](const CallTraits& call) {
    return call.effect == Effect::kOpenBoth && call.nonblocking;
  });
  if (open == calls.end()) return false;
  NextStep();
  return performer_.Perform(static_cast<std::uint8_t>(open - calls.begin()), 0, 0).system_error ==
         0;
}

void MakersHands::Close() {
  NextStep();
  performer_.CloseHandles();
}

bool MakersHands::SendLast() {
  const Reply reply = performer_.Put(
      {.call = performer_.CallWith(Effect::kPut), .bytes = kHeaderBytes, .last = true});
  return reply.system_error == 0;
}

void MakersHands::TakeAll() {
  const auto bytes = static_cast<std::uint32_t>(
      std::max<std::uint64_t>(facility_.MessageBytes(), header_.program.object.message_bytes));
  Reply reply{.system_error = 0};
  while ((reply.system_error == 0 || reply.system_error == EINTR) && performer_.HasRoom(2)) {
    NextStep();
    performer_.Refresh();
    reply = performer_.Take({.call = performer_.CallWith(Effect::kTake), .bytes = bytes});
  }
}

void MakersHands::NextStep() {
  if (header_.program.stepped) header_.step.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace parley

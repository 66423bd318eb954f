// What a message of a queue is made of, so that each one received is accounted for by itself.
//
// From kHeaderBytes on, a message says whose it is and which one (record_format.h).  A shorter one
// has no room for that: it is what every message of its length is in the round, so that its bytes
// are checked, but nobody's in particular.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "src/history/record.h"
#include "src/program/program.h"

namespace parley {

// Fills message (a whole one, of any length) with what the writer sends at position.
//
// last: its receiver need not wait for more; only of messages that have a header.
void EncodeMessage(std::span<std::byte> message, std::uint32_t tag, std::uint16_t writer, Body body,
                   std::uint64_t position, bool last = false);

struct DecodedMessage {
  // Of all bytes received: kWritten, kUntold (too short to say whose), kOverwritten, kUnidentified.
  // A message that was cut is kWritten with fewer bytes than were sent.
  Extent extent;
  bool last = false;
};

// Tells what a message is.
DecodedMessage DecodeMessage(std::span<const std::byte> message, std::uint32_t tag);

}  // namespace parley

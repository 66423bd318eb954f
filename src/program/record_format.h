// The bytes of a framed record and of a message: a header, and a body that is a function of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "src/program/program.h"

namespace parley {

inline constexpr std::uint32_t kMagic = 0x594c5250;  // "PRLY"

// Position before, check word behind whatever a writer's headers have in common: the first part of
// one and the rest of another must not pass for a header when a record is torn.
struct WireHeader {
  std::uint32_t magic;
  std::uint32_t position_low;
  std::uint16_t writer;
  std::uint8_t body;
  std::uint8_t last;  // messages: 1 when the receiver need not wait for more
  std::uint32_t bytes;
  std::uint32_t position_high;
  std::uint32_t check;

  std::uint64_t position() const { return std::uint64_t{position_high} << 32 | position_low; }
};
static_assert(sizeof(WireHeader) == kHeaderBytes);

// What a body's words count from.
std::uint64_t BodyBase(std::uint32_t tag, std::uint16_t writer, std::uint64_t position);

// Of all fields but itself; base: of the body that the header announces.
std::uint32_t CheckWord(const WireHeader& header, std::uint64_t base);

WireHeader MakeHeader(std::uint32_t tag, std::uint16_t writer, Body body, std::uint32_t bytes,
                      std::uint64_t position, bool last = false);

// The header is one that a writer of this round makes.
bool HeaderHolds(const WireHeader& header, std::uint32_t tag);

void FillBody(std::span<std::byte> out, Body body, std::uint64_t base, std::uint32_t tag);

// Length of the common prefix of bytes and the body from offset on.
std::size_t MatchBody(std::span<const std::byte> bytes, Body body, std::uint64_t base,
                      std::uint64_t offset, std::uint32_t tag);

}  // namespace parley

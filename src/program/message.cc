#include "src/program/message.h"

#include <algorithm>
#include <cstring>

#include "src/history/message_calls.h"
#include "src/program/payload.h"
#include "src/program/record_format.h"

namespace parley {

static_assert(kToldBytes == kHeaderBytes);

namespace {

// The base of what messages without a header are made of: a function of their length alone.
std::uint64_t ShortBase(std::uint32_t tag, std::size_t bytes) {
  return BodyBase(tag, kNobody, bytes);
}

bool IsShort(std::span<const std::byte> message, std::uint32_t tag) {
  return message.size() < kHeaderBytes &&
         MatchBody(message, Body::kCounter, ShortBase(tag, message.size()), 0, tag) ==
             message.size();
}

bool IsOverwritten(std::span<const std::byte> message) {
  return std::ranges::all_of(message, [](std::byte byte) { return byte == kOverwrittenByte; });
}

}  // namespace

void EncodeMessage(std::span<std::byte> message, std::uint32_t tag, std::uint16_t writer, Body body,
                   std::uint64_t position, bool last) {
  if (message.size() < kHeaderBytes) {
    FillBody(message, Body::kCounter, ShortBase(tag, message.size()), tag);
    return;
  }
  const WireHeader header =
      MakeHeader(tag, writer, body, static_cast<std::uint32_t>(message.size()), position, last);
  std::memcpy(message.data(), &header, sizeof header);
  FillBody(message.subspan(kHeaderBytes), body, BodyBase(tag, writer, position), tag);
}

DecodedMessage DecodeMessage(std::span<const std::byte> message, std::uint32_t tag) {
  const auto bytes = static_cast<std::uint32_t>(message.size());
  const auto all = [&](ExtentKind kind) {
    return DecodedMessage{.extent = {.bytes = bytes, .kind = static_cast<std::uint16_t>(kind)}};
  };
  if (IsShort(message, tag)) return all(ExtentKind::kUntold);
  if (IsOverwritten(message)) return all(ExtentKind::kOverwritten);
  if (bytes < kHeaderBytes) return all(ExtentKind::kUnidentified);
  WireHeader header;
  std::memcpy(&header, message.data(), sizeof header);
  const auto body = message.subspan(kHeaderBytes);
  if (!HeaderHolds(header, tag) || bytes > header.bytes ||
      header.body >= static_cast<std::uint8_t>(Body::kCount) ||
      MatchBody(body, static_cast<Body>(header.body),
                BodyBase(tag, header.writer, header.position()), 0, tag) != body.size()) {
    return all(ExtentKind::kUnidentified);
  }
  return {.extent = {.position = header.position(), .bytes = bytes, .writer = header.writer},
          .last = header.last != 0};
}

}  // namespace parley

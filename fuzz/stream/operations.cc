#include "fuzz/stream/operations.h"

#include <algorithm>

#include "src/history/message_calls.h"

namespace parley::fuzz {
namespace {

// The largest values of three bytes stand for the largest classes that there are.
constexpr std::uint32_t kTripleMax = 0xffffff;
constexpr std::uint32_t kLargestClasses = 4;

std::uint32_t Triple(const std::uint8_t* at) {
  return std::uint32_t{at[0]} | std::uint32_t{at[1]} << 8U | std::uint32_t{at[2]} << 16U;
}

void SetTriple(std::uint8_t* at, std::uint32_t value) {
  at[0] = static_cast<std::uint8_t>(value);
  at[1] = static_cast<std::uint8_t>(value >> 8U);
  at[2] = static_cast<std::uint8_t>(value >> 16U);
}

std::uint32_t ArgumentOf(std::uint32_t triple, const Bounds& bounds) {
  const std::uint32_t from_top = kTripleMax - triple;
  if (from_top < kLargestClasses) return kClassMax - from_top;
  return triple % (bounds.argument_max + 1);
}

std::uint32_t TripleOf(std::uint32_t argument) {
  return argument > kTripleMax ? kTripleMax - (kClassMax - argument) : argument;
}

FuzzOperation DecodeCell(const std::uint8_t* cell, const Bounds& bounds) {
  return {.call = static_cast<std::uint8_t>(cell[0] % bounds.calls),
          .worker = static_cast<std::uint8_t>(cell[1] % kWorkers),
          .handle = static_cast<std::uint8_t>((cell[1] >> 1U) % kHandles),
          .body = static_cast<std::uint8_t>((cell[1] >> 4U) % kBodies),
          .argument = ArgumentOf(Triple(cell + 2), bounds),
          .bytes = Triple(cell + 5) % (bounds.bytes_max + 1)};
}

void EncodeCell(const FuzzOperation& operation, std::uint8_t* cell) {
  cell[0] = operation.call;
  cell[1] =
      static_cast<std::uint8_t>(operation.worker | operation.handle << 1U | operation.body << 4U);
  SetTriple(cell + 2, TripleOf(operation.argument));
  SetTriple(cell + 5, operation.bytes);
}

}  // namespace

Stream Decode(std::span<const std::uint8_t> bytes, const Bounds& bounds) {
  const std::size_t count = std::min(bytes.size() / kCellBytes, kOperationsMax);
  Stream stream;
  stream.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    stream.push_back(DecodeCell(bytes.data() + i * kCellBytes, bounds));
  }
  return stream;
}

std::size_t Encode(const Stream& stream, std::span<std::uint8_t> bytes) {
  const std::size_t count = std::min(bytes.size() / kCellBytes, stream.size());
  for (std::size_t i = 0; i < count; ++i) EncodeCell(stream[i], bytes.data() + i * kCellBytes);
  return count * kCellBytes;
}

std::vector<std::uint8_t> Encode(const Stream& stream) {
  std::vector<std::uint8_t> bytes(stream.size() * kCellBytes);
  Encode(stream, bytes);
  return bytes;
}

}  // namespace parley::fuzz

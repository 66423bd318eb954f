// Streams of operations as bytes: what a fuzzer mutates and a facility is then given.
//
// A cell of eight bytes is one operation, so that mutations of bytes do not shift what follows.
// Decoding is total: every string of bytes is a stream, and encoding what was decoded gives bytes
// that decode to the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace parley::fuzz {

inline constexpr std::size_t kCellBytes = 8;
inline constexpr std::size_t kOperationsMax = 64;
inline constexpr std::uint8_t kWorkers = 2;  // logical ones: all calls are made by one process
inline constexpr std::uint8_t kHandles = 8;  // 0: the newest that fits
inline constexpr std::uint8_t kBodies = 8;   // what fills a message

// What a cell may hold on some facility.
struct Bounds {
  std::uint8_t calls = 1;          // of the target's list, a count
  std::uint32_t bytes_max = 0;     // of a message or buffer
  std::uint32_t argument_max = 0;  // beside the largest class that there is
};

struct FuzzOperation {
  std::uint8_t call = 0;  // index in the target's list
  std::uint8_t worker = 0;
  std::uint8_t handle = 0;
  std::uint8_t body = 0;
  std::uint32_t argument = 0;  // class, capacity, flag
  std::uint32_t bytes = 0;

  bool operator==(const FuzzOperation&) const = default;
};

using Stream = std::vector<FuzzOperation>;

// Time O(bytes).  What is behind the last whole cell, or behind kOperationsMax of them, is left
// out.
Stream Decode(std::span<const std::uint8_t> bytes, const Bounds& bounds);

// Writes as many operations as fit; returns the bytes written.
std::size_t Encode(const Stream& stream, std::span<std::uint8_t> bytes);
std::vector<std::uint8_t> Encode(const Stream& stream);

}  // namespace parley::fuzz

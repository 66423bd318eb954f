// A history taken apart into single bytes, for the naive twins.
#pragma once

#include <cstdint>
#include <vector>

#include "src/history/history.h"

namespace parley {

// One byte as it was received.
struct NaiveByte {
  std::size_t take = 0;  // operation
  int reader = 0;
  ExtentKind kind = ExtentKind::kWritten;
  int writer = 0;
  std::uint64_t position = 0;
  int put = -1;  // operation that put it; -1 for nobody's
};

// One object.
struct NaiveObject {
  int object = 0;
  bool serialised = true;
  std::vector<std::size_t> puts;      // operations that accepted bytes or may have
  std::vector<std::size_t> takes;     // that received bytes or were killed; in order if serialised
  std::vector<NaiveByte> bytes;       // in the order of takes; each reader's in program order
  std::uint64_t allowance_bytes = 0;  // that may be missing
  std::size_t writers = 0;
  bool blurred = false;  // has bytes of no writer
};

bool NaiveIsPut(const History& history, const Operation& op);
std::uint64_t NaiveBytesOf(const Operation& put);  // accepted, or requested if maybe or pending
std::vector<NaiveObject> TakeApart(const History& history);

// How often the byte at that offset of the put was received, by anyone.
std::size_t TimesReceived(const NaiveObject& object, std::size_t put, const History& history,
                          std::uint64_t offset);
std::uint64_t DistinctReceived(const NaiveObject& object, std::size_t put, const History& history);
bool AnyRepeated(const NaiveObject& object, std::size_t put, const History& history);
// Would a put of that writer that failed with EINTR have had a byte at the position?
bool InInterruptedPut(const History& history, int object, int writer, std::uint64_t position);

}  // namespace parley

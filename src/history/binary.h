// The compact form of a history: little-endian sections, each with its length and a checksum.
// docs/formats.md describes it.
#pragma once

#include <cstdint>
#include <string_view>

#include "src/base/error.h"
#include "src/history/history.h"
#include "src/history/output_file.h"

namespace parley {

// What a compact history begins with: no text file does, and a transfer that changes line ends or
// strips the eighth bit spoils it.
inline constexpr std::string_view kBinaryMagic = "\x89parley\n";

inline constexpr std::uint64_t kOperationBytes = 60;
inline constexpr std::uint64_t kExtentBytes = 16;

// FNV-1a of 64 bits: any change of one byte changes it.
// Source: Fowler, Noll, Vo; RFC 9923.
class Checksum {
 public:
  void Add(std::string_view bytes) {
    for (const char c : bytes) {
      value_ = (value_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325U;
};

// The sections in their order.
inline constexpr std::string_view kSectionNames[] = {"HEAD", "CALL", "WORK", "OPER", "EXTE",
                                                     "FAUL", "SIGH", "RESI", "DONE"};

// history: valid (validate.h).
void EncodeBinary(const History& history, const Sink& sink);

// path: for messages, "path: byte 96: what".  Time and memory O(bytes).  What it accepts,
// EncodeBinary gives back byte for byte.
Result<History> DecodeBinary(std::string_view bytes, std::string_view path);

}  // namespace parley

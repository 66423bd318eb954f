// What messages are made of, so that every byte received is accounted for.
//
// Framed records: 24 bytes of header (tag of the round, position, writer, body, length, check
// word), then a body that is a function of (tag, writer, position), compared byte by byte on
// reception, which is stronger than a checksum of it.  Self-identifying bytes, for records shorter
// than a header and for those that other writers may interrupt anywhere: three bits say whose byte
// it is, five are a pseudo-random function of its position, so that each byte is checked where it
// stands and a run of them tells where it belongs.
//
// Positions count a writer's accepted bytes on the object from 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "src/history/record.h"
#include "src/program/program.h"

namespace parley {

// Fills record (a whole put) with what the writer sends at position.
//
// record: framed, empty or at least kHeaderBytes; self-identifying, any length.
// identity: self-identifying only, 0..7.
void EncodeRecord(std::span<std::byte> record, Encoding encoding, std::uint32_t tag,
                  std::uint16_t writer, std::uint8_t identity, Body body, std::uint64_t position);

// The pattern that a worker writes over its buffer after a call when WorkerPlan::overwrites.
inline constexpr std::byte kOverwrittenByte{0xD7};

// Extent::writer of bytes that belong to nobody.
inline constexpr std::uint16_t kNobody = 0xffff;

// Tells what the bytes received by one reader are.  Feed it everything that the reader received on
// one object, in order.
//
// A record that other bytes interrupt is followed across the interruption.  Bytes that continue no
// record and begin none are kUnidentified, or kOverwritten when they are that pattern.  Where gaps
// are expected, fewer than eight bytes of one writer are kUntold.
class Decoder {
 public:
  // What lies between the bytes of one writer that one Feed() gives and the next does.
  enum class Gaps : std::uint8_t {
    kNone,      // nothing, unless something is wrong
    kExpected,  // anything: reads discard (packets), so that each Feed() is decided by itself
  };

  // identities: self-identifying encoding only; identities[i] is the history id of the writer with
  // identity i.  gaps: expected ones need that encoding.
  Decoder(Encoding encoding, std::uint32_t tag, std::vector<std::uint16_t> identities = {},
          Gaps gaps = Gaps::kNone);

  // Decides as much as can be decided; what it cannot tell yet it keeps for the next call.
  // Appends to extents, in order; neighbours that continue each other are merged within a call.
  // Returns how many bytes were decided: the extents appended add up to it.
  std::uint64_t Feed(std::span<const std::byte> bytes, std::vector<Extent>& extents);

  // No more will come: decides what is left, but for an incomplete header, which stays unknown.
  std::uint64_t Finish(std::vector<Extent>& extents);

 private:
  // A record of which the header was seen.
  struct Record {
    std::uint64_t base = 0;      // of the counter body
    std::uint64_t position = 0;  // of its first byte
    std::uint32_t bytes = 0;
    std::uint32_t next = 0;  // offset of the next byte expected
    Body body = Body::kCounter;
  };

  struct Header;

  std::size_t Decide(std::span<const std::byte> bytes, bool last, std::vector<Extent>& out);
  std::size_t DecideFramed(std::span<const std::byte> bytes, bool last, std::vector<Extent>& out);
  std::size_t DecideSelfIdentifying(std::span<const std::byte> bytes, bool last,
                                    std::vector<Extent>& out);
  std::size_t DecideAlone(std::span<const std::byte> bytes, std::vector<Extent>& out);
  bool Locate(std::size_t identity, std::span<const std::byte> sample);
  bool LiesAt(std::size_t identity, std::uint64_t position,
              std::span<const std::byte> sample) const;
  std::size_t RunLength(std::size_t identity, std::span<const std::byte> bytes) const;
  bool Relocate(std::size_t identity, std::span<const std::byte> bytes, bool last, bool& undecided);
  bool ReadHeader(std::span<const std::byte> bytes, Header& header) const;
  std::size_t MatchLength(const Record& record, std::span<const std::byte> bytes) const;
  bool BeginsHere(std::span<const std::byte> bytes, std::uint16_t& writer) const;
  bool MayBegin(std::span<const std::byte> bytes) const;
  std::size_t SkipUnidentified(std::span<const std::byte> bytes, std::size_t from, bool last,
                               std::vector<Extent>& out);

  Encoding encoding_;
  std::uint32_t tag_;
  Gaps gaps_;
  std::vector<std::uint16_t> identities_;
  std::vector<std::uint64_t> next_position_;  // self-identifying, by identity
  int relocations_ = 0;                       // self-identifying: searches made
  std::vector<Record> records_;      // framed: the latest record of each writer, by history id
  std::vector<std::uint16_t> open_;  // writers whose record was begun and not ended
  std::uint16_t current_ = kNobody;  // whose record the next byte should continue
  std::vector<std::byte> kept_;      // received, not yet decided
};

}  // namespace parley

// What a checker has found about one clause so far.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "src/check/byte_streams.h"
#include "src/check/checker.h"

namespace parley {

// Keeps the first break, else the first doubt, and counts the chances.
class Tally {
 public:
  explicit Tally(Clause clause) : clause_(clause) {}

  void AddChances(std::uint64_t count) { chances_ += count; }
  std::uint64_t chances() const { return chances_; }
  bool broken() const { return verdict_ == Verdict::kBroken; }

  void Break(std::string reason, std::vector<std::uint32_t> witness);
  void Doubt(std::string reason, std::vector<std::uint32_t> witness = {});

  // Appends a judgement, unless there was no chance and nothing was found.
  void Report(std::vector<Judgement>& judgements) const;

 private:
  Clause clause_;
  Verdict verdict_ = Verdict::kKept;
  std::string reason_;
  std::vector<std::uint32_t> witness_;
  std::uint64_t chances_ = 0;
};

// Operations in the order of invocation, each once.
std::vector<std::uint32_t> Witness(const History& history,
                                   std::initializer_list<std::uint32_t> operations);

// "bytes 128..191 of worker 3".
std::string BytesText(std::uint16_t writer, std::uint64_t position, std::uint64_t bytes);
std::string PutText(const Put& put);

// Of a range of positions: does part of it lie in a put of the stream that failed with EINTR, does
// part of it lie outside all of them?
struct Coverage {
  const InterruptedPut* inside = nullptr;
  bool outside = false;
};
Coverage InterruptedCoverage(const StreamView& stream, std::uint64_t position, std::uint64_t bytes);

// The takes of an object, as indices of ByteStreams::takes(), reader by reader, each reader's in
// program order; and where each reader's begin, with the end of all as the last entry.
struct TakesByReader {
  std::vector<std::uint32_t> takes;
  std::vector<std::uint32_t> borders;
};
TakesByReader GroupByReader(const ByteStreams& streams, const ObjectView& object);

}  // namespace parley

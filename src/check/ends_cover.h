// Unions of spans of time, many of them under numbered keys, and what they cover.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace parley {

// Whether the first and the last instant of a span belong to it.  What is certain begins after a
// call returned and ends before another is invoked; what is possible includes both.
enum class Bounds : std::uint8_t { kExclusive, kInclusive };

struct TimeSpan {
  std::uint64_t from_ns = 0;
  std::uint64_t until_ns = 0;
};

// Fill, finish, ask.  Preparing costs O(n log n) for n spans, a question O(log n).
class Cover {
 public:
  explicit Cover(Bounds bounds) : bounds_(bounds) {}

  // A span without an instant is left out.
  void Add(std::uint32_t key, std::uint64_t from_ns, std::uint64_t until_ns);
  // No more spans.  Keys are below key_count.
  void Finish(std::uint32_t key_count);

  // Of the instants from from_ns to until_ns, both included: does the union hold all, hold one?
  bool Throughout(std::uint32_t key, std::uint64_t from_ns, std::uint64_t until_ns) const;
  bool Sometime(std::uint32_t key, std::uint64_t from_ns, std::uint64_t until_ns) const;

  // The union's span that holds the instant; null when none does.
  const TimeSpan* At(std::uint32_t key, std::uint64_t instant_ns) const;

  // The union as disjoint spans, ascending.
  std::span<const TimeSpan> spans(std::uint32_t key) const;

 private:
  struct Entry {
    std::uint32_t key = 0;
    TimeSpan span;
  };

  bool inclusive() const { return bounds_ == Bounds::kInclusive; }
  bool Before(std::uint64_t a_ns, std::uint64_t b_ns) const {
    return inclusive() ? a_ns <= b_ns : a_ns < b_ns;
  }

  Bounds bounds_;
  std::vector<Entry> added_;
  std::vector<TimeSpan> spans_;
  std::vector<std::uint32_t> first_;  // by key: where its spans begin; the last entry: the end
};

}  // namespace parley

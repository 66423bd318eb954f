#include "src/history/hash.h"

#include <algorithm>

#include "src/history/binary.h"

namespace parley {

std::uint64_t HashOf(const History& history) {
  History bare = history;
  bare.header = {};
  Checksum sum;
  EncodeBinary(bare, [&](std::string_view bytes) { sum.Add(bytes); });
  return sum.value();
}

std::optional<std::uint64_t> FirstDifference(const History& one, const History& other) {
  std::optional<std::uint64_t> first;
  const auto note = [&](std::uint64_t logical_ns) {
    const std::uint64_t step = StepAt(logical_ns);
    first = first ? std::min(*first, step) : step;
  };
  const auto compare = [&](const auto& a, const auto& b) {
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
      if (i < a.size() && i < b.size() && a[i] == b[i]) continue;
      // Where both began alike, one returned otherwise.
      const bool alike = i < a.size() && i < b.size() && a[i].invoked_ns == b[i].invoked_ns;
      for (const auto* side : {&a, &b}) {
        if (i < side->size()) note(alike ? (*side)[i].returned_ns : (*side)[i].invoked_ns);
      }
    }
  };
  compare(one.operations, other.operations);
  compare(one.faults, other.faults);
  return first;
}

}  // namespace parley

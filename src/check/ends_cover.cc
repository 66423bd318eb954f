#include "src/check/ends_cover.h"

#include <algorithm>
#include <tuple>

#include "src/base/check.h"

namespace parley {

void Cover::Add(std::uint32_t key, std::uint64_t from_ns, std::uint64_t until_ns) {
  if (Before(from_ns, until_ns)) {
    added_.push_back({key, {from_ns, until_ns}});
  }
}

void Cover::Finish(std::uint32_t key_count) {
  std::ranges::sort(added_, {}, [](const Entry& entry) {
    return std::tuple(entry.key, entry.span.from_ns, entry.span.until_ns);
  });
  first_.assign(key_count + 1, 0);
  std::uint32_t key = 0;
  for (const Entry& entry : added_) {
    CHECK(entry.key < key_count);
    while (key < entry.key) {
      first_[++key] = static_cast<std::uint32_t>(spans_.size());
    }
    const bool continues =
        spans_.size() > first_[key] && Before(entry.span.from_ns, spans_.back().until_ns);
    if (continues) {
      spans_.back().until_ns = std::max(spans_.back().until_ns, entry.span.until_ns);
    } else {
      spans_.push_back(entry.span);
    }
  }
  while (key < key_count) {
    first_[++key] = static_cast<std::uint32_t>(spans_.size());
  }
  added_ = {};
}

std::span<const TimeSpan> Cover::spans(std::uint32_t key) const {
  return std::span(spans_).subspan(first_[key], first_[key + 1] - first_[key]);
}

const TimeSpan* Cover::At(std::uint32_t key, std::uint64_t instant_ns) const {
  const auto all = spans(key);
  const auto after = std::ranges::upper_bound(all, instant_ns, {}, &TimeSpan::from_ns);
  // Spans without their bounds: one that begins at the instant does not hold it.
  for (auto span = after; span != all.begin();) {
    --span;
    if (Before(span->from_ns, instant_ns)) {
      return Before(instant_ns, span->until_ns) ? &*span : nullptr;
    }
  }
  return nullptr;
}

bool Cover::Throughout(std::uint32_t key, std::uint64_t from_ns, std::uint64_t until_ns) const {
  const TimeSpan* span = At(key, from_ns);
  return span != nullptr && Before(until_ns, span->until_ns);
}

bool Cover::Sometime(std::uint32_t key, std::uint64_t from_ns, std::uint64_t until_ns) const {
  const auto all = spans(key);
  const auto span = std::ranges::partition_point(
      all, [&](const TimeSpan& one) { return !Before(from_ns, one.until_ns); });
  return span != all.end() && Before(span->from_ns, until_ns);
}

}  // namespace parley

// Sorting of what is nearly sorted: the operations of k workers are k ascending runs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace parley {

// Sorts stably by merging the ascending runs that it finds.  Time O(n log k) for k runs, memory n
// more items while it works.
template <typename T, typename Less>
void MergeRuns(std::vector<T>& items, Less less) {
  std::vector<std::size_t> borders{0};
  for (std::size_t i = 1; i < items.size(); ++i) {
    if (less(items[i], items[i - 1])) {
      borders.push_back(i);
    }
  }
  borders.push_back(items.size());
  std::vector<T> merged;
  while (borders.size() > 2) {
    merged.resize(items.size());
    std::vector<std::size_t> wider{0};
    for (std::size_t run = 0; run + 1 < borders.size(); run += 2) {
      const auto begin = items.begin();
      const std::size_t middle = borders[run + 1];
      const std::size_t end = run + 2 < borders.size() ? borders[run + 2] : middle;
      std::merge(begin + borders[run], begin + middle, begin + middle, begin + end,
                 merged.begin() + borders[run], less);
      wider.push_back(end);
    }
    std::swap(items, merged);
    borders = std::move(wider);
  }
}

}  // namespace parley

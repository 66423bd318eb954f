// Which queue each handle leads to, as a stepped history goes: there the calls on names and keys
// happen one after the other.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "src/history/history.h"

namespace parley {

class QueueHandles {
 public:
  explicit QueueHandles(const History& history) : history_(history) {}

  // A call returned; in the order of the steps.
  void Return(const Operation& op);

  // The queue that the call's handle leads to, counted from 1; 0: none that is known.
  std::uint32_t Of(const Operation& op) const;
  // The one that its name or key leads to.
  std::optional<std::uint32_t> named() const { return named_; }
  bool Removed(std::uint32_t queue) const { return removed_.contains(queue); }
  std::uint32_t count() const { return count_; }

 private:
  void Remove(std::uint32_t queue);

  const History& history_;
  std::map<std::pair<std::uint16_t, std::uint16_t>, std::uint32_t> led_;  // by worker and handle
  std::set<std::uint32_t> removed_;
  std::optional<std::uint32_t> named_;
  std::uint32_t count_ = 0;
};

}  // namespace parley

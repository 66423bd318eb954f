// What must hold of every history, so that checkers need not ask: references lead somewhere, a
// worker does one call after another, outcomes fit their times, and sums of times and positions do
// not overflow.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/history/history.h"

namespace parley {

// Times and positions lie below: two of them can be added.
inline constexpr std::uint64_t kInstantMax = std::uint64_t{1} << 62;

// Judges a history piece by piece, as it is read.  Each function says what is wrong, or nothing.
class HistoryValidator {
 public:
  // history: read up to where the functions' pieces begin; outlives this object.
  explicit HistoryValidator(const History& history) : history_(history) {}

  // The header, the calls and the workers; first of all.
  std::optional<std::string> Heading();
  // The next operation; received: its extents.
  std::optional<std::string> Next(const Operation& op, std::span<const Extent> received);
  std::optional<std::string> Check(const Fault& fault) const;
  std::optional<std::string> Check(const Sighting& sighting) const;

 private:
  // How far a worker has come.
  struct Progress {
    std::uint64_t free_from_ns = 0;
    bool over = false;  // its last operation never returned
  };

  std::optional<std::string> References(const Operation& op) const;
  std::optional<std::string> Times(const Operation& op);
  std::optional<std::string> Received(const Operation& op, std::span<const Extent> received) const;

  const History& history_;
  std::vector<Progress> progress_;  // by worker
};

// The whole of a history that was not read from a file.  An error is of parley's own making.
Result<void> ValidateHistory(const History& history);

}  // namespace parley

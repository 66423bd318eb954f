// How surely a breach comes back: of a rate, what is known after so many rounds.
#pragma once

#include <cstdint>
#include <optional>

namespace parley {

struct RateBounds {
  double low = 0;
  double high = 1;
};

// The two-sided Clopper-Pearson interval of a rate that was seen `seen` times in `rounds` rounds:
// it holds the true rate with at least that confidence.  seen <= rounds; without rounds, [0, 1].
// Source: C. Clopper, E. Pearson, "The use of confidence or fiducial limits illustrated in the case
// of the binomial", Biometrika 26 (1934).
RateBounds ClopperPearson(std::uint64_t seen, std::uint64_t rounds, double confidence = 0.95);

// Rounds after which something of that rate has been seen with that confidence; nothing when the
// rate is 0.
std::optional<std::uint64_t> RoundsToSee(double rate, double confidence = 0.95);

}  // namespace parley

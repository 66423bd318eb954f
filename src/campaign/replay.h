// Replays: one round again and again, from its token or from a program at hand.
#pragma once

#include <cstdint>
#include <optional>

#include "src/base/error.h"
#include "src/campaign/campaign.h"
#include "src/finding/token.h"
#include "src/program/codec.h"
#include "src/scenario/scenario.h"

namespace parley {

// Of stepped rounds: whether one seed was one history.
struct ReplayHash {
  std::uint64_t hash = 0;                   // of the first round
  std::uint64_t same = 0;                   // rounds that had it
  std::optional<std::uint64_t> differs_at;  // step at which another one first went its own way
};

struct ReplayResult {
  std::uint64_t times = 0;       // rounds run
  std::uint64_t reproduced = 0;  // of which broke a promise
  std::optional<ReplayHash> hash;
  RunResult result;
};

// What a replay does when no number of rounds is given: it ends with the first that breaks a
// promise.
inline constexpr std::uint64_t kReplayRoundsMax = 100;

// The same program as the token's, that many times; 0: until a promise is broken again.
Result<ReplayResult> Replay(const Token& token, const Scenario& scenario, std::uint64_t times,
                            const CampaignOptions& options, const Callbacks& callbacks);

// The same for a program at hand, as a shrunk finding is written.
Result<ReplayResult> ReplayProgram(const ProgramFile& file, std::uint64_t times,
                                   const CampaignOptions& options, const Callbacks& callbacks);

}  // namespace parley

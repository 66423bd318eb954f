// What a reader of a finding wants to see: the smallest stepped program that breaks the promise in
// the same way, step by step, and as a file that replays.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "src/base/error.h"
#include "src/campaign/campaign.h"
#include "src/campaign/reduction.h"
#include "src/campaign/selection.h"
#include "src/engine/engine.h"
#include "src/finding/finding.h"
#include "src/history/history.h"
#include "src/program/program.h"

namespace parley {

class WitnessSearch {
 public:
  // engine, options: outlive it.
  WitnessSearch(Engine& engine, const CampaignOptions& options, Interrupted interrupted)
      : engine_(engine), options_(options), interrupted_(std::move(interrupted)) {}

  // On all searches so far.
  std::uint64_t spent_ns() const { return spent_ns_; }

  // Sets listing, calls, program_path and stepped_rounds of the finding; leaves it as it is when
  // the promise is not broken again, or the time of all such searches of a run is over.
  // program, history: the round that broke it, free or stepped.  witness: operations of it.
  // Errors: the program's file cannot be written.
  Result<void> Improve(const Choice& choice, const Program& program, const History& history,
                       std::span<const std::uint32_t> witness, Finding& finding);

 private:
  std::optional<Reduction> Search(const Choice& choice, const Program& program,
                                  const History& history, std::span<const std::uint32_t> witness,
                                  Finding& finding);
  Result<void> Write(const Reduction& reduction, Finding& finding) const;

  Engine& engine_;
  const CampaignOptions& options_;
  Interrupted interrupted_;
  std::uint64_t LeftNs() const;

  std::uint64_t spent_ns_ = 0;
};

}  // namespace parley

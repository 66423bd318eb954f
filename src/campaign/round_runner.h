// The rounds of one campaign, one by one: each is run and judged, added to the verdicts, and kept
// as evidence when it broke something.  Which round comes when is its user's affair.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/campaign/campaign.h"
#include "src/campaign/selection.h"
#include "src/campaign/witness.h"
#include "src/finding/tally.h"
#include "src/finding/token.h"

namespace parley {

// A scenario on a facility in one mode, and how far it got.
struct Pair : Choice {
  explicit Pair(const Choice& choice) : Choice(choice) {}

  std::uint64_t next_round = 0;
  std::string unsupported;
  bool judged = false;           // has had a round
  std::optional<Error> trouble;  // that cost it the latest round

  bool Done(std::uint64_t rounds) const {
    const std::uint64_t limit = rounds > 0 ? rounds : scenario.rounds;
    return !unsupported.empty() || (limit > 0 && next_round >= limit);
  }
};

struct JudgedRound {
  History history;
  bool broken = false;  // a promise
};

class RoundRunner {
 public:
  // options, callbacks: outlive it.
  RoundRunner(const CampaignOptions& options, const Callbacks& callbacks,
              std::span<const Choice> choices);

  // Starts the crew.  False: there is none, and Finish() says why.
  bool Start();

  // Runs the round of the pair, or the program in its place.  Nothing when the round has no
  // history. looks_for_witness: what it broke is looked for in a program as small as possible.
  std::optional<JudgedRound> Run(Pair& pair, std::uint64_t round, const Program& program,
                                 bool looks_for_witness);
  Program Sample(const Pair& pair, std::uint64_t round) const;

  // No more rounds make sense: a signal has come, or parley cannot go on.
  bool Ended();
  // limit_ns: of the whole campaign, 0 for none.
  void ShowProgress(const Pair& pair, std::uint64_t limit_ns);
  std::uint64_t Elapsed() const;
  // Without the time that searches for witnesses took.
  std::uint64_t ElapsedInRounds() const;
  // What was planted is found.
  bool PlantedCaught();
  // More rounds of the pair may settle a promise that would be inconclusive.
  bool InDoubt(const Pair& pair) const;
  bool found() { return !tally_.findings().empty(); }

  std::vector<Pair>& pairs() { return pairs_; }
  RunResult Finish();

 private:
  bool IsWanted(const Finding& finding) const;
  Token TokenOf(const Pair& pair, std::uint64_t round) const;
  void NoteTrouble(Pair& pair, const Error& error);
  void KeepHistory(const History& history, const std::string& token,
                   const std::vector<std::size_t>& fresh);
  void SettleTroubles();

  const CampaignOptions& options_;
  const Callbacks& callbacks_;
  std::vector<Pair> pairs_;
  std::unique_ptr<Engine> engine_;
  std::optional<WitnessSearch> witnesses_;
  RunTally tally_;
  RunResult result_;
  std::uint64_t begin_ns_ = 0;
  int troubles_ = 0;           // in a row
  bool lost_history_ = false;  // and said so
};

}  // namespace parley

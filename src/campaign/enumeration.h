// Every schedule of a small program, one round each: what no schedule breaks is kept whoever comes
// first.
#pragma once

#include <cstdint>

#include "src/base/error.h"
#include "src/campaign/campaign.h"
#include "src/finding/finding.h"
#include "src/program/codec.h"

namespace parley {

struct Enumeration {
  std::uint64_t schedules = 0;  // that were run, each once
  std::uint64_t broken = 0;     // of which broke a promise
  // How many differ in what calls returned, whichever came first.
  std::uint64_t outcomes = 0;
  bool complete = false;  // there are no others
  RunResult result;
};

// Half a minute at 0.3 ms a round.
inline constexpr std::uint64_t kSchedulesMax = 100'000;

// The program's scripts under every order in which its workers can begin their calls
// (src/strategy/enumerator.h), as far as schedules_max.  The schedule, the strategy and the chances
// of faults that the program comes with are left out; signals that end a sleep for good stay.
//
// A promise that is broken is a finding with the schedule that broke it first.
// Errors: of input only.  Everything else is in the result.
Result<Enumeration> RunEverySchedule(const ProgramFile& file, std::uint64_t schedules_max,
                                     const CampaignOptions& options, const Callbacks& callbacks);

}  // namespace parley

// What a signal does to a call that sleeps, by what its handler says of restarting and by whether
// the call is one of those that are never made again.
//
// Source: signal(7) "Interruption of system calls by signal handlers" (Linux): with SA_RESTART the
// call goes on, without it it fails with EINTR.
#pragma once

#include <cstdint>
#include <map>

#include "src/check/tally.h"
#include "src/model/stepped_view.h"

namespace parley {

// Judges the signals of one step.
//
// inside: who sleeps after it, and in which call.
void JudgeRestarts(const History& history, const model::Step& step,
                   const std::map<std::uint16_t, std::uint32_t>& inside, Tally& tally);

}  // namespace parley

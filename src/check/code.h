// O-CODE by subject; for code.cc.
#pragma once

#include <vector>

#include "src/check/byte_streams.h"
#include "src/check/checker.h"
#include "src/check/ends.h"
#include "src/check/ends_judging.h"

namespace parley {

// Each time O(n log n) for n operations.

// Results that say whether the other end is open: end-of-file, EPIPE, EAGAIN without a writer.
void JudgeEndCodes(const ByteStreams& streams, const Ends& ends,
                   std::vector<Judgement>& judgements);

// Results that say how much there was: short counts, EAGAIN.
void JudgeCountCodes(const ByteStreams& streams, const Ends& ends,
                     std::vector<Judgement>& judgements);

// Results of opens, and of descriptors that were not given.
void JudgeOpenCodes(const History& history, const Ends& ends, std::vector<Judgement>& judgements);

}  // namespace parley

// O-CODE: single calls return what their situation calls for.
//
// Time O(n log n), memory O(n) for n operations.
#include "src/check/code.h"

#include <array>

namespace parley {
namespace {

constexpr std::array kClauses = {
    Clause::kWriteWithoutReader, Clause::kBrokenPipeEarly,   Clause::kEndOfFileEarly,
    Clause::kEndOfFileMissing,   Clause::kDiedWithCreator,   Clause::kShortBlocking,
    Clause::kUnavailable,        Clause::kOpenEarly,         Clause::kOpenRefused,
    Clause::kOpenGhost,          Clause::kUnreachableByName, Clause::kReachableUninherited,
};

void JudgeCodes(const ByteStreams& streams, std::vector<Judgement>& judgements) {
  const Ends ends(streams.history());
  JudgeEndCodes(streams, ends, judgements);
  JudgeCountCodes(streams, ends, judgements);
  JudgeOpenCodes(streams.history(), ends, judgements);
}

const CheckerRegistration kRegistration({.name = "code",
                                         .oracle = "O-CODE",
                                         .clauses = kClauses,
                                         .judge = JudgeAlone<JudgeCodes>,
                                         .judge_streams = JudgeCodes});

}  // namespace
}  // namespace parley

// O-REC's clauses about content: what is received is what was sent, in content and length.
#pragma once

#include <vector>

#include "src/check/byte_streams.h"
#include "src/check/checker.h"

namespace parley {

// Reports kContentChanged and kContentOverwritten.
//
// Where one reader takes over from another, the second may begin inside a record that the first
// has received or swallowed in part: bytes there that nobody can identify prove nothing.
void JudgeContent(const ByteStreams& streams, std::vector<Judgement>& judgements);

}  // namespace parley

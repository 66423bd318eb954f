// What must stay true of a program while it shrinks, so that a verdict on the smaller one is one on
// the system and not on how the payload is encoded (src/program/payload.h).
#pragma once

#include "src/program/program.h"

namespace parley {

// Whether whatever is received can be told apart for certain: at most one worker takes, so that it
// receives the stream without gaps, or all records and buffers are framed and of one size, so that
// nobody receives a part of one.
bool Decodable(const Program& program);

}  // namespace parley

// When unread bytes may have been discarded by the rules: a pipe or FIFO that nobody holds open
// loses its content (POSIX.1-2024 close()).
#pragma once

#include <cstdint>

#include "src/check/byte_streams.h"

namespace parley {

// The latest instant before the object's last successful take was invoked at which not certainly
// somebody held a handle of the object; 0 when there was none.  Bytes put before that instant, or
// whose put was under way at it, may be gone without anything being wrong.
//
// A history without a single handle of the object says nothing about them: 0.
// Time O(n + h log h) for n operations, h handles.  For the rare case that bytes are missing.
std::uint64_t DiscardedUntilNs(const ByteStreams& streams, const ObjectView& object);

}  // namespace parley

// A worker's side of a pipe.
#pragma once

#include <span>

#include "src/facility/stream_port.h"

namespace parley {

// The calls of kStreamCalls, and
//   make                   the maker's record of Facility::Make; fails with ENOTSUP here
//   hold_read, hold_write  no call: success with handle 1 or 2 while the end that was handed over
//   is
//                          held, EBADF otherwise
//   probe_descriptor       argument: a descriptor number; fstat().  0 when it is a pipe (or FIFO),
//                          ENOTTY when it is something else, EBADF when it is nothing.  Standard
//                          input, output and error are something else whatever they are: they may
//                          be pipes, but not the object.
//   pipe                   MakePair (pair.h): another pipe, closed at once.  argument: which of
//                          descriptors 0, 1 and 2 are free meanwhile, as bits; result: a set of
//                          PairFlaw
class PipePort : public StreamPort {
 public:
  static std::span<const CallTraits> Calls();

  PipePort();

 protected:
  Reply PerformOther(const Request& request) override;
};

}  // namespace parley

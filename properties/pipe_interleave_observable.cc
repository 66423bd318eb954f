// pipe.interleave-observable: the calibration.  If no crew were ever seen to interleave writes
// above PIPE_BUF, the properties of atomic writes would prove nothing; then this one gives up, and
// fails.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

RC_GTEST_PROP(PipeInterleaveObservable, IsSeenToInterleaveWritesAbovePipeBuf, ()) {
  static Law law("pipe", "pipe.interleave-observable");
  const CrewRole writers = *RoleLike(
      {.count_low = 3, .operations_low = 10, .operations_high = 40, .bytes = {4097, 131072}});
  CrewRole reader = *OneReader();
  reader.bytes = *SomeOf<std::uint32_t>({32768, 65536, 131072});
  reader.pauses = 0;
  law.Holds({.encoding = "self-identifying", .roles = {writers, reader}});
}

}  // namespace
}  // namespace parley

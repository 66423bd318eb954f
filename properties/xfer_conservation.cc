// xfer.conservation: many writers, many readers, now these are slow and now those.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

void SampleCrew(Law& law) {
  const std::uint32_t record_bytes = *OneOf<std::uint32_t>({24, 100, 512, 2048, 4096});
  const CrewRole writers = *RoleLike({.bytes = {record_bytes}, .pauses_high = 8});
  const CrewRole readers = *Readers(8, record_bytes);
  const CrewFault stops = *Faults("reader", {"stop"}, 2);
  law.Holds({.roles = {writers, readers}, .faults = {stops}});
}

RC_GTEST_PROP(XferConservation, PipeLosesAndInventsNothing, ()) {
  static Law law("pipe", "xfer.conservation");
  SampleCrew(law);
}

RC_GTEST_PROP(XferConservation, FifoLosesAndInventsNothing, ()) {
  static Law law("fifo", "xfer.conservation");
  SampleCrew(law);
}

}  // namespace
}  // namespace parley

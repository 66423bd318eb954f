// xfer.destructive-read: readers snatch records from each other; some die with one in their hands.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

void SampleCrew(Law& law) {
  const std::uint32_t record_bytes = *OneOf<std::uint32_t>({24, 512, 4096});
  const CrewRole writers = *RoleLike({.count_high = 6, .bytes = {record_bytes}});
  const CrewRole readers = *Readers(4, record_bytes);
  // Whoever writes when all readers are dead is refused: one stays.
  const CrewFault kills = *Faults("reader", {"kill"}, 2);
  const bool survivor = kills.count < readers.count;
  law.Holds({.roles = {writers, readers},
             .faults = survivor ? std::vector{kills} : std::vector<CrewFault>{}});
}

RC_GTEST_PROP(XferDestructiveRead, PipeReceivesNothingTwice, ()) {
  static Law law("pipe", "xfer.destructive-read");
  SampleCrew(law);
}

RC_GTEST_PROP(XferDestructiveRead, FifoReceivesNothingTwice, ()) {
  static Law law("fifo", "xfer.destructive-read");
  SampleCrew(law);
}

}  // namespace
}  // namespace parley

// fifo.atomic-write: writers without a common ancestor, each with an open file of its own.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

RC_GTEST_PROP(FifoAtomicWrite, NeverInterleavesWritesUpToPipeBuf, ()) {
  static Law law("fifo", "fifo.atomic-write");
  const CrewRole writers = *RoleLike(
      {.count_low = 2,
       .topologies = {"unrelated", "related"},
       .calls = *OneOf<std::vector<std::string>>({{"write"}, {"writev"}, {"write", "writev"}}),
       .bytes = AnyRecordBytes()});
  const CrewRole resizers = *RoleLike({.name = "resizer",
                                       .count_low = 0,
                                       .count_high = 1,
                                       .calls = {"set_capacity"},
                                       .operations_high = 60,
                                       .bytes = CapacityBytes()});
  const CrewRole reader = *OneReader({"unrelated", "related"});
  law.Holds({.encoding = "self-identifying",
             .nonblocking = *rc::gen::arbitrary<bool>(),
             .roles = {writers, resizers, reader}});
}

}  // namespace
}  // namespace parley

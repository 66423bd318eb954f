// pipe.atomic-any-capacity: pipes of a page to 1 MiB, and some that change under their users.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

RC_GTEST_PROP(PipeAtomicAnyCapacity, KeepsWritesWholeAtAnyCapacity, ()) {
  static Law law("pipe", "pipe.atomic-any-capacity");
  const CrewRole writers = *RoleLike({.count_low = 2, .bytes = AnyRecordBytes()});
  const CrewRole resizers = *RoleLike({.name = "resizer",
                                       .count_low = 0,
                                       .count_high = 1,
                                       .calls = {"set_capacity"},
                                       .operations_high = 60,
                                       .bytes = CapacityBytes()});
  const CrewRole reader = *OneReader();
  law.Holds({.encoding = "self-identifying",
             .capacity_bytes = *OneOf(CapacityBytes()),
             .roles = {writers, resizers, reader}});
}

}  // namespace
}  // namespace parley

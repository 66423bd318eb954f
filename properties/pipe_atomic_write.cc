// pipe.atomic-write: crews of writers on one pipe, at rest, interrupted, stopped and killed.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

RC_GTEST_PROP(PipeAtomicWrite, NeverInterleavesWritesUpToPipeBuf, ()) {
  static Law law("pipe", "pipe.atomic-write");
  CrewRole writers =
      *RoleLike({.count_low = 2, .topologies = {"related", "forked"}, .bytes = AnyRecordBytes()});
  writers.interrupt_us = *OneOf<std::uint32_t>({0, 1000, 200});
  const CrewRole reader = *OneReader();
  const CrewFault fault = *Faults("writer", {"stop", "kill"}, 2);
  law.Holds({.encoding = "self-identifying", .roles = {writers, reader}, .faults = {fault}});
}

}  // namespace
}  // namespace parley

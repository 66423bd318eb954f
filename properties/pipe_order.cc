// pipe.order: each writer's own order, and the order of writes that followed each other.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

RC_GTEST_PROP(PipeOrder, GivesBackInTheOrderOfWriting, ()) {
  static Law law("pipe", "pipe.order");
  const CrewRole writers = *RoleLike({.topologies = {"related", "forked"},
                                      .operations_high = 300,
                                      .bytes = {24, 32, 100, 600, 4096},
                                      .pauses_high = 16});
  const CrewRole reader = *OneReader();
  const CrewFault fault = *Faults("writer", {"stop", "kill"}, 2);
  law.Holds({.roles = {writers, reader}, .faults = {fault}});
}

}  // namespace
}  // namespace parley

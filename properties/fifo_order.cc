// fifo.order: what holds of the order and the results of a pipe's calls holds of strangers', too.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

RC_GTEST_PROP(FifoOrder, GivesBackInTheOrderOfWriting, ()) {
  static Law law("fifo", "fifo.order");
  const bool large = *rc::gen::arbitrary<bool>();
  const CrewRole writers = *RoleLike({.topologies = {"unrelated", "related"},
                                      .operations_high = large ? 6U : 200U,
                                      .bytes = large ? AbovePipeBufBytes() : FramedBytes(),
                                      .pauses_high = 16});
  const CrewRole reader = *OneReader({"unrelated", "related"});
  law.Holds({.encoding = large ? "self-identifying" : "framed", .roles = {writers, reader}});
}

}  // namespace
}  // namespace parley

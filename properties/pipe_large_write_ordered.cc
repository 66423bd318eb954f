// pipe.large-write-ordered: writes that others may interrupt anywhere keep their own order.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

RC_GTEST_PROP(PipeLargeWriteOrdered, KeepsTheOrderOfEachLargeWrite, ()) {
  static Law law("pipe", "pipe.large-write-ordered");
  const CrewRole writers =
      *RoleLike({.count_high = 8, .operations_high = 6, .bytes = AbovePipeBufBytes()});
  const CrewRole reader = *OneReader();
  law.Holds({.encoding = "self-identifying", .roles = {writers, reader}});
}

}  // namespace
}  // namespace parley

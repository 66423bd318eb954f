// pipe.atomic-writev: one record in up to sixteen segments.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

RC_GTEST_PROP(PipeAtomicWritev, TakesAGatheredWriteAsOne, ()) {
  static Law law("pipe", "pipe.atomic-writev");
  const CrewRole writers =
      *RoleLike({.count_low = 2, .calls = {"writev"}, .bytes = AnyRecordBytes()});
  const CrewRole reader = *OneReader();
  law.Holds({.encoding = "self-identifying", .roles = {writers, reader}});
}

}  // namespace
}  // namespace parley

// pipe.atomic-write-nonblock: all or EAGAIN, on pipes that slow readers leave nearly full.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

RC_GTEST_PROP(PipeAtomicWriteNonblock, TakesAWriteThatMustNotWaitWholeOrNotAtAll, ()) {
  static Law law("pipe", "pipe.atomic-write-nonblock");
  const CrewRole writers = *RoleLike({.count_low = 2,
                                      .operations_low = 20,
                                      .operations_high = 300,
                                      .bytes = {512, 2047, 2048, 2049, 4000, 4095, 4096}});
  CrewRole reader = *OneReader();
  reader.pauses = *Between(0, 64);
  law.Holds({.nonblocking = true, .roles = {writers, reader}});
}

}  // namespace
}  // namespace parley

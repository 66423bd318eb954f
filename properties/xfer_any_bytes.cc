// xfer.any-bytes: records of nothing but zeros, ones, newlines, or of what begins a record.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

void SampleCrew(Law& law) {
  CrewRole writers = *RoleLike({.count_high = 4,
                                .calls = {"write", "writev"},
                                .bytes = {24, 25, 511, 512, 513, 4095, 4096, 0}});
  writers.bodies = *SomeOf<std::string>({"zeros", "ones", "newlines", "magic", "counter"});
  const CrewRole reader = *OneReader();
  law.Holds({.roles = {writers, reader}});
}

RC_GTEST_PROP(XferAnyBytes, PipeDeliversThemUnchanged, ()) {
  static Law law("pipe", "xfer.any-bytes");
  SampleCrew(law);
}

RC_GTEST_PROP(XferAnyBytes, FifoDeliversThemUnchanged, ()) {
  static Law law("fifo", "xfer.any-bytes");
  SampleCrew(law);
}

}  // namespace
}  // namespace parley

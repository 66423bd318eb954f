// A pipe's capacity is asked for, reached, and changed under its users.
#include <gtest/gtest.h>

#include "properties/script/script_gen.h"
#include "properties/script/script_law.h"

namespace parley {
namespace {

TEST(PipeCapacity, HoldsWhatItSaysItHolds) {
  ScriptLaw law("pipe", {"pipe.atomic-any-capacity", "pipe.capacity", "pipe.resize-safe",
                         "xfer.flow-control", "xfer.conservation"});
  const ScriptRole writers{
      .calls = {"write", "write", "write", "write", "set_capacity", "get_capacity", "set_nonblock"},
      .calls_low = 2,
      .calls_high = 12,
      .bytes = {24, 512, 2049, 4095, 4096, 4096, 8192, 20000}};
  const ScriptRole reader{.name = "reader",
                          .ends = Ends::kRead,
                          .count_high = 1,
                          .calls = {"read", "read", "read", "get_capacity", "set_capacity"},
                          .calls_low = 4,
                          .calls_high = 16,
                          .bytes = {100, 4096, 8192, 65536},
                          .leaves = false};
  law.HoldsFor(Scripts({.capacities = {0, 4096, 8192, 16384, 1U << 20},
                        .roles = {writers, reader},
                        .may_not_wait = true}));
}

}  // namespace
}  // namespace parley

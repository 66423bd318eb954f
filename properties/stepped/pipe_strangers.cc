// A process that was given no end of a pipe tries every descriptor number while others use it.
#include <gtest/gtest.h>

#include "properties/script/script_gen.h"
#include "properties/script/script_law.h"

namespace parley {
namespace {

TEST(PipeStrangers, IsOutOfReachForStrangers) {
  ScriptLaw law("pipe", {"xfer.related-only"});
  const ScriptRole owner{.name = "owner",
                         .ends = Ends::kBoth,
                         .count_high = 2,
                         .calls = {"write", "read", "dup"},
                         .calls_high = 4};
  const ScriptRole stranger{.name = "stranger",
                            .ends = Ends::kNone,
                            .count_high = 1,
                            .topologies = {Topology::kUnrelated},
                            .calls = {"probe_descriptor"},
                            .calls_high = 8,
                            .leaves = false};
  law.HoldsFor(Scripts({.encoding = Encoding::kFramed, .roles = {owner, stranger}}));
}

}  // namespace
}  // namespace parley

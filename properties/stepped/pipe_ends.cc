// Ends of a pipe are duplicated, closed, taken for each other, and die with their holders.
#include <gtest/gtest.h>

#include "properties/script/script_gen.h"
#include "properties/script/script_law.h"

namespace parley {
namespace {

TEST(PipeEnds, KnowsWhoHoldsItsEnds) {
  ScriptLaw law("pipe",
                {"pipe.eof-exact", "pipe.eof-delivered", "pipe.epipe-sigpipe", "pipe.lifetime",
                 "pipe.unidirectional", "pipe.poll-coherent", "xfer.death-before-wait"});
  const std::vector<Topology> relatives{Topology::kRelated, Topology::kRelated, Topology::kForked};
  const ScriptRole maker{.name = "maker",
                         .ends = Ends::kBoth,
                         .count_low = 0,
                         .count_high = 1,
                         .calls = {"write", "read", "close", "close"},
                         .calls_high = 6,
                         .handles = {0, 0, 1, 2},
                         .creator = true};
  const ScriptRole writers{
      .count_high = 2,
      .topologies = relatives,
      .calls = {"write", "write", "write", "close", "dup", "poll_write", "read"},
      .handles = {0, 0, 0, 2}};
  const ScriptRole readers{
      .name = "reader",
      .ends = Ends::kRead,
      .count_high = 2,
      .topologies = relatives,
      .calls = {"read", "read", "read", "close", "dup", "poll_read", "set_nonblock", "write"},
      .handles = {0, 0, 0, 1}};
  law.HoldsFor(Scripts({.encoding = Encoding::kFramed,
                        .records = {24, 512, 4096},
                        .roles = {maker, writers, readers},
                        .kill = 48}));
}

}  // namespace
}  // namespace parley

// A FIFO's name is removed and made again, its users leave and die, and others come.
#include <gtest/gtest.h>

#include "properties/script/script_gen.h"
#include "properties/script/script_law.h"

namespace parley {
namespace {

TEST(FifoNames, IsWhatItsNameSays) {
  ScriptLaw law("fifo", {"fifo.data-vanishes", "fifo.name-persists", "xfer.unrelated-by-name",
                         "harness.no-residue"});
  const std::vector<Topology> anybody{Topology::kRelated, Topology::kRelated, Topology::kRelated,
                                      Topology::kUnrelated};
  const ScriptRole writers{
      .ends = Ends::kNone,
      .topologies = anybody,
      .first = {"open_write", "open_both", "open_write_nonblock"},
      .calls = {"write", "write", "write", "close", "close", "open_write", "open_both", "exists"}};
  const ScriptRole readers{.name = "reader",
                           .ends = Ends::kNone,
                           .count_high = 2,
                           .topologies = anybody,
                           .first = {"open_read", "open_read_nonblock"},
                           .calls = {"read", "read", "read", "close", "close", "open_read",
                                     "open_read_nonblock", "exists"}};
  const ScriptRole clerk{.name = "clerk",
                         .ends = Ends::kNone,
                         .count_high = 1,
                         .topologies = anybody,
                         .calls = {"unlink", "make", "make", "make_at", "rename", "link", "exists"},
                         .calls_high = 6,
                         .leaves = false};
  law.HoldsFor(Scripts({.facility = "fifo",
                        .encoding = Encoding::kFramed,
                        .records = {24, 512, 4096},
                        .roles = {writers, readers, clerk},
                        .kill = 32}));
}

}  // namespace
}  // namespace parley
